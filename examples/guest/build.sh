#!/bin/sh
# Builds the guest and its twin with the bug. Needs gcc-aarch64-linux-gnu.
set -e
cd "$(dirname "$0")"
flags="-Og -g -gdwarf-5 -ffreestanding -fno-pic -mgeneral-regs-only -fno-omit-frame-pointer -Wall -Wextra -Werror
  -fno-asynchronous-unwind-tables -ffile-prefix-map=$PWD=. -nostdlib -static -Wl,--build-id=none -Wl,-Tguest.ld"
# shellcheck disable=SC2086
aarch64-linux-gnu-gcc $flags -o guest.elf start.S main.c gic.c uart.c
# shellcheck disable=SC2086
aarch64-linux-gnu-gcc $flags -DFORGET_THE_OFFSET -o guest-buggy.elf start.S main.c gic.c uart.c
