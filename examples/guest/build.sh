#!/bin/sh
# Builds the guest and its twin with the bug. Needs gcc-aarch64-linux-gnu.
set -e
cd "$(dirname "$0")"
flags="-Og -g -gdwarf-5 -ffreestanding -fno-pic -mgeneral-regs-only -fno-omit-frame-pointer -Wall -Wextra -Werror
  -fno-asynchronous-unwind-tables -ffile-prefix-map=$PWD=."
# The object of the assembly source is named: its name stands in the program, and the compiler's own would be random.
# shellcheck disable=SC2086
aarch64-linux-gnu-gcc $flags -c -o start.o start.S
link() {
  program=$1
  shift
  # shellcheck disable=SC2086
  aarch64-linux-gnu-gcc $flags "$@" -nostdlib -static -Wl,--build-id=none -Wl,-Tguest.ld -o "$program" \
    start.o main.c gic.c gic-v2.c gic-v3.c uart.c
}
link guest.elf
link guest-buggy.elf -DFORGET_THE_OFFSET
rm start.o
