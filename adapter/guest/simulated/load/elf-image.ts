import { LoadError } from './errors.ts';
import type { Piece } from './plan.ts';

/** What a loader needs of an ELF file: System V ABI, chapters 4 and 5. */
export interface ElfImage {
  readonly entry: number;
  readonly pieces: readonly Piece[];
}

const MAGIC = 0x464c_457f;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const EXECUTABLE = 2;
const SHARED = 3;
const AARCH64 = 183;
const PT_LOAD = 1;
const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/**
 * The loadable segments at their physical addresses, and the entry point translated into one of them.
 * @throws LoadError
 */
export function readElfImage(bytes: Uint8Array): ElfImage {
  if (bytes.length < HEADER_SIZE) throw new LoadError('the ELF header is cut off', bytes.length);
  const view = viewOf(bytes);
  if (bytes[4] !== CLASS_64) throw new LoadError('a 32-bit ELF file: this machine runs AArch64', 4);
  if (bytes[5] !== LITTLE_ENDIAN) throw new LoadError('a big-endian ELF file: this machine is little-endian', 5);
  const machine = view.getUint16(18, true);
  if (machine !== AARCH64) throw new LoadError(`an ELF file for machine ${machine}, not for AArch64 (183)`, 18);
  const type = view.getUint16(16, true);
  if (type !== EXECUTABLE && type !== SHARED) throw new LoadError('an ELF file that is not linked to run', 16);
  const start = number(view, 32);
  const size = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (count > 0 && size < PROGRAM_HEADER_SIZE) throw new LoadError(`program headers of ${size} bytes`, 54);
  const entry = number(view, 24);
  const pieces: Piece[] = [];
  let physicalEntry = -1;
  for (let n = 0; n < count; n++) {
    const at = start + n * size;
    if (at + PROGRAM_HEADER_SIZE > bytes.length) throw new LoadError(`program header ${n} is cut off`, at);
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const segment = { offset: number(view, at + 8), virtual: number(view, at + 16), address: number(view, at + 24) };
    const fileSize = number(view, at + 32);
    const memorySize = number(view, at + 40);
    if (memorySize === 0) continue;
    if (segment.offset + fileSize > bytes.length) throw new LoadError(`segment ${n} reaches beyond the file`, at + 8);
    if (fileSize > memorySize) throw new LoadError(`segment ${n} is larger in the file than in memory`, at + 32);
    pieces.push({
      address: segment.address,
      bytes: bytes.subarray(segment.offset, segment.offset + fileSize),
      size: memorySize,
    });
    if (entry >= segment.virtual && entry < segment.virtual + memorySize && physicalEntry < 0) {
      physicalEntry = segment.address + (entry - segment.virtual);
    }
  }
  if (pieces.length === 0) throw new LoadError('the ELF file has nothing to load');
  if (physicalEntry < 0) {
    throw new LoadError(`the entry point 0x${entry.toString(16)} lies in no segment that is loaded`, 24);
  }
  return { entry: physicalEntry, pieces };
}

/** A 64-bit number, as far as addresses of this machine go; what is beyond stays beyond everything. */
function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
