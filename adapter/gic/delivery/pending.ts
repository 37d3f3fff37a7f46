import type { GicState } from '../state/state.ts';

/**
 * How events and the wire make an interrupt pending. The state's `pending` plane always says whether it is; a profile
 * names the policy that says how it comes about and how it ends.
 */
export interface PendingPolicy {
  /** An event makes the interrupt pending: an SGI, an edge. */
  latch(state: GicState, slot: number): void;
  /** Forgets the event. */
  unlatch(state: GicState, slot: number): void;
  /** The wire of a level-triggered interrupt changed. */
  wire(state: GicState, slot: number, level: boolean): void;
}

/** Linux 4.10: one pending bit, joined with the wire and with what software wrote as either changes. */
export const PENDING_JOINED: PendingPolicy = {
  latch(state, slot) {
    state.putBit(state.at.pending, slot, true);
  },
  unlatch(state, slot) {
    state.putBit(state.at.pending, slot, false);
  },
  wire(state, slot, level) {
    const { at } = state;
    state.putBit(at.lineLevel, slot, level);
    state.putBit(at.pending, slot, level || state.bit(at.soft, slot));
  },
};

/** Later: a latch beside the wire. An edge interrupt is pending by its latch alone, a level one by either. */
export const PENDING_LATCHED: PendingPolicy = {
  latch(state, slot) {
    state.putBit(state.at.soft, slot, true);
    state.putBit(state.at.pending, slot, true);
  },
  unlatch(state, slot) {
    state.putBit(state.at.soft, slot, false);
    derivePending(state, slot >> 5);
  },
  wire(state, slot, level) {
    state.putBit(state.at.lineLevel, slot, level);
    derivePending(state, slot >> 5);
  },
};

/** Brings the pending bits of a plane word's 32 interrupts up to date with their latches, wires and triggers. */
export function derivePending(state: GicState, word: number): void {
  const { at } = state;
  const wires = state.get(at.lineLevel + word) & ~state.get(at.edge + word);
  state.put(at.pending + word, state.get(at.soft + word) | wires);
}
