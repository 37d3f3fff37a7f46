import { SP } from '../case.ts';
import type { Random } from './random.ts';
import { randomState } from './values.ts';

/** A case in the making: classes add words, and set the registers these need. */
export interface Draft {
  readonly random: Random;
  readonly state: BigUint64Array;
  readonly memory: Uint8Array;
  readonly level: 0 | 1;
  readonly words: number[];
  readonly classes: string[];
}

export function newDraft(random: Random, memory: Uint8Array): Draft {
  return { random, level: random.once(4) ? 0 : 1, state: randomState(random), memory, words: [], classes: [] };
}

/** @param n 0 to 31; 31 is zero */
export function x({ state }: Draft, n: number): bigint {
  return n === 31 ? 0n : (state[n] ?? 0n);
}

/** @param n 0 to 31; 31 is dropped */
export function setX({ state }: Draft, n: number, value: bigint): void {
  if (n !== 31) state[n] = BigInt.asUintN(64, value);
}

/** @param n 0 to 31; 31 is SP */
export function setBase({ state }: Draft, n: number, value: bigint): void {
  state[n === 31 ? SP : n] = BigInt.asUintN(64, value);
}
