import type { GicState } from '../state/state.ts';

/** Smallest binary point with so many priority bits, of which seven at most preempt: IHI 0069, 4.8.2. */
export function leastBinaryPoint(priorityBits: number): number {
  return 7 - preemptionBits(priorityBits);
}

/** Bits of a priority that preemption can tell apart. */
export function preemptionBits(priorityBits: number): number {
  return Math.min(7, priorityBits);
}

/** Bits of a priority below its preemption level. */
export function levelShift(state: GicState): number {
  return 8 - preemptionBits(state.hardware.priorityBits);
}
