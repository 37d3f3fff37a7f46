/*
 * How a GICv3 names CPUs: by Aff3, Aff2, Aff1 and Aff0, here one number with Aff3 in 31:24 and Aff0 in 7:0, as GICR_TYPER
 * has it in its upper word. MPIDR_EL1 and GICD_IROUTER have Aff3 in 39:32 and the others in 23:0 (IHI 0069, 2.2 and 12.9).
 */

/** Affinity of a CPU as KVM assigns it, and where nothing else is told: 16 to an Aff0 range. */
export function usualAffinity(cpu: number): number {
  return (cpu & 0xf) | ((cpu >> 4) << 8);
}

/** "0.0.1.3", as Arm writes affinities. */
export function affinityText(affinity: number): string {
  return [24, 16, 8, 0].map((shift) => (affinity >>> shift) & 0xff).join('.');
}

/** The affinity in the words of GICD_IROUTER or MPIDR_EL1, as int32. */
export function affinityIn(lo: number, hi: number): number {
  return (lo & 0xff_ffff) | (hi << 24);
}

/** What GICD_IROUTER holds for an affinity. */
export function routeWith(affinity: number): bigint {
  return (BigInt(affinity >>> 24) << 32n) | BigInt(affinity & 0xff_ffff);
}
