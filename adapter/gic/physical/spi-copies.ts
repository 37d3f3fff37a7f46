import { MAX_CPUS_V2 } from '../config.ts';
import { derivePending } from '../delivery/pending.ts';
import type { GicState } from '../state/state.ts';

/*
 * GICv2's SPIs, whose pending latch and active state each CPU may have apart: `latchOn` and `activeOn` hold a plane a
 * CPU, `soft` and `active` their union, which is what registers and views show. Private interrupts have one CPU, and
 * where the policy keeps no copies there is the union alone.
 */

export type Copied = 'latch' | 'active';

/** Every CPU a GICv2 can have, as a mask: absent ones have copies too, which QEMU's ITARGETSR can name. */
export const ALL_CPUS = (1 << MAX_CPUS_V2) - 1;

/** Every CPU there is, as a mask. */
export function presentCpus(state: GicState): number {
  return (1 << state.config.cpus) - 1;
}

/** CPUs an SPI goes to; with one CPU GICD_ITARGETSR is zero and that one is meant. */
export function targetsOf(state: GicState, slot: number): number {
  return state.config.cpus === 1 ? 1 : state.byte(state.at.route, slot);
}

function hasCopies({ at }: GicState): boolean {
  return at.activeOn !== at.latchOn;
}

/** Index of the word of a plane word's copy for a CPU: the union's own for private interrupts. */
export function copyWord(state: GicState, what: Copied, cpu: number, word: number): number {
  const { at, config } = state;
  if (word < config.cpus || !hasCopies(state)) return (what === 'latch' ? at.soft : at.active) + word;
  const copies = what === 'latch' ? at.latchOn : at.activeOn;
  return copies + cpu * (at.planeWords - config.cpus) + (word - config.cpus);
}

/** Sets bits of a plane word for the CPUs of a mask; private interrupts have no other CPU than their own. */
export function setCopies(state: GicState, what: Copied, word: number, bits: number, cpus: number): void {
  const { at, config } = state;
  if (bits === 0 || cpus === 0) return;
  if (word >= config.cpus && hasCopies(state)) {
    for (let cpu = 0; cpu < MAX_CPUS_V2; cpu++) {
      if ((cpus & (1 << cpu)) === 0) continue;
      const copy = copyWord(state, what, cpu, word);
      state.put(copy, state.get(copy) | bits);
    }
  }
  const union = (what === 'latch' ? at.soft : at.active) + word;
  state.put(union, state.get(union) | bits);
  if (what === 'latch') state.put(at.pending + word, state.get(at.pending + word) | bits);
}

/** Clears bits of a plane word for the CPUs of a mask. */
export function clearCopies(state: GicState, what: Copied, word: number, bits: number, cpus: number): void {
  const { at, config } = state;
  const union = (what === 'latch' ? at.soft : at.active) + word;
  let left = 0;
  if (word >= config.cpus && hasCopies(state)) {
    for (let cpu = 0; cpu < MAX_CPUS_V2; cpu++) {
      const copy = copyWord(state, what, cpu, word);
      if ((cpus & (1 << cpu)) !== 0) state.put(copy, state.get(copy) & ~bits);
      left |= state.get(copy);
    }
  }
  state.put(union, (state.get(union) & ~bits) | (left & bits));
  if (what === 'latch') derivePending(state, word);
}
