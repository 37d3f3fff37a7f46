import type { ReadHandler, RowHandlers } from '../../../registers/row.ts';
import type { GicState } from '../../../state/state.ts';

/* Accesses of one, two and four bytes to registers of words: each touches the byte lanes it covers. */

/** Bits by which lane `offset` lies above bit 0 of its word. */
export function laneShift(offset: number): number {
  return (offset & 3) << 3;
}

/** The bits of a word that an access covers. */
export function lanes(offset: number, length: number): number {
  return length >= 4 ? -1 : ((1 << (length << 3)) - 1) << laneShift(offset);
}

/** A word's handler, for reads that start at any of its bytes. */
export function byLane(read: ReadHandler): ReadHandler {
  return (state, vcpu, offset, length) =>
    length === 4 ? read(state, vcpu, offset, 4) : read(state, vcpu, offset & ~3, length) >> laneShift(offset);
}

/** Of 32 interrupts those that an access from somewhere sees. `word` is their plane word. */
export type Visible = (state: GicState, word: number) => number;
export const ALL: Visible = () => -1;
export const NOTHING: Visible = () => 0;

/** Non-secure software's part of a row it sees nothing of. */
export const HIDDEN: NonNullable<RowHandlers['nonSecure']> = {
  read: (state) => {
    state.hi = 0;
    return 0;
  },
  write: () => {
    // Secure registers ignore Non-secure writes.
  },
};
