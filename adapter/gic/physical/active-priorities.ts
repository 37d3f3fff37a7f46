import { APR_WORDS, PHYSICAL_APR } from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { G0, G1NS, G1S, type Group } from './groups.ts';

/*
 * Active priorities: a bit a preemption level and group, 32 levels a word, the most urgent in bit 0 of the first
 * (ICC_AP0Rn, ICC_AP1Rn; GICC_APRn, GICC_NSAPRn).
 */

export function aprWord(state: GicState, cpu: number, group: Group, nth: number): number {
  return state.physicalWord(cpu, PHYSICAL_APR + group * APR_WORDS + nth);
}

export function activatePriority(state: GicState, cpu: number, group: Group, level: number): void {
  const word = aprWord(state, cpu, group, level >> 5);
  state.put(word, state.get(word) | (1 << (level & 31)));
}

/** The most urgent active level, -1: none. */
export function activeLevel(state: GicState, cpu: number): number {
  for (let nth = 0; nth < APR_WORDS; nth++) {
    const bits =
      state.get(aprWord(state, cpu, G0, nth)) |
      state.get(aprWord(state, cpu, G1S, nth)) |
      state.get(aprWord(state, cpu, G1NS, nth));
    if (bits !== 0) return (nth << 5) | lowestBit(bits);
  }
  return -1;
}

/** The group of the most urgent active level; of several group 0, then group 1 Secure. -1: none. */
export function activeGroup(state: GicState, cpu: number): Group | -1 {
  const level = activeLevel(state, cpu);
  if (level < 0) return -1;
  const has = (group: Group): boolean =>
    (state.get(aprWord(state, cpu, group, level >> 5)) & (1 << (level & 31))) !== 0;
  return has(G0) ? G0 : has(G1S) ? G1S : G1NS;
}

/** Drops the most urgent active priority of a group. */
export function dropPriority(state: GicState, cpu: number, group: Group): void {
  for (let nth = 0; nth < APR_WORDS; nth++) {
    const word = aprWord(state, cpu, group, nth);
    const bits = state.get(word);
    if (bits === 0) continue;
    state.put(word, bits & (bits - 1));
    return;
  }
}

export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
