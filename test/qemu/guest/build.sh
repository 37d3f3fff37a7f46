#!/bin/sh
# Builds the interpreter. Needs gcc-aarch64-linux-gnu.
set -e
cd "$(dirname "$0")"
aarch64-linux-gnu-gcc -c -o interpreter.o interpreter.S
aarch64-linux-gnu-ld -n -s --build-id=none -T interpreter.ld -o interpreter.elf interpreter.o
rm interpreter.o
