import type { ReadHandler, StateWords, WordWrite, WriteHandler } from '../registers/row.ts';
import { GLOBAL_ZERO } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';

/** Where a region's words are in the state, and what writes do to them. */
export interface WordAccess {
  /** True where a read, and a write, of a whole word is one of the state's and nothing else. */
  readonly readsWords: boolean;
  readonly writesWords: boolean;
  /** The region's first word for vCPU 0, and how many words on it is for the next one: none where all share it. */
  readonly base: number;
  readonly stride: number;
  /** How many words on it is for the region's next word: 0 where all of them are one. */
  readonly step: 0 | 1;
  /** How far on the word is that a write changes alike; 0: none is. */
  readonly also: number;
  /** Bits of a word that a write replaces, and of those written as 1 the ones that it sets, and that it clears. */
  readonly replaces: number;
  readonly sets: number;
  readonly clears: number;
}

/** Of a region whose handlers answer. */
export const NO_WORDS: WordAccess = {
  ...{ readsWords: false, writesWords: false, base: 0, stride: 0, step: 1, also: 0 },
  ...{ replaces: 0, sets: 0, clears: 0 },
};

/** Of a region that reads as zero and ignores writes. */
export const ZERO_WORDS: WordAccess = {
  ...NO_WORDS,
  ...{ readsWords: true, writesWords: true, base: GLOBAL_ZERO, step: 0 },
};

/** By width in bytes: the bits of the low word that an access covers. */
export const BITS = Int32Array.of(0, 0xff, 0xffff, 0, -1, 0, 0, 0, -1);

/**
 * @param write null where a handler writes
 * @param isOwn the words are those of private interrupts, of which each vCPU has its own
 */
export function wordAccess(
  { words, bankWords }: StateWords,
  write: WordWrite | null,
  state: GicState,
  isOwn: boolean,
): WordAccess {
  const { at, config } = state;
  const mask = write?.mask?.(state, isOwn) ?? -1;
  return {
    readsWords: true,
    writesWords: write !== null,
    base: at[words] + (isOwn ? 0 : (config.cpus - 1) * bankWords),
    stride: isOwn ? bankWords : 0,
    step: 1,
    also: write?.also === undefined ? 0 : at[write.also] - at[words],
    replaces: write?.how === 'replace' ? -1 : 0,
    sets: write === null || write.how === 'clear' ? 0 : mask,
    clears: write?.how === 'clear' ? mask : 0,
  };
}

/** Reads at any byte of the region's words. */
export function wordReader({ base, stride }: WordAccess): ReadHandler {
  return (state, vcpu, at) => state.get(base + vcpu * stride + (at >> 2)) >> ((at & 3) << 3);
}

/** Writes the bytes that an access covers of the region's words. */
export function wordWriter({ base, stride, also, replaces, sets, clears }: WordAccess): WriteHandler {
  return ({ state }, vcpu, at, length, value) => {
    const index = base + vcpu * stride + (at >> 2);
    const shift = (at & 3) << 3;
    const lane = (BITS[length] as number) << shift;
    const bits = value << shift;
    const kept = ~(((bits & clears) | replaces) & lane);
    const set = bits & sets & lane;
    state.put(index, (state.get(index) & kept) | set);
    if (also !== 0) state.put(index + also, (state.get(index + also) & kept) | set);
  };
}
