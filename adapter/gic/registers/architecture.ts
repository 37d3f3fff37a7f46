import { sgirFields } from './gicd-v2.ts';
import { IIDR_FIELDS, ON_OFF } from './identification.ts';
import { field, W32, W64, type FieldRow } from './row.ts';
import type { RowChange } from './variant.ts';

/*
 * What the architecture says of registers that the vgic leaves out or narrows: by name, without index. Profiles of
 * controllers in silicon and in emulators are the vgic's tables with these changes.
 */

const PRIORITY: readonly FieldRow[] = [
  field('Priority', [7, 0], 'rw', 'Priority mask: bits that exist are the upper ones.'),
];
const RUNNING: readonly FieldRow[] = [
  field('Priority', [7, 0], 'ro', 'Priority of the active interrupt, 0xff when idle.'),
];
const GROUPS: RowChange = { access: 'rw', doc: 'Group of each interrupt: 0 is group 0, 1 is group 1.' };
const MODIFIERS: RowChange = {
  access: 'rw',
  doc: 'Group modifier: with two security states, 1 makes a group 0 interrupt one of group 1 Secure.',
};
const NSACR: RowChange = {
  access: 'rw',
  doc: 'What Non-secure software may do with Secure interrupts, two bits each.',
};
const STATUSR: RowChange = {
  access: 'rw',
  doc: 'Access errors, where they are recorded; writing 1 clears one.',
  fields: [
    field('WROD', 3, 'w1c', 'A reserved location was written.'),
    field('RWOD', 2, 'w1c', 'A reserved location was read.'),
    field('WRD', 1, 'w1c', 'A read-only location was written.'),
    field('RRD', 0, 'w1c', 'A write-only location was read.'),
  ],
};
/** Legacy operation is gone, and there is one security state. */
const ROUTED = { register: 'GICD_CTLR', field: 'ARE' };
const ONE_STATE = { register: 'GICD_CTLR', field: 'DS' };
const UNSEEN = 'Non-secure accesses see their own view of it.';

/** GICv2's distributor: IHI 0048, chapter 4.3. */
export const ARCHITECTURE_GICD_V2: Readonly<Record<string, RowChange>> = {
  GICD_CTLR: {
    doc: `Enables forwarding of each group's pending interrupts to the CPU interfaces. ${UNSEEN}`,
    fields: [
      field('EnableGrp1', 1, 'rw', 'Forward group 1 interrupts.', ON_OFF),
      field('EnableGrp0', 0, 'rw', 'Forward group 0 interrupts; in the Non-secure view, group 1.', ON_OFF),
    ],
  },
  GICD_IIDR: { fields: IIDR_FIELDS },
  GICD_IGROUPR: GROUPS,
  GICD_ICPENDR: { doc: 'Writing 1 clears pending, unless the wire of a level interrupt is still high.' },
  GICD_ITARGETSR: {
    doc: 'CPU interfaces each interrupt may go to, a bit map each. With one CPU it reads as zero: all go there.',
  },
  GICD_NSACR: { ...NSACR, bank: 'private', bitsPerIrq: 2 },
  GICD_SGIR: {
    fields: sgirFields('The group it must be of.'),
  },
};

/** GICv2's CPU interface: IHI 0048, chapter 4.4. */
export const ARCHITECTURE_GICC: Readonly<Record<string, RowChange>> = {
  GICC_CTLR: {
    doc: `Enables signalling of interrupts to the PE, and how they end. ${UNSEEN}`,
    fields: [
      field('EOImodeNS', 10, 'rw', 'EOImode for Non-secure accesses.'),
      field('EOImode', 9, 'rw', 'End of interrupt drops the priority only; GICC_DIR deactivates.'),
      field('IRQBypDisGrp1', 8, 'rw', 'The legacy IRQ is not bypassed to the PE.'),
      field('FIQBypDisGrp1', 7, 'rw', 'The legacy FIQ is not bypassed to the PE, for group 1.'),
      field('IRQBypDisGrp0', 6, 'rw', 'The legacy IRQ is not bypassed to the PE, for group 0.'),
      field('FIQBypDisGrp0', 5, 'rw', 'The legacy FIQ is not bypassed to the PE.'),
      field('CBPR', 4, 'rw', 'GICC_BPR serves both groups.'),
      field('FIQEn', 3, 'rw', 'Group 0 is signalled as FIQ.'),
      field('AckCtl', 2, 'rw', 'GICC_IAR acknowledges group 1 too.'),
      field('EnableGrp1', 1, 'rw', 'Signal group 1 interrupts.', ON_OFF),
      field('EnableGrp0', 0, 'rw', 'Signal group 0 interrupts; in the Non-secure view, group 1.', ON_OFF),
    ],
  },
  GICC_PMR: { doc: 'Only interrupts more urgent than this are signalled: their priority is lower.', fields: PRIORITY },
  GICC_BPR: { doc: 'Where priorities split into group priority and subpriority.' },
  GICC_IAR: { doc: 'Acknowledges the most urgent pending interrupt.' },
  GICC_EOIR: { doc: 'Ends an interrupt: drops the running priority and, with EOImode 0, deactivates.' },
  GICC_RPR: { doc: 'Running priority.', fields: RUNNING },
  GICC_HPPIR: { doc: 'Most urgent pending interrupt.' },
  GICC_AIAR: { doc: 'Acknowledges a group 1 interrupt.' },
  GICC_AEOIR: { doc: 'Ends a group 1 interrupt.' },
  GICC_AHPPIR: { doc: 'Most urgent pending group 1 interrupt.' },
  GICC_APR: { access: 'rw', doc: 'Active priorities, a bit a preemption level.' },
  GICC_NSAPR: { access: 'rw', doc: 'Active priorities of group 1, a bit a preemption level.' },
  GICC_DIR: { doc: 'Deactivates an interrupt, where EOImode is 1.' },
};

/** GICv3's distributor: IHI 0069, chapter 12.9. */
export const ARCHITECTURE_GICD_V3: Readonly<Record<string, RowChange>> = {
  GICD_CTLR: {
    doc: `Enables interrupt groups and affinity routing, as one security state sees it. ${UNSEEN}`,
    fields: [
      field('RWP', 31, 'ro', 'A write is still taking effect.'),
      field('nASSGIreq', 8, 'rw', 'SGIs without active state (GICv4.1).'),
      field('E1NWF', 7, 'rw', '1-of-N wake-up.'),
      field('DS', 6, 'rw', 'Security is disabled: there is one security state.'),
      field('ARE_NS', 5, 'rw', 'Affinity routing of the Non-secure state, seen by Secure software.'),
      field('ARE', 4, 'rw', 'Affinity routing is on.'),
      field('EnableGrp1S', 2, 'rw', 'Forward group 1 Secure interrupts, seen by Secure software.', ON_OFF),
      field('EnableGrp1', 1, 'rw', 'Forward group 1 interrupts.', ON_OFF),
      field('EnableGrp0', 0, 'rw', 'Forward group 0 interrupts.', ON_OFF),
    ],
  },
  GICD_TYPER: {
    fields: [
      field('ESPI_range', [31, 27], 'ro', 'Extended SPIs there are: 32 * (N + 1), where ESPI is 1.'),
      field('RSS', 26, 'ro', 'SGIs reach affinity level 0 up to 255.'),
      field('No1N', 25, 'ro', '1-of-N interrupts are not supported.'),
      field('A3V', 24, 'ro', 'Non-zero Aff3 is supported.'),
      field('IDbits', [23, 19], 'ro', 'INTID bits, minus one.'),
      field('DVIS', 18, 'ro', 'Direct virtual LPI injection is supported.'),
      field('LPIS', 17, 'ro', 'LPIs are supported.'),
      field('MBIS', 16, 'ro', 'Message-based SPIs are supported.'),
      field('num_LPIs', [15, 11], 'ro', 'LPIs there are: 2^(N + 1), where it is not 0.'),
      field('SecurityExtn', 10, 'ro', 'Two security states are supported.'),
      field('NMI', 9, 'ro', 'Non-maskable interrupts are supported.'),
      field('ESPI', 8, 'ro', 'Extended SPIs are supported.'),
      field('CPUNumber', [7, 5], 'ro', 'CPU interfaces without affinity routing, minus one.'),
      field('ITLinesNumber', [4, 0], 'ro', 'INTIDs there are: 32 * (N + 1).'),
    ],
  },
  GICD_IIDR: { fields: IIDR_FIELDS },
  GICD_TYPER2: {
    access: 'ro',
    fields: [
      field('nASSGIcap', 8, 'ro', 'SGIs without active state can be had.'),
      field('VIL', 7, 'ro', 'VID says how wide vPE identifiers are.'),
      field('VID', [4, 0], 'ro', 'Bits of a vPE identifier, minus one.'),
    ],
  },
  GICD_STATUSR: STATUSR,
  GICD_SETSPI_NSR: { doc: 'Makes an SPI pending by message.' },
  GICD_CLRSPI_NSR: { doc: 'Clears a pending SPI by message.' },
  GICD_IGROUPR: GROUPS,
  GICD_ITARGETSR: {
    zeroWhile: ROUTED,
    doc: 'Legacy targets: zero where affinity routing is on. GICD_IROUTER routes SPIs.',
  },
  GICD_IGRPMODR: { ...MODIFIERS, zeroWhile: ONE_STATE },
  GICD_NSACR: { ...NSACR, bank: 'shared-only', bitsPerIrq: 2, zeroWhile: ONE_STATE },
  GICD_SGIR: { doc: 'Legacy SGIs: where affinity routing is on, ICC_SGI1R_EL1 sends them.' },
  GICD_IROUTER: {
    doc: 'Affinity of the one PE an SPI goes to, or with Interrupt_Routing_Mode 1 any that takes part.',
    fields: [
      field('Aff3', [39, 32], 'rw', 'Affinity level 3.'),
      field('Interrupt_Routing_Mode', 31, 'rw', 'Whom it goes to.', [
        { value: 0, name: 'Affinity', doc: 'the PE of this affinity' },
        { value: 1, name: 'Any', doc: 'any participating PE' },
      ]),
      field('Aff2', [23, 16], 'rw', 'Affinity level 2.'),
      field('Aff1', [15, 8], 'rw', 'Affinity level 1.'),
      field('Aff0', [7, 0], 'rw', 'Affinity level 0.'),
    ],
  },
};

/** GICv3's redistributor, RD frame: IHI 0069, chapter 12.11. */
export const ARCHITECTURE_GICR_RD: Readonly<Record<string, RowChange>> = {
  GICR_CTLR: {
    access: 'rw',
    doc: 'LPI enable, and which groups take part in 1-of-N interrupts.',
    fields: [
      field('UWP', 31, 'ro', 'Upstream write pending.'),
      field('DPG1S', 26, 'rw', 'Takes no 1-of-N interrupts of group 1 Secure.'),
      field('DPG1NS', 25, 'rw', 'Takes no 1-of-N interrupts of group 1 Non-secure.'),
      field('DPG0', 24, 'rw', 'Takes no 1-of-N interrupts of group 0.'),
      field('RWP', 3, 'ro', 'A write is still taking effect.'),
      field('IR', 2, 'ro', 'LPIs can be invalidated by register.'),
      field('CES', 1, 'ro', 'EnableLPIs can be cleared.'),
      field('EnableLPIs', 0, 'rw', 'LPIs are enabled.', ON_OFF),
    ],
  },
  GICR_IIDR: { fields: IIDR_FIELDS },
  GICR_TYPER: {
    doc: 'Affinity of the PE, and what its redistributor can do.',
    fields: [
      field('Aff3', [63, 56], 'ro', 'Affinity level 3.'),
      field('Aff2', [55, 48], 'ro', 'Affinity level 2.'),
      field('Aff1', [47, 40], 'ro', 'Affinity level 1.'),
      field('Aff0', [39, 32], 'ro', 'Affinity level 0.'),
      field('PPInum', [31, 27], 'ro', 'Highest PPI: 0 for 31, 1 for 1087, 2 for 1119.'),
      field('VSGI', 26, 'ro', 'Direct injection of virtual SGIs is supported.'),
      field('CommonLPIAff', [25, 24], 'ro', 'Affinity level at which redistributors share LPI configuration.'),
      field('Processor_Number', [23, 8], 'ro', 'Number of the processor.'),
      field('RVPEID', 7, 'ro', 'How vPEs are named in GICR_VPENDBASER.'),
      field('MPAM', 6, 'ro', 'MPAM is supported.'),
      field('DPGS', 5, 'ro', 'GICR_CTLR has the DPG bits.'),
      field('Last', 4, 'ro', 'The last redistributor of its series.'),
      field('DirectLPI', 3, 'ro', 'LPIs can be set and cleared by register.'),
      field('Dirty', 2, 'ro', 'The virtual pending table can be told dirty.'),
      field('VLPIS', 1, 'ro', 'Virtual LPIs are supported.'),
      field('PLPIS', 0, 'ro', 'Physical LPIs are supported.'),
    ],
  },
  GICR_STATUSR: STATUSR,
  GICR_WAKER: { access: 'rw', doc: 'Power state: asleep, it delivers nothing on hardware.' },
  GICR_SETLPIR: { doc: 'Makes an LPI pending.' },
  GICR_CLRLPIR: { doc: 'Clears a pending LPI.' },
  GICR_PROPBASER: { bank: 'frame', doc: 'Where the LPI configuration table is.' },
  GICR_PENDBASER: { doc: 'Where the LPI pending table of this PE is.' },
  GICR_INVLPIR: { doc: 'Re-reads the configuration of an LPI.', access: 'wo', widths: W32 | W64 },
  GICR_INVALLR: { doc: 'Re-reads the configuration of all LPIs.', access: 'wo', widths: W32 | W64 },
  GICR_SYNCR: { doc: 'Whether an invalidation is under way.' },
};

/** GICv3's redistributor, SGI frame: IHI 0069, chapter 12.11. */
export const ARCHITECTURE_GICR_SGI: Readonly<Record<string, RowChange>> = {
  GICR_IGROUPR: GROUPS,
  GICR_IGRPMODR: { ...MODIFIERS, zeroWhile: ONE_STATE },
  GICR_NSACR: { ...NSACR, zeroWhile: ONE_STATE },
};
