/** From where a CPU uses its interface: what of it is visible and what traps depends on this. */
export interface CpuContext {
  /** Exception level: 1 to 3. */
  readonly el: 1 | 2 | 3;
  /** The CPU is in a Secure state: EL3, or below it with SCR_EL3.NS 0. Without EL3 it is not. */
  readonly secure: boolean;
  /** Security state of the exception levels below EL3. */
  readonly secureBelow: boolean;
  /** SCR_EL3: IRQ (1) and FIQ (2) route to EL3. 0 without EL3. */
  readonly scr: number;
  /** HCR_EL2: FMO (3) and IMO (4) give EL1 the virtual CPU interface. Absent without EL2. */
  readonly hcr?: number;
}

export const SCR_IRQ = 1 << 1;
export const SCR_FIQ = 1 << 2;
export const HCR_FMO = 1 << 3;
export const HCR_IMO = 1 << 4;

/** A machine without EL3, at EL1. */
export const EL1: CpuContext = { el: 1, secure: false, secureBelow: false, scr: 0 };

/** The hypervisor of a machine without EL3. */
export const EL2: CpuContext = { el: 2, secure: false, secureBelow: false, scr: 0 };

/** The places from which accesses of machines with EL3 come, by the names recordings have for them. */
export function contextsWithEl3(scr: number): Readonly<Record<'el3' | 's1' | 'ns', CpuContext>> {
  return {
    el3: { el: 3, secure: true, secureBelow: true, scr },
    s1: { el: 1, secure: true, secureBelow: true, scr },
    ns: { el: 1, secure: false, secureBelow: false, scr },
  };
}
