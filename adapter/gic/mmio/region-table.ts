import type { Delivery } from '../delivery/delivery.ts';
import {
  registerName,
  W32,
  W64,
  type FrameTable,
  type ReadHandler,
  type RegisterRow,
  type View,
} from '../registers/row.ts';
import { GLOBAL_ZERO } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import { HOLE, regionsOf, sameShape, type Region } from './region.ts';
import { BITS } from './state-words.ts';

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

/**
 * A frame's rows, compiled for lookup: regions ascending by offset, and of each word of the frame the region it is in.
 *
 * Accesses to whole words of the state, nearly all there are, go a short way; what remains is one call of a handler.
 * Short is meant as V8 counts it, which inlines `take` and `write` whole into their callers if they stay below 460 bytes
 * of bytecode together with Dispatcher's and Controller's, whichever of them it optimises first.
 */
export class RegionTable {
  readonly frame: FrameTable;
  readonly #regions: readonly Region[];
  /** By word: place in `#regions`. No two regions share a word. */
  readonly #byWord: Uint8Array;
  /**
   * By word: the word of the state that it is, for reading.
   *   23:0   its index for vCPU 0
   *   30:24  how many words on it is for the next vCPU
   *   31     1: it is none, and handlers answer
   */
  readonly #words: Int32Array;
  /** What answers accesses that no region takes. */
  readonly #missed: Region;

  constructor(frame: FrameTable, state: GicState, view: View) {
    this.frame = frame;
    // The upper half of a doubleword may lie behind the frame: there is a hole.
    const words = (frame.size >> 2) + 1;
    this.#byWord = new Uint8Array(words);
    this.#words = new Int32Array(words).fill(GLOBAL_ZERO);
    this.#missed = sameShape(frame.splitsDoublewords === true ? { ...HOLE, ...this.#halves() } : HOLE);
    this.#regions = [HOLE, ...frame.rows.flatMap((row) => regionsOf(row, state, view))].map(sameShape);
    this.#regions.forEach((region, i) => {
      const { start, origin, base, stride, step } = region;
      const after = (region.end + 3) >> 2;
      this.#byWord.fill(i, start >> 2, after);
      for (let word = start >> 2; word < after; word++) {
        const own = base + step * (word - (origin >> 2));
        this.#words[word] = region.readsWords ? (stride << 24) | own : -1;
      }
    });
  }

  /** An access of eight bytes that no row takes is two of four. */
  #halves(): Pick<Region, 'read' | 'take' | 'write'> {
    const both =
      (read: ReadHandler): ReadHandler =>
      (state, vcpu, offset, length) => {
        if (length !== W64) return 0;
        const lo = read(state, vcpu, offset, W32);
        state.hi = read(state, vcpu, offset + 4, W32);
        return lo;
      };
    return {
      read: both((state, vcpu, offset, length) => this.read(state, vcpu, offset, length)),
      take: both((state, vcpu, offset, length) => this.take(state, vcpu, offset, length)),
      write: (delivery, vcpu, offset, length, lo, hi) => {
        if (length !== W64) return;
        this.write(delivery, vcpu, offset, W32, lo, 0);
        this.write(delivery, vcpu, offset + 4, W32, hi, 0);
      },
    };
  }

  /** The region an access of `length` bytes reaches, or null: it then reads zero and is dropped. */
  find(offset: number, length: number): Region | null {
    const region = this.#regions[this.#byWord[offset >> 2] as number] as Region;
    return hits(region, offset, length) ? region : null;
  }

  /** Reads as a guest does: where reading changes something, it is changed. A miss reads zero. */
  take(state: GicState, vcpu: number, offset: number, length: number): number {
    state.hi = 0;
    const word = this.#words[offset >> 2] as number;
    if (word >= 0 && length === 4 && (offset & 3) === 0) {
      return state.words[(word & 0xff_ffff) + vcpu * (word >> 24)] as number;
    }
    let region = this.#regions[this.#byWord[offset >> 2] as number] as Region;
    if (!hits(region, offset, length)) region = this.#missed;
    return region.take(state, vcpu, (offset - region.origin) | 0, length) & (BITS[length] as number);
  }

  /** Reads without side effect: int32 low word, upper word in `state.hi`. */
  read(state: GicState, vcpu: number, offset: number, length: number): number {
    state.hi = 0;
    const region = this.find(offset, length) ?? this.#missed;
    return region.read(state, vcpu, (offset - region.origin) | 0, length) & (BITS[length] as number);
  }

  /** A miss is dropped. */
  write(delivery: Delivery, vcpu: number, offset: number, length: number, lo: number, hi: number): void {
    let region = this.#regions[this.#byWord[offset >> 2] as number] as Region;
    if (region.writesWords && length === 4 && (offset & 3) === 0) {
      const { state } = delivery;
      const word = this.#words[offset >> 2] as number;
      const index = (word & 0xff_ffff) + vcpu * (word >> 24);
      const kept = ~((lo & region.clears) | region.replaces);
      const set = lo & region.sets;
      state.put(index, ((state.words[index] as number) & kept) | set);
      const also = index + region.also;
      if (also !== index) state.put(also, ((state.words[also] as number) & kept) | set);
      return;
    }
    if (!hits(region, offset, length)) region = this.#missed;
    region.write(delivery, vcpu, (offset - region.origin) | 0, length, lo, hi);
  }

  /** Why an access reads zero and drops writes, or that it does not. */
  verdict(offset: number, length: number): Verdict {
    const row = this.register(offset)?.row;
    if (row?.handlers === undefined) return 'hole';
    if ((row.widths & length) === 0) return 'bad width';
    if (offset % length !== 0) return 'misaligned';
    return this.find(offset, length) === null ? 'beyond the last INTID' : 'ok';
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
}

function hits(region: Region, offset: number, length: number): boolean {
  return (region.widths & length) !== 0 && (offset & (length - 1)) === 0 && offset < region.end;
}
