import { hex, LoadError } from './load-error.ts';

/** Part of a program that is in memory when it starts. */
export interface ElfSegment {
  /** Byte of the file where its contents start. */
  readonly offset: number;
  readonly virtual: bigint;
  readonly physical: bigint;
  /** Contents: `p_filesz` bytes of the file, not copied. */
  readonly bytes: Uint8Array;
  /** Bytes in memory: contents, then zeros. */
  readonly memorySize: bigint;
  readonly executable: boolean;
  readonly writable: boolean;
}

/** What a loader needs of an executable. */
export interface ElfImage {
  /** Linked to run anywhere (ET_DYN), at whatever address. */
  readonly movable: boolean;
  /** e_entry, a virtual address. */
  readonly entry: bigint;
  /** PT_LOAD segments that occupy memory, in order of the file. */
  readonly segments: readonly ElfSegment[];
  /** Bytes of the file header and program headers at the file's start. */
  readonly headersSize: number;
}

const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const MACHINE_AARCH64 = 183;
const MACHINES: ReadonlyMap<number, string> = new Map([
  [3, 'x86'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, '64-bit PowerPC'],
  [22, 's390'],
  [40, '32-bit Arm'],
  [62, 'x86-64'],
  [243, 'RISC-V'],
  [258, 'LoongArch'],
]);
const EXECUTABLE = 2;
const SHARED = 3;
const NOT_EXECUTABLE: ReadonlyMap<number, string> = new Map([
  [1, 'an object file, not linked yet'],
  [4, 'a core dump'],
]);

const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const LOAD = 1;
const INTERPRETER = 3;
const FLAG_EXECUTE = 1;
const FLAG_WRITE = 2;

/** "\x7fELF". */
export function isElf(file: Uint8Array): boolean {
  return file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46;
}

/**
 * Reads file header and program headers of a little-endian 64-bit executable (System V gABI, "Object Files").
 *
 *     0x00  magic, class, data       0x18  entry (8)               0x36  size of a program header (2)
 *     0x10  type (2)                 0x20  program headers at (8)  0x38  number of program headers (2)
 *     0x12  machine (2)
 *
 *     program header: type (4), flags (4), offset, virtual, physical, size in file, in memory, alignment (8 each)
 * @throws LoadError
 */
export function readElf(file: Uint8Array, name: string): ElfImage {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length > 4 && file[4] !== CLASS_64) {
    throw new LoadError(name, 'a 32-bit ELF file; this machine runs 64-bit AArch64 programs', 4);
  }
  if (file.length > 5 && file[5] !== LITTLE_ENDIAN) {
    throw new LoadError(name, 'a big-endian ELF file; this machine is little-endian', 5);
  }
  if (file.length < HEADER_SIZE) throw new LoadError(name, 'the ELF header is cut off', file.length);

  const machine = view.getUint16(0x12, true);
  if (machine !== MACHINE_AARCH64) {
    const what = MACHINES.get(machine) ?? `machine ${machine}`;
    throw new LoadError(name, `an ELF file for ${what}; this machine runs AArch64 programs`, 0x12);
  }
  const type = view.getUint16(0x10, true);
  if (type !== EXECUTABLE && type !== SHARED) {
    const what = NOT_EXECUTABLE.get(type) ?? `an ELF file of type ${type}`;
    throw new LoadError(name, `${what}; an executable is needed`, 0x10);
  }

  const at = view.getBigUint64(0x20, true);
  const size = view.getUint16(0x36, true);
  const count = view.getUint16(0x38, true);
  if (count === 0) throw new LoadError(name, 'an ELF file without program headers: there is nothing to load', 0x38);
  if (size !== PROGRAM_HEADER_SIZE) {
    throw new LoadError(name, `program headers of ${size} bytes; ${PROGRAM_HEADER_SIZE} are expected`, 0x36);
  }
  if (at + BigInt(count * size) > BigInt(file.length)) {
    throw new LoadError(name, `${count} program headers at ${hex(at)} lie beyond the end of the file`, 0x20);
  }

  const segments: ElfSegment[] = [];
  for (let n = 0; n < count; n++) {
    const header = Number(at) + n * size;
    const kind = view.getUint32(header, true);
    if (kind === INTERPRETER) {
      throw new LoadError(name, 'a program for an operating system: it asks for a dynamic linker', header);
    }
    if (kind === LOAD && view.getBigUint64(header + 0x28, true) > 0n)
      segments.push(readSegment(file, view, header, name));
  }
  if (segments.length === 0) throw new LoadError(name, 'an ELF file without a segment to load', Number(at));
  return {
    movable: type === SHARED,
    entry: view.getBigUint64(0x18, true),
    segments,
    headersSize: Math.max(HEADER_SIZE, Number(at) + count * size),
  };
}

function readSegment(file: Uint8Array, view: DataView, header: number, name: string): ElfSegment {
  const offset = view.getBigUint64(header + 0x08, true);
  const fileSize = view.getBigUint64(header + 0x20, true);
  const memorySize = view.getBigUint64(header + 0x28, true);
  const physical = view.getBigUint64(header + 0x18, true);
  const flags = view.getUint32(header + 0x04, true);
  if (fileSize > 0n && offset + fileSize > BigInt(file.length)) {
    throw new LoadError(
      name,
      `the segment at ${hex(physical)} lies at bytes ${hex(offset)} to ${hex(offset + fileSize)} of a file of ${hex(file.length)}`,
      header + 0x08,
    );
  }
  if (fileSize > memorySize) {
    throw new LoadError(name, `the segment at ${hex(physical)} is larger in the file than in memory`, header + 0x20);
  }
  const start = fileSize === 0n ? 0 : Number(offset);
  return {
    offset: start,
    virtual: view.getBigUint64(header + 0x10, true),
    physical,
    bytes: file.subarray(start, start + Number(fileSize)),
    memorySize,
    executable: (flags & FLAG_EXECUTE) !== 0,
    writable: (flags & FLAG_WRITE) !== 0,
  };
}
