import { tableReader, type ElfHeader } from './header.ts';
import { ElfError } from './errors.ts';

export const PT_LOAD = 1;

const LEAST = 56;

/** A program header, and the bytes of the file that it loads. */
export interface Segment {
  /** PT_LOAD is 1; others are kept as they are. */
  readonly type: number;
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  /** The segment's beginning, from the file: no copy. What is missing to `memorySize` is zero. */
  readonly bytes: Uint8Array;
  /** Bytes in memory. */
  readonly memorySize: bigint;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** Where `bytes` are in the file. */
  readonly offset: number;
}

/*
 * ELF64 program header (System V ABI, "Program Header"), 56 bytes:
 *
 *     00 type (4)   04 flags (4): 1 execute, 2 write, 4 read   08 offset in the file (8)
 *     10 virtual address (8)   18 physical address (8)   20 size in the file (8)   28 size in memory (8)   30 alignment
 */
export function readSegments(file: Uint8Array, header: ElfHeader): readonly Segment[] {
  const table = header.programs;
  if (table.count === 0) return [];
  const reader = tableReader(file, table, LEAST, 'program');
  return Array.from({ length: table.count }, (_, index) => {
    const at = table.offset + index * table.entrySize;
    reader.at = at;
    const type = reader.u32();
    const flags = reader.u32();
    const offset = reader.size64();
    const virtualAddress = reader.u64();
    const physicalAddress = reader.u64();
    const fileSize = reader.size64();
    const memorySize = reader.u64();
    if (offset + fileSize > file.length && (type === PT_LOAD || fileSize > 0))
      throw new ElfError(
        at,
        `program header ${index}: ${fileSize} bytes at 0x${offset.toString(16)} go beyond the file`,
      );
    if (type === PT_LOAD && memorySize < BigInt(fileSize))
      throw new ElfError(at, `program header ${index}: ${fileSize} bytes in the file, but ${memorySize} in memory`);
    if (type === PT_LOAD && virtualAddress + memorySize > 1n << 64n)
      throw new ElfError(at, `program header ${index}: ends beyond the last address`);
    return {
      type,
      virtualAddress,
      physicalAddress,
      bytes: file.subarray(offset, offset + fileSize),
      memorySize,
      readable: (flags & 4) !== 0,
      writable: (flags & 2) !== 0,
      executable: (flags & 1) !== 0,
      offset,
    };
  });
}
