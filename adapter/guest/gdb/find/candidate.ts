import type { FoundBy, GicVersion } from './found-controller.ts';

/** A piece of address space. */
export interface Frame {
  readonly base: number;
  /** Bytes; null where nobody said. */
  readonly size: number | null;
}

/** Redistributors one after the other. */
export interface RedistributorRegion extends Frame {
  /** Bytes from one to the next where that is not their own size; null for what GICR_TYPER says. */
  readonly stride: number | null;
}

/** A controller as some source describes it; nothing of it has been read from the target. */
export interface Candidate {
  readonly foundBy: FoundBy;
  /** For sentences: "the device tree at 0x40000000 (/intc@8000000)". */
  readonly origin: string;
  /** Null where only the registers can tell. */
  readonly version: GicVersion | null;
  readonly distributor: number;
  readonly cpuInterface: Frame | null;
  readonly hypervisorInterface: number | null;
  readonly virtualCpuInterface: number | null;
  readonly redistributors: readonly RedistributorRegion[];
  readonly its: readonly number[];
  /** Affinities of the CPUs the source names; null where it names none. */
  readonly affinities: readonly number[] | null;
  /** Overrules GICD_TYPER on GICv2. */
  readonly cpus: number | null;
  /** Where registers cannot be read. */
  readonly spis: number | null;
  /** What else the source said that the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** A source has nothing to offer, and why. */
export class Miss extends Error {
  override readonly name = 'Miss';
}
