import { PRIVATE_IRQS } from '../config.ts';
import {
  W32,
  type AcceptHandler,
  type AfterWrite,
  type ReadHandler,
  type RegisterRow,
  type RowHandlers,
  type View,
  type WriteHandler,
} from '../registers/row.ts';
import type { GicState } from '../state/state.ts';
import { readAsZero, writeIgnored } from './handlers/common.ts';
import { NO_WORDS, wordAccess, wordReader, wordWriter, ZERO_WORDS, type WordAccess } from './state-words.ts';

/**
 * A run of a frame's bytes that answers alike. A `shared-only` row makes two: the private INTIDs' part, read as zero,
 * and the live rest. A per-interrupt row of a distributor ends after the last INTID that exists.
 */
export interface Region extends WordAccess {
  /** First byte, and the one after the last that can start an access. */
  readonly start: number;
  readonly end: number;
  /** First byte of the row, from which handlers count. */
  readonly origin: number;
  /** Accepted access widths: a mask of W8, W32, W64. */
  readonly widths: number;
  readonly read: ReadHandler;
  /** The same as `read` where reading changes nothing. */
  readonly take: ReadHandler;
  readonly write: WriteHandler;
  /** Null: every write is accepted. */
  readonly accepts: AcceptHandler | null;
}

const NOTHING = { ...ZERO_WORDS, read: readAsZero, take: readAsZero, write: writeIgnored, accepts: null };

/** Where no row answers. */
export const HOLE: Region = { start: 0, end: 0, origin: 0, widths: 0, ...NOTHING };

/** Regions of one shape to the engine, as one literal makes them: parts spread into one get shapes of their own. */
export function sameShape(of: Region): Region {
  const { start, end, origin, widths, readsWords, writesWords, base, stride, step, also, replaces, sets, clears } = of;
  const { read, take, write, accepts } = of;
  return {
    start,
    end,
    origin,
    widths,
    readsWords,
    writesWords,
    base,
    stride,
    step,
    also,
    replaces,
    sets,
    clears,
    read,
    take,
    write,
    accepts,
  };
}

/** A row's regions, as somebody sees them; none where the profile has a hole. */
export function regionsOf(row: RegisterRow, state: GicState, view: View): Region[] {
  if (row.handlers === undefined) return [];
  const { handlers } = row;
  const bytes = (intids: number): number => Math.ceil((intids * row.bitsPerIrq) / 8);
  // Only the first INTID of an access counts. A redistributor's frame has room for exactly its 32 interrupts.
  const whole = row.bank !== 'private' && row.bank !== 'shared-only';
  const end = row.offset + (whole ? row.length : Math.min(row.length, bytes(PRIVATE_IRQS + state.config.spis)));
  const { offset: start, bank, widths } = row;
  const firstShared = start + bytes(PRIVATE_IRQS);
  const part = (from: number, to: number, isOwn: boolean): Region[] => {
    const region = { start: from, end: to, origin: start, widths, ...compiled(handlers, view, widths, state, isOwn) };
    // Of its last word a region may have but some bytes: there each access is looked at.
    const cut = to & ~3;
    return cut === to
      ? [region]
      : [
          { ...region, end: cut },
          { ...region, start: cut, readsWords: false, writesWords: false },
        ];
  };
  if (bank === 'shared-only') {
    return [{ start, end: firstShared, origin: start, widths, ...NOTHING }, ...part(firstShared, end, false)];
  }
  if (bank === 'private' && end > firstShared) {
    return [...part(start, firstShared, true), ...part(firstShared, end, false)];
  }
  return part(start, end, true);
}

/** What of a region says how it answers. */
type Answers = WordAccess & Pick<Region, 'read' | 'take' | 'write' | 'accepts'>;

/** A row's handlers for somebody's accesses, joined with what follows a write. */
function compiled(row: RowHandlers, view: View, widths: number, state: GicState, isOwn: boolean): Answers {
  const other = view === 'guest' ? undefined : row[view];
  const read = other?.read ?? row.read;
  const take = other?.take ?? (other?.read === undefined ? row.take : undefined);
  const [write, afterWrite] =
    other?.write === undefined ? [row.write, row.afterWrite] : [other.write, other.afterWrite];
  if (read === readAsZero && write === writeIgnored && take === undefined && afterWrite === undefined) {
    return { ...NOTHING, accepts: other?.accepts ?? null };
  }
  const words =
    typeof read === 'function' ? NO_WORDS : wordAccess(read, typeof write === 'function' ? null : write, state, isOwn);
  const whole = (widths & W32) !== 0;
  const reader = typeof read === 'function' ? read : wordReader(words);
  const writer = typeof write === 'function' ? write : wordWriter(words);
  return {
    ...words,
    readsWords: words.readsWords && whole && take === undefined,
    writesWords: words.writesWords && whole && afterWrite === undefined,
    read: reader,
    take: take ?? reader,
    write: afterWrite === undefined ? writer : followed(writer, afterWrite),
    accepts: other?.accepts ?? null,
  };
}

function followed(write: WriteHandler, afterWrite: AfterWrite): WriteHandler {
  return (delivery, vcpu, offset, length, lo, hi) => {
    write(delivery, vcpu, offset, length, lo, hi);
    afterWrite(delivery.state, vcpu, offset, length);
  };
}
