/**
 * Where virtual CPU interfaces part ways, one named choice each: what the architecture leaves open, and what emulators
 * do in their own way. An interface is made for a value of this and never asks whose it is.
 */
export interface VirtualRules {
  /** A virtual EOIR that finds no list register counts in EOIcount though EOImode is 1 and it only drops a priority. */
  readonly countsPriorityDrops: boolean;
  /** The same though no priority is active: IHI 0069 permits either. */
  readonly countsIdleEnds: boolean;
  /** What is cut to group priority before preemption compares it: the pending priority, the running one. */
  readonly preemptionCuts: 'both' | 'pending' | 'neither';
  /** With any group enabled both compete and are acknowledged; one of a disabled group is not signalled. */
  readonly disabledGroupCompetes: boolean;
  /** ICH_VMCR_EL2 keeps all eight bits of VPMR, and they count; ICV_PMR_EL1 and GICH_VMCR know the upper five alone. */
  readonly keepsWholeMask: boolean;
  /** VGrp0DIE asks for maintenance while group 1 is disabled, as VGrp1DIE does; else while group 0 is. */
  readonly group0DisabledMeansGroup1: boolean;
  /** GICV_AIAR, GICV_AEOIR and GICV_AHPPIR are there. */
  readonly hasAliases: boolean;
  /** An end of interrupt deactivates only where the group of the priority it dropped is the interrupt's too. GICv3. */
  readonly matchesDroppedGroup: boolean;
  /** Though no priority is active, an end of interrupt looks for its list register and deactivates it. GICv2. */
  readonly endsIdle: boolean;
  /** An end of interrupt deactivates though the priority it dropped is another one's. GICv2. */
  readonly endsOthers: boolean;
  /** An end or a deactivation of an SGI takes that of any sender. GICv2. */
  readonly ignoresSender: boolean;
  /** An LPI becomes active as it is acknowledged; else it has no such state. GICv3. */
  readonly lpisBecomeActive: boolean;
  /** Acknowledging a special INTID makes its list register invalid and no priority active. */
  readonly dropsSpecials: boolean;
  /** With CBPR group 1 is split where GICV_ABPR, ICV_BPR1_EL1 reads, 7 at most; else as group 0 is. */
  readonly splitsWhereRead: boolean;
  /** GICV_HPPIR tells an SGI's sender. */
  readonly highestTellsSender: boolean;
  /** ICH_LRn_EL2 keeps reserved bits. */
  readonly keepsReserved: boolean;
  /** Among them NMI (59), of controllers without non-maskable interrupts. */
  readonly keepsNmi: boolean;
  /** ICV_BPRn_EL1 is compared with its minimum, as a signed number, before it is cut to three bits. */
  readonly clampsUncutBinaryPoint: boolean;
  /** GICV_IAR tells of an interrupt of the other group though a more urgent one runs. */
  readonly tellsBlockedGroup: boolean;
  /** Smallest GICV_ABPR that can be written; 3 is what five bits of priority need. */
  readonly leastAlias: number;
  /** What GICV_HPPIR tells passes GICV_PMR, and GICH_HCR.En. */
  readonly highestObeysMask: boolean;
  /** GICH_LRn answers a narrow access at any of its bytes as at the first. */
  readonly listRegisterAtAnyByte: boolean;
  /** What GICV_IIDR reads. */
  readonly iidr: number;
}

/** GIC-400. */
const GIC_400_IIDR = 0x0202143b;

/** IHI 0069, 4.8 and 12.4; IHI 0048, chapter 5. */
export const ARCHITECTURE_VIRTUAL: VirtualRules = {
  countsPriorityDrops: false,
  countsIdleEnds: false,
  preemptionCuts: 'both',
  disabledGroupCompetes: false,
  keepsWholeMask: false,
  group0DisabledMeansGroup1: false,
  hasAliases: true,
  matchesDroppedGroup: true,
  endsIdle: false,
  endsOthers: false,
  ignoresSender: false,
  lpisBecomeActive: false,
  dropsSpecials: true,
  splitsWhereRead: false,
  highestTellsSender: true,
  keepsReserved: false,
  keepsNmi: false,
  clampsUncutBinaryPoint: false,
  tellsBlockedGroup: false,
  leastAlias: 3,
  highestObeysMask: false,
  listRegisterAtAnyByte: false,
  iidr: GIC_400_IIDR,
};

/** KVM's emulation of the interface, which is what hardware does for its guests but for corners. */
export const KVM_VIRTUAL: VirtualRules = {
  ...ARCHITECTURE_VIRTUAL,
  countsPriorityDrops: true,
  countsIdleEnds: true,
  preemptionCuts: 'pending',
  dropsSpecials: false,
  splitsWhereRead: true,
};

/** QEMU's GICv2, as observed. */
export const QEMU_VIRTUAL_V2: VirtualRules = {
  ...ARCHITECTURE_VIRTUAL,
  hasAliases: false,
  preemptionCuts: 'neither',
  disabledGroupCompetes: true,
  highestTellsSender: false,
  endsIdle: true,
  endsOthers: true,
  ignoresSender: true,
  tellsBlockedGroup: true,
  leastAlias: 1,
  highestObeysMask: true,
  listRegisterAtAnyByte: true,
  iidr: 0x0002043b,
};

/** QEMU's GICv3, as observed of 7.2. */
export const QEMU_VIRTUAL_V3: VirtualRules = {
  ...ARCHITECTURE_VIRTUAL,
  countsPriorityDrops: true,
  matchesDroppedGroup: false,
  lpisBecomeActive: true,
  keepsReserved: true,
  keepsNmi: true,
  clampsUncutBinaryPoint: true,
  keepsWholeMask: true,
  group0DisabledMeansGroup1: true,
};

/** QEMU 10's GICv3: what differs from 7.2. */
export const QEMU_10_VIRTUAL_V3: VirtualRules = { ...QEMU_VIRTUAL_V3, keepsNmi: false };
