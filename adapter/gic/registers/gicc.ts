import { constant, RAZ_WI } from '../mmio/handlers/common.ts';
import { GICC_ABPR, GICC_BPR, GICC_CTLR, GICC_PMR } from '../mmio/handlers/cpu-interface.ts';
import { ON_OFF } from './identification.ts';
import { byOffset } from './irq-rows.ts';
import { field, row, type FieldRow, type FrameTable } from './row.ts';

const INTID_FIELDS: readonly FieldRow[] = [
  field('CPUID', [12, 10], 'ro', 'Sender of an SGI.'),
  field('INTID', [9, 0], 'ro', 'The interrupt; 1023 (0x3ff) is spurious: none.'),
];

/** IIDR of the virtual CPU interface: product 0x4b at 31:20, architecture 2, implementer Arm. */
const GICC_IIDR_VALUE = 0x04b2043b;

/**
 * The GICv2 CPU interface. KVM gives user space this view of the virtual machine control register; what a guest
 * reads at these addresses comes from the virtual CPU interface over its list registers, in hardware.
 */
export const GICC_V2: FrameTable = {
  kind: 'GICC',
  title: 'CPU interface',
  size: 0x2000,
  rows: byOffset([
    row({
      name: 'GICC_CTLR',
      offset: 0x00,
      bank: 'each',
      handlers: GICC_CTLR,
      doc: 'Enables signalling of interrupts to the PE, and how they end.',
      section: 'IHI 0048, 4.4.1',
      fields: [
        field('EOImode', 9, 'rw', 'End of interrupt drops the priority only; GICC_DIR deactivates.'),
        field('CBPR', 4, 'rw', 'GICC_BPR serves both groups.'),
        field('FIQEn', 3, 'rw', 'Group 0 is signalled as FIQ.'),
        field('AckCtl', 2, 'rw', 'GICC_IAR acknowledges group 1 too.'),
        field('EnableGrp1', 1, 'rw', 'Signal group 1 interrupts.', ON_OFF),
        field('EnableGrp0', 0, 'rw', 'Signal group 0 interrupts.', ON_OFF),
      ],
    }),
    row({
      name: 'GICC_PMR',
      offset: 0x04,
      bank: 'each',
      handlers: GICC_PMR,
      doc: 'Only interrupts more urgent than this are signalled. Five bits here, as a number: priority bits 7:3.',
      section: 'IHI 0048, 4.4.2',
      fields: [field('Priority', [4, 0], 'rw', 'Priority mask, bits 7:3 of the priority.')],
    }),
    row({
      name: 'GICC_BPR',
      offset: 0x08,
      bank: 'each',
      handlers: GICC_BPR,
      doc: 'Where priorities split into group priority and subpriority.',
      section: 'IHI 0048, 4.4.3',
      fields: [field('Binary_point', [2, 0], 'rw', 'Binary point.')],
    }),
    row({
      name: 'GICC_IAR',
      offset: 0x0c,
      access: 'ro',
      bank: 'each',
      readEffect: 'acknowledges the most urgent pending interrupt: it becomes active',
      doc: 'Acknowledges an interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.4',
      fields: INTID_FIELDS,
    }),
    row({
      name: 'GICC_EOIR',
      offset: 0x10,
      access: 'wo',
      bank: 'each',
      doc: 'Ends an interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.5',
      fields: INTID_FIELDS.map((one) => ({ ...one, access: 'wo' as const })),
    }),
    row({
      name: 'GICC_RPR',
      offset: 0x14,
      access: 'ro',
      bank: 'each',
      doc: 'Running priority. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.6',
      fields: [field('Priority', [7, 0], 'ro', 'Priority of the active interrupt, 0xff when idle.')],
    }),
    row({
      name: 'GICC_HPPIR',
      offset: 0x18,
      access: 'ro',
      bank: 'each',
      doc: 'Most urgent pending interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.7',
      fields: INTID_FIELDS,
    }),
    row({
      name: 'GICC_ABPR',
      offset: 0x1c,
      bank: 'each',
      handlers: GICC_ABPR,
      doc: 'Binary point of group 1.',
      section: 'IHI 0048, 4.4.8',
      fields: [field('Binary_point', [2, 0], 'rw', 'Binary point.')],
    }),
    row({
      name: 'GICC_AIAR',
      offset: 0x20,
      access: 'ro',
      bank: 'each',
      readEffect: 'acknowledges the most urgent pending group 1 interrupt: it becomes active',
      doc: 'Acknowledges a group 1 interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.9',
      fields: INTID_FIELDS,
    }),
    row({
      name: 'GICC_AEOIR',
      offset: 0x24,
      access: 'wo',
      bank: 'each',
      doc: 'Ends a group 1 interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.10',
      fields: INTID_FIELDS.map((one) => ({ ...one, access: 'wo' as const })),
    }),
    row({
      name: 'GICC_AHPPIR',
      offset: 0x28,
      access: 'ro',
      bank: 'each',
      doc: 'Most urgent pending group 1 interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.11',
      fields: INTID_FIELDS,
    }),
    row({
      name: 'GICC_APR',
      offset: 0xd0,
      length: 16,
      array: true,
      access: 'raz/wi',
      bank: 'each',
      handlers: RAZ_WI,
      doc: 'Active priorities. Zero in this profile.',
      section: 'IHI 0048, 4.4.12',
    }),
    row({
      name: 'GICC_NSAPR',
      offset: 0xe0,
      length: 16,
      array: true,
      bank: 'each',
      doc: 'Active priorities of group 1. A hole in this profile.',
      section: 'IHI 0048, 4.4.13',
    }),
    row({
      name: 'GICC_IIDR',
      offset: 0xfc,
      access: 'ro',
      bank: 'each',
      handlers: constant(GICC_IIDR_VALUE),
      doc: 'Who made the CPU interface, which product and architecture.',
      section: 'IHI 0048, 4.4.14',
      fields: [
        field('ProductID', [31, 20], 'ro', 'Product: 0x04b for KVM.'),
        field('Architecture_version', [19, 16], 'ro', 'Architecture version.'),
        field('Revision', [15, 12], 'ro', 'Revision.'),
        field('Implementer', [11, 0], 'ro', 'JEP106 code of the implementer: 0x43b is Arm.'),
      ],
    }),
    row({
      name: 'GICC_DIR',
      offset: 0x1000,
      access: 'wo',
      bank: 'each',
      doc: 'Deactivates an interrupt. Virtual CPU interface: not in the user-space view.',
      section: 'IHI 0048, 4.4.15',
      fields: INTID_FIELDS.map((one) => ({ ...one, access: 'wo' as const })),
    }),
  ]),
};
