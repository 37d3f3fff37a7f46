/*
 * Words of each CPU's block in `StateLayout.physical`: what a physical controller keeps of a CPU's interface and of its
 * redistributor. Registers that exist once a group are three: group 0, group 1 Secure, group 1 Non-secure. GICv2 has
 * its banked copies in the third (GICC_ABPR, GICC_NSAPRn).
 */

/** GICC_CTLR; ICC_CTLR_EL1 (Non-secure): CBPR and EOImode. */
export const PHYSICAL_CTLR = 0;
/** ICC_CTLR_EL1 (Secure). */
export const PHYSICAL_CTLR_S = 1;
/** ICC_CTLR_EL3: EOImode_EL3. */
export const PHYSICAL_CTLR_EL3 = 2;
export const PHYSICAL_PMR = 3;
/** Binary points, a word a group. */
export const PHYSICAL_BPR = 4;
/** ICC_IGRPENn: enables, a word a group. */
export const PHYSICAL_IGRPEN = 7;
/** Active priorities: four words a group. */
export const PHYSICAL_APR = 10;
/** GICv2: running priority, 0x100 when idle. */
export const PHYSICAL_RUNNING = 22;
export const PHYSICAL_WAKER = 23;
export const PHYSICAL_GICR_CTLR = 24;
export const PHYSICAL_PROPBASER_LO = 25;
export const PHYSICAL_PROPBASER_HI = 26;
export const PHYSICAL_PENDBASER_LO = 27;
export const PHYSICAL_PENDBASER_HI = 28;
/** GICH_HCR, ICH_HCR_EL2. */
export const PHYSICAL_HCR = 29;
/** QEMU's GICv3: what is remembered as signalled, and as the most urgent interrupt: see physical/remembered-winner.ts. */
export const PHYSICAL_SIGNALLED = 30;
export const PHYSICAL_WINNER = 31;
/** LPIs that a recording acknowledged and has not ended: see guest/trace/recorded-lpis.ts. */
export const PHYSICAL_RECORDED_LPIS = 32;
export const PHYSICAL_WORDS = 33;

/** Active priority registers a group: 128 preemption levels at most. */
export const APR_WORDS = 4;
