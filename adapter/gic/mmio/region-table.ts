import { PRIVATE_IRQS } from '../config.ts';
import { registerName, type FrameTable, type ReadHandler, type RegisterRow, type WriteHandler } from '../registers/row.ts';
import type { GicState } from '../state/state.ts';
import { RAZ_WI } from './handlers/common.ts';

/** What an access to an offset of a frame meets. */
export type Verdict = 'ok' | 'hole' | 'bad width' | 'misaligned' | 'beyond the last INTID';

/** One register, found by its offset. */
export interface FoundRegister {
  readonly row: RegisterRow;
  /** Which one of the row's array, from 0. */
  readonly nth: number;
  readonly name: string;
  /** Byte of the register the access starts at. */
  readonly byte: number;
}

const NONE = -1;

/**
 * A frame's rows, compiled for lookup: parallel arrays, one element a region, ascending by offset.
 *
 *     start, end   first byte, and the one after the last
 *     row          first byte of the row, from which handlers count
 *     widths       accepted access widths, a mask of W8, W32, W64
 *     bits         bits an interrupt, 0 where the INTID is not checked
 *     read, write  the row's handlers
 *
 * A `shared-only` row makes two regions: the private INTIDs' part, read as zero, and the live rest.
 */
export class RegionTable {
  readonly frame: FrameTable;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #row: Int32Array;
  readonly #widths: Uint8Array;
  readonly #bits: Uint8Array;
  readonly #read: ReadHandler[] = [];
  readonly #write: WriteHandler[] = [];

  constructor(frame: FrameTable) {
    this.frame = frame;
    const regions = frame.rows.flatMap(regionsOf);
    const column = (pick: (region: Region) => number): Int32Array => Int32Array.from(regions, pick);
    this.#start = column((r) => r.start);
    this.#end = column((r) => r.end);
    this.#row = column((r) => r.row.offset);
    this.#widths = Uint8Array.from(regions, (r) => r.row.widths);
    this.#bits = Uint8Array.from(regions, (r) => (checksIntid(r.row) ? r.row.bitsPerIrq : 0));
    for (const { handlers } of regions) {
      this.#read.push(handlers.read);
      this.#write.push(handlers.write);
    }
  }

  /** Reads without side effect: int32 low word, upper word in `state.hi`. A miss reads zero. */
  read(state: GicState, vcpu: number, offset: number, length: number): number {
    state.hi = 0;
    const region = this.#find(offset);
    if (region === NONE || !this.#accepts(region, offset, length, state)) return 0;
    const handler = this.#read[region] as ReadHandler;
    const value = handler(state, vcpu, offset - (this.#row[region] as number), length);
    return length === 1 ? value & 0xff : value;
  }

  /** The write handler's region for `write`, or -1 where the write is dropped. */
  writable(state: GicState, offset: number, length: number): number {
    const region = this.#find(offset);
    return region === NONE || !this.#accepts(region, offset, length, state) ? NONE : region;
  }

  writeHandler(region: number): WriteHandler {
    return this.#write[region] as WriteHandler;
  }

  /** First byte of the region's row, from which its handlers count. */
  rowOffset(region: number): number {
    return this.#row[region] as number;
  }

  /** Why an access reads zero and drops writes, or that it does not. */
  verdict(state: GicState, offset: number, length: number): Verdict {
    const region = this.#find(offset);
    if (region === NONE) return 'hole';
    if (((this.#widths[region] as number) & length) === 0) return 'bad width';
    if (offset % length !== 0) return 'misaligned';
    return this.#accepts(region, offset, length, state) ? 'ok' : 'beyond the last INTID';
  }

  /** The register at an offset, whether the profile implements it or not. */
  register(offset: number): FoundRegister | null {
    for (const row of this.frame.rows) {
      if (offset < row.offset) return null;
      if (offset >= row.offset + row.length) continue;
      const nth = row.array ? Math.trunc((offset - row.offset) / row.element) : 0;
      return { row, nth, name: registerName(row, nth), byte: (offset - row.offset) % row.element };
    }
    return null;
  }

  #find(offset: number): number {
    let low = 0;
    let high = this.#start.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (offset < (this.#start[middle] as number)) high = middle - 1;
      else if (offset >= (this.#end[middle] as number)) low = middle + 1;
      else return middle;
    }
    return NONE;
  }

  /** Only the first INTID of an access is checked against the number of interrupts. */
  #accepts(region: number, offset: number, length: number, state: GicState): boolean {
    if (((this.#widths[region] as number) & length) === 0 || (offset & (length - 1)) !== 0) return false;
    const bits = this.#bits[region] as number;
    if (bits === 0) return true;
    const intid = (((offset - (this.#row[region] as number)) << 3) / bits) | 0;
    return intid < PRIVATE_IRQS + state.config.spis;
  }
}

interface Region {
  readonly start: number;
  readonly end: number;
  readonly row: RegisterRow;
  readonly handlers: { readonly read: ReadHandler; readonly write: WriteHandler };
}

function regionsOf(row: RegisterRow): Region[] {
  if (row.handlers === undefined) return [];
  const end = row.offset + row.length;
  if (row.bank !== 'shared-only') return [{ start: row.offset, end, row, handlers: row.handlers }];
  const firstShared = row.offset + (PRIVATE_IRQS * row.bitsPerIrq) / 8;
  return [
    { start: row.offset, end: firstShared, row, handlers: RAZ_WI },
    { start: firstShared, end, row, handlers: row.handlers },
  ];
}

/** A redistributor's frame has room for exactly its 32 interrupts, and GICD_xPENDSGIR for the 16 SGIs. */
function checksIntid(row: RegisterRow): boolean {
  return row.bitsPerIrq !== 0 && (row.bank === 'private' || row.bank === 'shared-only');
}
