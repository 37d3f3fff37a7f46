import { PRIVATE_IRQS } from '../../config.ts';
import { vcpuWithAffinity } from '../../delivery/delivery.ts';
import type { RowHandlers } from '../../registers/row.ts';

/** Of each byte its bits at the odd bits 15, 13, … 1: one load instead of four steps of shifting and masking. */
const SPREAD = Uint16Array.from({ length: 256 }, (_, byte) => {
  let x = (byte | (byte << 4)) & 0x0f0f;
  x = (x | (x << 2)) & 0x3333;
  x = (x | (x << 1)) & 0x5555;
  return x << 1;
});

/** Spreads bits 15:0 to the odd bits 31, 29, … 1. */
export function spreadToOddBits(bits: number): number {
  return (SPREAD[bits & 0xff] as number) | ((SPREAD[(bits >> 8) & 0xff] as number) << 16);
}

/** Gathers the odd bits 31, 29, … 1 into bits 15:0. */
export function gatherOddBits(word: number): number {
  let x = (word >>> 1) & 0x55555555;
  x = (x | (x >>> 1)) & 0x33333333;
  x = (x | (x >>> 2)) & 0x0f0f0f0f;
  x = (x | (x >>> 4)) & 0x00ff00ff;
  return (x | (x >>> 8)) & 0xffff;
}

/**
 * Two bits an interrupt, of which the upper one counts: 1 edge, 0 level. Private interrupts cannot be changed.
 * Level makes pending follow the wire and the software bit at once (a latched edge is lost); nothing is queued.
 */
export const ICFGR: RowHandlers = {
  read(state, vcpu, offset) {
    const intid = offset << 2;
    const word = state.get(state.at.edge + state.planeWord(intid & ~31, vcpu));
    return spreadToOddBits(word >>> (intid & 16));
  },
  write({ state }, vcpu, offset, _length, value) {
    const intid = offset << 2;
    if (intid < PRIVATE_IRQS) return;
    const { at } = state;
    const word = state.planeWord(intid & ~31, vcpu);
    const shift = intid & 16;
    const half = 0xffff << shift;
    const edge = gatherOddBits(value) << shift;
    state.put(at.edge + word, (state.get(at.edge + word) & ~half) | edge);
    const level = half & ~edge;
    const follows = (state.get(at.lineLevel + word) | state.get(at.soft + word)) & level;
    state.put(at.pending + word, (state.get(at.pending + word) & ~level) | follows);
  },
};

/** Aff2, Aff1 and Aff0: the interrupt routing mode (bit 31) and Aff3 (upper word) do not exist. */
const IROUTER_MASK = 0x00ffffff;

export const IROUTER: RowHandlers = {
  read(state, vcpu, offset) {
    state.hi = 0;
    return (offset & 4) !== 0 ? 0 : state.get(state.at.route + state.slot(offset >> 3, vcpu));
  },
  write({ state }, vcpu, offset, _length, lo) {
    if ((offset & 4) !== 0) return;
    const slot = state.slot(offset >> 3, vcpu);
    const affinity = lo & IROUTER_MASK;
    state.put(state.at.route + slot, affinity);
    state.put(state.at.target + slot, vcpuWithAffinity(affinity, state.config.cpus));
  },
};
