/** Registers that have a field for every INTID, where both distributors and the SGI frame of redistributors have them. */
export interface PerIntid {
  readonly name: string;
  readonly offset: number;
  /** Bits an interrupt. */
  readonly bits: number;
  /** Draws of it among all. */
  readonly weight: number;
}

const BOTH: readonly PerIntid[] = [
  { name: 'IGROUPR', offset: 0x080, bits: 1, weight: 6 },
  { name: 'ISENABLER', offset: 0x100, bits: 1, weight: 12 },
  { name: 'ICENABLER', offset: 0x180, bits: 1, weight: 4 },
  { name: 'ISPENDR', offset: 0x200, bits: 1, weight: 10 },
  { name: 'ICPENDR', offset: 0x280, bits: 1, weight: 5 },
  { name: 'ISACTIVER', offset: 0x300, bits: 1, weight: 4 },
  { name: 'ICACTIVER', offset: 0x380, bits: 1, weight: 6 },
  { name: 'IPRIORITYR', offset: 0x400, bits: 8, weight: 10 },
  { name: 'ITARGETSR', offset: 0x800, bits: 8, weight: 8 },
  { name: 'ICFGR', offset: 0xc00, bits: 2, weight: 5 },
  { name: 'NSACR', offset: 0xe00, bits: 2, weight: 2 },
];

const IGRPMODR: PerIntid = { name: 'IGRPMODR', offset: 0xd00, bits: 1, weight: 5 };

export const V2_DIST: readonly PerIntid[] = [
  ...BOTH,
  { name: 'CPENDSGIR', offset: 0xf10, bits: 8, weight: 2 },
  { name: 'SPENDSGIR', offset: 0xf20, bits: 8, weight: 3 },
];

export const V3_DIST: readonly PerIntid[] = [
  ...BOTH.filter(({ name }) => name !== 'ITARGETSR'),
  IGRPMODR,
  { name: 'IROUTER', offset: 0x6000, bits: 64, weight: 10 },
];

export const V3_SGI_FRAME: readonly PerIntid[] = [...BOTH.filter(({ name }) => name !== 'ITARGETSR'), IGRPMODR];

export const DIST = 0x08000000;
export const CPUIF = 0x08010000;
export const REDIST = 0x080a0000;
/** Of one CPU: its RD frame and its SGI frame. */
export const REDIST_STRIDE = 0x20000;
export const SGI_FRAME = 0x10000;
