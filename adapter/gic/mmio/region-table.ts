import { PRIVATE_IRQS, type GicConfig } from '../config.ts';
import type { Delivery } from '../delivery/delivery.ts';
import {
  registerName,
  type AcceptHandler,
  type FrameTable,
  type ReadHandler,
  type RegisterRow,
  type StateWords,
  type TakeHandler,
  type View,
  type WriteHandler,
} from '../registers/row.ts';
import type { StateLayout } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import { readAsZero, writeIgnored } from './handlers/common.ts';

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
 * A run of a frame's bytes that answers alike. A `shared-only` row makes two: the private INTIDs' part, read as zero,
 * and the live rest. A per-interrupt row of a distributor ends after the last INTID that exists.
 */
export interface Region {
  /** First byte, and the one after the last that can start an access. */
  readonly start: number;
  readonly end: number;
  /** First byte of the row, from which handlers count. */
  readonly origin: number;
  /** Accepted access widths: a mask of W8, W32, W64. */
  readonly widths: number;
  /**
   * For rows that are state words: the state's word at `origin` for vCPU 0, and how many words on it is for the next one:
   * none where all share it. -1: `read` answers.
   */
  readonly base: number;
  readonly stride: number;
  readonly read: ReadHandler;
  /** Null: reading changes nothing. */
  readonly take: TakeHandler | null;
  readonly write: WriteHandler;
  /** Null: every write is accepted. */
  readonly accepts: AcceptHandler | null;
}

/**
 * A frame's rows, compiled for lookup: regions ascending by offset, and of each word of the frame the region it is in.
 */
export class RegionTable {
  readonly frame: FrameTable;
  /** An access of eight bytes is two of four. */
  readonly splits: boolean;
  readonly #regions: readonly Region[];
  /** By word: place in `#regions` plus 1; 0: a hole. No two regions share a word. */
  readonly #byWord: Uint8Array;

  constructor(frame: FrameTable, config: GicConfig, layout: StateLayout, view: View) {
    this.frame = frame;
    this.splits = frame.splitsDoublewords === true;
    const regions = frame.rows.flatMap((row) => regionsOf(row, config, layout, view)).map(sameShape);
    this.#byWord = new Uint8Array(frame.size >> 2);
    regions.forEach(({ start, end }, i) => this.#byWord.fill(i + 1, start >> 2, (end + 3) >> 2));
    this.#regions = regions;
  }

  /** The region an access of `length` bytes reaches, or null: it then reads zero and is dropped. */
  find(offset: number, length: number): Region | null {
    const place = this.#byWord[offset >> 2] as number;
    if (place === 0) return null;
    const region = this.#regions[place - 1] as Region;
    if ((region.widths & length) === 0 || (offset & (length - 1)) !== 0) return null;
    return offset < region.end ? region : null;
  }

  /** Reads without side effect: int32 low word, upper word in `state.hi`. A miss reads zero. */
  read(state: GicState, vcpu: number, offset: number, length: number): number {
    state.hi = 0;
    const region = this.find(offset, length);
    return region === null ? 0 : answer(region, state, vcpu, offset, length);
  }

  /** Reads as a guest does: where reading changes something, it is changed. */
  take(delivery: Delivery, vcpu: number, offset: number, length: number): number {
    const { state } = delivery;
    state.hi = 0;
    const region = this.find(offset, length);
    if (region === null) return 0;
    if (region.take === null) return answer(region, state, vcpu, offset, length);
    return region.take(delivery, vcpu, (offset - region.origin) | 0, length) & (BITS[length] as number);
  }

  /** A miss is dropped. */
  write(delivery: Delivery, vcpu: number, offset: number, length: number, lo: number, hi: number): void {
    const region = this.find(offset, length);
    if (region !== null) region.write(delivery, vcpu, (offset - region.origin) | 0, length, lo, hi);
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

function answer(region: Region, state: GicState, vcpu: number, offset: number, length: number): number {
  const at = (offset - region.origin) | 0;
  const value =
    region.base < 0
      ? region.read(state, vcpu, at, length)
      : state.get(region.base + vcpu * region.stride + (at >> 2)) >> ((at & 3) << 3);
  return value & (BITS[length] as number);
}

/** By width in bytes: the bits of the low word that an access covers. */
const BITS = Int32Array.of(0, 0xff, 0xffff, 0, -1, 0, 0, 0, -1);

/** All regions as the engine sees them alike: their fields in one order. */
function sameShape(region: Region): Region {
  const { start, end, origin, widths, base, stride, read, take, write, accepts } = region;
  return { start, end, origin, widths, base, stride, read, take, write, accepts };
}

function regionsOf(row: RegisterRow, config: GicConfig, layout: StateLayout, view: View): Region[] {
  if (row.handlers === undefined) return [];
  const other = view === 'guest' ? undefined : row.handlers[view];
  const read = other?.read ?? row.handlers.read;
  const write = other?.write ?? row.handlers.write;
  const take = other?.take ?? (other?.read === undefined ? row.handlers.take : undefined) ?? null;
  const bytes = (intids: number): number => Math.ceil((intids * row.bitsPerIrq) / 8);
  // Only the first INTID of an access counts. A redistributor's frame has room for exactly its 32 interrupts.
  const whole = row.bank !== 'private' && row.bank !== 'shared-only';
  const end = row.offset + (whole ? row.length : Math.min(row.length, bytes(PRIVATE_IRQS + config.spis)));
  const { offset: start, bank } = row;
  const common = { origin: start, widths: row.widths, take, write, accepts: other?.accepts ?? null };
  const answered = { ...common, base: -1, stride: 0 };
  const firstShared = start + bytes(PRIVATE_IRQS);
  const part = (from: number, to: number, isOwn: boolean): Region => ({
    ...{ start: from, end: to },
    ...(typeof read === 'function' ? { ...answered, read } : { ...common, ...words(read, config, layout, isOwn) }),
  });
  if (bank === 'shared-only') {
    const hidden = { ...answered, read: readAsZero, take: null, write: writeIgnored };
    return [{ start, end: firstShared, ...hidden }, part(firstShared, end, false)];
  }
  if (bank === 'private' && end > firstShared) return [part(start, firstShared, true), part(firstShared, end, false)];
  return [part(start, end, true)];
}

/** Where a row's words are: `bankWords` of each vCPU one behind the other, then those all share. */
function words(
  { words: name, bankWords }: StateWords,
  { cpus }: GicConfig,
  layout: StateLayout,
  isOwn: boolean,
): Pick<Region, 'base' | 'stride' | 'read'> {
  const base = layout[name] + (isOwn ? 0 : (cpus - 1) * bankWords);
  return { base, stride: isOwn ? bankWords : 0, read: readAsZero };
}
