#!/bin/sh
# Builds the hypervisor. Needs gcc-aarch64-linux-gnu.
set -e
cd "$(dirname "$0")"
aarch64-linux-gnu-gcc -c -o hypervisor.o hypervisor.S
aarch64-linux-gnu-ld -n -s --build-id=none -T ../../guest/interpreter.ld -o hypervisor.elf hypervisor.o
rm hypervisor.o
