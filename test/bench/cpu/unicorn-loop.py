"""Runs the bench's ELF file on Unicorn up to an address, and prints the seconds it took.

Arguments: file, entry, end.
"""

import struct
import sys
import time

from unicorn import UC_ARCH_ARM64, UC_MODE_ARM, Uc

RAM = 0x40000000
SIZE = 64 << 20


def main():
    path, entry, end = sys.argv[1], int(sys.argv[2], 0), int(sys.argv[3], 0)
    with open(path, "rb") as file:
        image = file.read()
    machine = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    machine.mem_map(RAM, SIZE)
    headers, size, count = struct.unpack_from("<Q", image, 32)[0], *struct.unpack_from("<HH", image, 54)
    for n in range(count):
        at = headers + n * size
        kind, _, offset, _, address, length, _ = struct.unpack_from("<IIQQQQQ", image, at)
        if kind == 1:
            machine.mem_write(address, image[offset : offset + length])
    start = time.perf_counter()
    machine.emu_start(entry, end)
    print(time.perf_counter() - start)


main()
