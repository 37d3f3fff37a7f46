import { ByteReader } from '../byte-reader.ts';
import { ElfError, elfError } from './errors.ts';

/*
 * ELF64 header (System V ABI, "ELF Header"), 64 bytes:
 *
 *     00 magic 7f 'E' 'L' 'F'   04 class   05 data   06 version   07 OS ABI   08 padding
 *     10 type (2)   12 machine (2)   14 version (4)   18 entry (8)
 *     20 program headers' offset (8)   28 section headers' offset (8)   30 flags (4)   34 header size (2)
 *     36 program header size (2)   38 number of them (2)
 *     3a section header size (2)   3c number of them (2)   3e section with the sections' names (2)
 */
const HEADER_SIZE = 64;
const MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const;
const CLASS_32 = 1;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const BIG_ENDIAN = 2;

export const EM_AARCH64 = 183;

const MACHINES: ReadonlyMap<number, string> = new Map([
  [2, 'SPARC'],
  [3, 'x86'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, '64-bit PowerPC'],
  [22, 'S/390'],
  [40, '32-bit Arm'],
  [43, '64-bit SPARC'],
  [62, 'x86-64'],
  [EM_AARCH64, 'AArch64'],
  [243, 'RISC-V'],
  [258, 'LoongArch'],
]);

/** What a file is to be used as. */
export type ElfKind = 'relocatable' | 'executable' | 'shared' | 'core' | 'other';

const KINDS: readonly ElfKind[] = ['other', 'relocatable', 'executable', 'shared', 'core'];

export interface ElfHeader {
  readonly kind: ElfKind;
  readonly machine: number;
  readonly entry: bigint;
  /** Where the headers are in the file, their size each, and how many; as told, not yet checked. */
  readonly programs: HeaderTable;
  readonly sections: HeaderTable;
  /** Index of the section with the sections' names; 0xffff: told by section 0. */
  readonly namesIndex: number;
}

export interface HeaderTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

/**
 * Reads the header of a little-endian ELF64 file for AArch64.
 * @throws ElfError if the file is something else, saying what
 */
export function readHeader(file: Uint8Array): ElfHeader {
  if (!MAGIC.every((byte, index) => file[index] === byte))
    throw new ElfError(0, `not an ELF file: ${appearance(file)}`);
  if (file.length < HEADER_SIZE)
    throw new ElfError(file.length, `an ELF file that ends within its header, after ${file.length} bytes`);
  const machine = machineOf(file);
  const elfClass = file[4];
  if (elfClass === CLASS_32) throw new ElfError(4, `a 32-bit ELF file for ${machine}; only AArch64 is understood`);
  if (elfClass !== CLASS_64) throw new ElfError(4, `an ELF file of unknown class ${elfClass}`);
  if (file[5] === BIG_ENDIAN)
    throw new ElfError(5, `a big-endian ELF file for ${machine}; only little-endian is understood`);
  if (file[5] !== LITTLE_ENDIAN) throw new ElfError(5, `an ELF file of unknown byte order ${file[5]}`);
  const reader = new ByteReader(file, elfError, 16);
  const type = reader.u16();
  const machineNumber = reader.u16();
  if (machineNumber !== EM_AARCH64) throw new ElfError(0x12, `an ELF file for ${machine}; only AArch64 is understood`);
  const version = reader.u32();
  if (version !== 1) throw new ElfError(0x14, `an ELF file of unknown version ${version}`);
  const entry = reader.u64();
  const programsAt = reader.size64();
  const sectionsAt = reader.size64();
  reader.skip(4 + 2);
  const programSize = reader.u16();
  const programCount = reader.u16();
  const sectionSize = reader.u16();
  const sectionCount = reader.u16();
  return {
    kind: KINDS[type] ?? 'other',
    machine: machineNumber,
    entry,
    programs: { offset: programsAt, entrySize: programSize, count: programCount },
    sections: { offset: sectionsAt, entrySize: sectionSize, count: sectionCount },
    namesIndex: reader.u16(),
  };
}

/**
 * A reader over a table of headers.
 * @throws ElfError if it does not fit into the file, or its entries are smaller than `least`
 */
export function tableReader(file: Uint8Array, table: HeaderTable, least: number, what: string): ByteReader {
  if (table.entrySize < least)
    throw new ElfError(table.offset, `${what} headers of ${table.entrySize} bytes, where ${least} are needed`);
  const end = table.offset + table.count * table.entrySize;
  if (end > file.length)
    throw new ElfError(
      table.offset,
      `${table.count} ${what} headers at 0x${table.offset.toString(16)} go beyond the end of the file (${file.length} bytes)`,
    );
  return new ByteReader(file, elfError, table.offset, end);
}

function machineOf(file: Uint8Array): string {
  const low = file[0x12] ?? 0;
  const high = file[0x13] ?? 0;
  const machine = file[5] === BIG_ENDIAN ? (low << 8) | high : low | (high << 8);
  return MACHINES.get(machine) ?? `machine ${machine}`;
}

/** What a file that is not ELF looks like: people point at the wrong one of an image's forms. */
function appearance(file: Uint8Array): string {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, index) => file[index] === byte);
  if (file.length === 0) return 'it is empty';
  if (starts(0x1f, 0x8b)) return 'it is compressed with gzip';
  if (starts(0x4d, 0x5a)) return 'it is a PE image, as an EFI program or a Linux Image is';
  if (starts(0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e)) return 'it is an archive of object files';
  if (starts(0xd0, 0x0d, 0xfe, 0xed)) return 'it is a device tree';
  if (file[0x38] === 0x41 && file[0x39] === 0x52 && file[0x3a] === 0x4d && file[0x3b] === 0x64)
    return 'it is a Linux Image, without symbols';
  return 'it does not begin with 7f 45 4c 46';
}
