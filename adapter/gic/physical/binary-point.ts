/** Smallest binary point with so many priority bits, of which seven at most preempt: IHI 0069, 4.8.2. */
export function leastBinaryPoint(priorityBits: number): number {
  return 7 - preemptionBits(priorityBits);
}

/** Bits of a priority that preemption can tell apart. */
export function preemptionBits(priorityBits: number): number {
  return Math.min(7, priorityBits);
}

/** The priority bits that exist, as a mask of eight. */
export function priorityMask(priorityBits: number): number {
  return (0xff << (8 - priorityBits)) & 0xff;
}
