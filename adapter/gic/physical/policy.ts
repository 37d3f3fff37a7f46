import {
  ARCHITECTURE_VIRTUAL,
  QEMU_10_VIRTUAL_V3,
  QEMU_VIRTUAL_V2,
  QEMU_VIRTUAL_V3,
  type VirtualRules,
} from '../virtual/rules.ts';

/**
 * Where controllers in silicon, QEMU's and the architecture part ways: one named choice each. A variant of the profile
 * is a value of this; handlers and interfaces are made for it and never ask which variant it is.
 */
export interface PhysicalPolicy {
  /**
   * The most urgent interrupt counts though its group is disabled, and hides those below it. The architecture lets
   * interrupts of enabled groups alone compete (IHI 0048, 3.2; IHI 0069, 4.6).
   */
  readonly disabledGroupHidesRest: boolean;
  /** A redistributor that sleeps (GICR_WAKER) signals nothing: IHI 0069, 11.1. */
  readonly sleepHolds: boolean;
  /** GICD_IROUTER.Interrupt_Routing_Mode chooses among the PEs that take part; else Aff3 to Aff0 decide alone. */
  readonly routesOneOfN: boolean;
  /** Priority bits that no CPU interface has are kept in GICD_IPRIORITYR and GICR_IPRIORITYR, and count. */
  readonly keepsAllPriorityBits: boolean;
  /** All of GICD_IROUTER is kept, reserved bits too. */
  readonly keepsAllRouteBits: boolean;
  /** GICD_TYPER of GICv3 tells 32 INTIDs fewer than there are. */
  readonly tellsFewerSpis: boolean;
  /** ICC_PMR_EL1 keeps bits above 7:0, and so masks less than a priority can say. */
  readonly keepsWideMask: boolean;
  /** ICC_BPRn_EL1 is compared with its minimum before it is cut to three bits. */
  readonly clampsUncutBinaryPoint: boolean;
  /**
   * With EL3, Non-secure software cannot write ICC_AP1R0_EL1 and ICC_AP1R1_EL1 at all. The architecture keeps it from
   * claiming the Secure half of the levels.
   */
  readonly refusesNonsecureApr: boolean;
  /** GICv3 remembers which interrupt is the most urgent and what is signalled, and does not look again as GICD_ICFGR is written. */
  readonly remembersWinner: boolean;
  /** The Secure bits of ICC_CTLR_EL3 read as the Non-secure ones. */
  readonly monitorShowsNonsecureTwice: boolean;
  readonly v2: PhysicalPolicyV2;
  /** Of the virtual CPU interfaces. */
  readonly virtual: { readonly v2: VirtualRules; readonly v3: VirtualRules };
}

/** The same of GICv2 alone. */
export interface PhysicalPolicyV2 {
  /** An SPI is pending and active for each of its targets apart; else for all at once (IHI 0048, 3.2.1). */
  readonly spiStatePerCpu: boolean;
  /** GICC_EOIR and GICC_DIR deactivate an SPI for every CPU. */
  readonly endsEverywhere: boolean;
  /** GICD_ITARGETSR keeps bits of CPUs that do not exist. */
  readonly keepsAbsentTargets: boolean;
  /** Writing GICD_ITARGETSR moves a pending SPI. */
  readonly retargetMovesPending: boolean;
  /**
   * GICD_ISPENDR makes a PPI pending for the CPUs its GICD_ITARGETSR byte was written for, of more CPUs than one: as
   * nobody writes it, for none. Else for the CPU that writes.
   */
  readonly ppiPendingNeedsTargets: boolean;
  /** GICD_ICPENDR clears a PPI of every CPU. */
  readonly clearsPendingEverywhere: boolean;
  /** GICD_ICFGR1 is one for all CPUs. */
  readonly sharesPpiTrigger: boolean;
  /** GICC_HPPIR tells only what GICC_PMR lets through. */
  readonly highestObeysMask: boolean;
  /** GICC_HPPIR tells an SGI's sender. */
  readonly highestTellsSender: boolean;
  /** GICC_AIAR, GICC_AEOIR and GICC_AHPPIR are there. */
  readonly hasAliases: boolean;
  /**
   * GICD_SGIR raises an SGI of the group its NSATT names, Non-secure software's of group 1 alone (IHI 0048, 4.3.15); else
   * of either.
   */
  readonly sgiObeysGroups: boolean;
  /** Non-secure software sees and changes GICD_ITARGETSR of Secure interrupts. */
  readonly opensSecureTargets: boolean;
  /** GICD_SGIR with the reserved filter sends to all; else to nobody. */
  readonly reservedFilterSends: boolean;
  /** Preemption compares the whole priority with the running one; else the group priority (IHI 0048, 3.3.3). */
  readonly preemptsByWholePriority: boolean;
}

/** IHI 0048 and IHI 0069; where they leave a choice, what GIC-400 and GIC-600 do. */
export const ARCHITECTURE: PhysicalPolicy = {
  disabledGroupHidesRest: false,
  sleepHolds: true,
  routesOneOfN: true,
  keepsAllPriorityBits: false,
  keepsAllRouteBits: false,
  tellsFewerSpis: false,
  keepsWideMask: false,
  clampsUncutBinaryPoint: false,
  refusesNonsecureApr: false,
  remembersWinner: false,
  monitorShowsNonsecureTwice: false,
  v2: {
    spiStatePerCpu: false,
    endsEverywhere: true,
    keepsAbsentTargets: false,
    retargetMovesPending: false,
    ppiPendingNeedsTargets: false,
    clearsPendingEverywhere: false,
    sharesPpiTrigger: false,
    highestObeysMask: false,
    highestTellsSender: true,
    hasAliases: true,
    sgiObeysGroups: true,
    opensSecureTargets: false,
    reservedFilterSends: false,
    preemptsByWholePriority: false,
  },
  virtual: { v2: ARCHITECTURE_VIRTUAL, v3: ARCHITECTURE_VIRTUAL },
};

/** QEMU 7.2's TCG controllers, as observed. */
export const QEMU_7_2: PhysicalPolicy = {
  disabledGroupHidesRest: true,
  sleepHolds: false,
  routesOneOfN: false,
  keepsAllPriorityBits: true,
  keepsAllRouteBits: true,
  tellsFewerSpis: true,
  keepsWideMask: true,
  clampsUncutBinaryPoint: true,
  refusesNonsecureApr: true,
  remembersWinner: true,
  monitorShowsNonsecureTwice: true,
  v2: {
    spiStatePerCpu: true,
    endsEverywhere: false,
    keepsAbsentTargets: true,
    retargetMovesPending: false,
    ppiPendingNeedsTargets: true,
    clearsPendingEverywhere: true,
    sharesPpiTrigger: true,
    highestObeysMask: true,
    highestTellsSender: false,
    hasAliases: false,
    sgiObeysGroups: false,
    opensSecureTargets: true,
    reservedFilterSends: true,
    preemptsByWholePriority: true,
  },
  virtual: { v2: QEMU_VIRTUAL_V2, v3: QEMU_VIRTUAL_V3 },
};

/** QEMU 10: what differs from 7.2. */
export const QEMU_10: PhysicalPolicy = {
  ...QEMU_7_2,
  tellsFewerSpis: false,
  keepsWideMask: false,
  virtual: { ...QEMU_7_2.virtual, v3: QEMU_10_VIRTUAL_V3 },
  v2: { ...QEMU_7_2.v2, endsEverywhere: true, retargetMovesPending: true, ppiPendingNeedsTargets: false },
};
