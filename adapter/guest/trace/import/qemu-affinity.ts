/** vCPU numbers for the affinities in a log. */
export interface AffinityMap {
  /** vCPU of an affinity (Aff0 in bits 7:0, Aff1 in 15:8, …), or -1 for one that was not in the first pass. */
  cpuOf(affinity: number): number;
  /** Highest vCPU number, or -1. */
  readonly highest: number;
  /** How the numbers came about where it is not the usual way, else null. */
  readonly assumption: string | null;
}

/** CPUs to a cluster in QEMU's virt with GICv3 and in KVM: the target list of ICC_SGI1R has 16 bits. */
const CLUSTER = 16;
const MAX_CPU = 63;

/**
 * Affinities to vCPU numbers: Aff0 + 16 * Aff1, as KVM and QEMU's virt number them. Machines that number otherwise (Aff0
 * always 0 and Aff1 counting, or Aff2 and Aff3 in use) get numbers in the order of their affinities.
 */
export function affinityMap(affinities: Iterable<number>): AffinityMap {
  const seen = [...new Set(affinities)].sort((a, b) => a - b);
  const usual = (affinity: number): number => (affinity & 0xff) + CLUSTER * ((affinity >>> 8) & 0xff);
  const fits =
    seen.every((affinity) => affinity >>> 16 === 0 && (affinity & 0xff) < CLUSTER && usual(affinity) <= MAX_CPU) &&
    (seen.every((affinity) => affinity < 0x100) || seen.some((affinity) => (affinity & 0xff) !== 0));
  const numbers = new Map(seen.map((affinity, i) => [affinity, fits ? usual(affinity) : i]));
  return {
    cpuOf: (affinity) => numbers.get(affinity) ?? -1,
    highest: Math.max(-1, ...numbers.values()),
    assumption: fits
      ? null
      : `vCPU numbers in the order of affinities (${seen
          .slice(0, 4)
          .map((a) => `0x${a.toString(16)}`)
          .join(', ')}…): ` + 'they are not Aff0 + 16 * Aff1.',
  };
}
