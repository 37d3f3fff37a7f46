#!/bin/sh
# Builds the loop that npm run bench measures. Needs gcc-aarch64-linux-gnu.
set -e
cd "$(dirname "$0")"
aarch64-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x40200000 -Wl,-N -o loop.elf loop.S
aarch64-linux-gnu-strip -g loop.elf
