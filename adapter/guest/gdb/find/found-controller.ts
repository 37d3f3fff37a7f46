import type { Identification } from './identify/identification.ts';

/** The programmer's model: GICv1 is a GICv2 with less, GICv4 a GICv3 with more. */
export type GicVersion = 'v2' | 'v3';

export type GicArchitecture = 'GICv1' | 'GICv2' | 'GICv3' | 'GICv4' | 'GICv4.1';

/** Where the addresses came from. */
export type FoundBy = 'configuration' | 'board' | 'device tree' | 'QEMU';

/** The interrupt controller of a target: where its frames are, and what its registers say it is. */
export interface FoundController {
  readonly version: GicVersion;
  readonly architecture: GicArchitecture;
  readonly foundBy: FoundBy;
  /** Physical address of GICD. */
  readonly distributor: number;
  /** GICC: always on GICv2; on GICv3 where CPUs have the legacy interface and its place is known. */
  readonly cpuInterface: number | null;
  /** GICH, the virtual interface control; null where there is none or nobody said. */
  readonly hypervisorInterface: number | null;
  /** GICV. */
  readonly virtualCpuInterface: number | null;
  /** GICv3: one a CPU, in the order of their frames. */
  readonly redistributors: readonly FoundRedistributor[];
  /** Physical addresses of ITSs that were named. No register of the distributor says where they are. */
  readonly its: readonly number[];
  readonly cpus: number;
  /** SPIs: their INTIDs are 32 and up. */
  readonly spis: number;
  /** SPIs of the extended range (INTIDs 4096 and up). */
  readonly extendedSpis: number;
  /** Two Security states. */
  readonly securityExtension: boolean;
  /** GICD_IIDR; null where it could not be read. */
  readonly identification: Identification | null;
  /**
   * Any read of a register by the stub kills the target: never read a frame with `m` or the monitor, borrow a CPU for
   * it. `plainReadsKillBecause` says why.
   */
  readonly plainReadsKill: boolean;
  readonly plainReadsKillBecause: string | null;
  /** What was found and how, a sentence each; for the user. */
  readonly how: readonly string[];
}

export interface FoundRedistributor {
  /** RD_base; SGI_base is 64 KB higher. */
  readonly base: number;
  /** Aff3.Aff2.Aff1.Aff0, a byte each. */
  readonly affinity: number;
  /** GICR_TYPER.Processor_Number: how ITS commands and INTIDs of LPIs name the CPU. */
  readonly processorNumber: number;
  /** Bytes of its frames: 0x20000, or 0x40000 with the two for virtual LPIs. */
  readonly size: number;
  /** The last of its region. */
  readonly last: boolean;
}
