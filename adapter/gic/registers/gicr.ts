import { constant, RAO_WI, RAZ_WI } from '../mmio/handlers/common.ts';
import { IIDR_VALUE } from '../mmio/handlers/distributor.ts';
import { GICR_PENDBASER, GICR_PROPBASER, GICR_TYPER } from '../mmio/handlers/redistributor.ts';
import { identificationRows, IIDR_FIELDS, INNER_CACHE, OUTER_CACHE, SHAREABILITY } from './identification.ts';
import { byOffset, irqRows } from './irq-rows.ts';
import { field, row, W32, W64, type FieldRow, type FrameTable } from './row.ts';

const SECTION = 'IHI 0069, 12.11';

/** Distance from one vCPU's redistributor to the next: an RD frame and an SGI frame. */
export const REDISTRIBUTOR_STRIDE = 0x20000;
export const SGI_FRAME_OFFSET = 0x10000;

/** Fields of GICR_PROPBASER, with an address of bits `last` to 12. */
export function propbaserFields(last: 47 | 51): FieldRow[] {
  return [
    field('OuterCache', [58, 56], 'rw', 'Outer cacheability.', OUTER_CACHE),
    field('Physical_Address', [last, 12], 'rw', `Bits ${String(last)}:12 of the address.`),
    field('Shareability', [11, 10], 'rw', 'Shareability.', SHAREABILITY),
    field('InnerCache', [9, 7], 'rw', 'Inner cacheability.', INNER_CACHE),
    field('IDbits', [4, 0], 'rw', 'LPI INTID bits, minus one.'),
  ];
}

/** Fields of GICR_PENDBASER, with an address of bits `last` to 16. */
export function pendbaserFields(last: 47 | 51, ptz: 'rw' | 'wo'): FieldRow[] {
  return [
    field('PTZ', 62, ptz, 'The pending table is zero.'),
    field('OuterCache', [58, 56], 'rw', 'Outer cacheability.', OUTER_CACHE),
    field('Physical_Address', [last, 16], 'rw', `Bits ${String(last)}:16 of the address.`),
    field('Shareability', [11, 10], 'rw', 'Shareability.', SHAREABILITY),
    field('InnerCache', [9, 7], 'rw', 'Inner cacheability.', INNER_CACHE),
  ];
}

/** The redistributor's RD frame as Linux 4.10 without an ITS shows it. */
export const GICR_RD: FrameTable = {
  kind: 'RD',
  title: 'Redistributor, RD frame',
  size: 0x10000,
  rows: byOffset([
    row({
      name: 'GICR_CTLR',
      offset: 0x0000,
      access: 'raz/wi',
      bank: 'frame',
      handlers: RAZ_WI,
      doc: 'LPI enable and state of the redistributor. Zero without an ITS.',
      section: SECTION,
      fields: [
        field('UWP', 31, 'ro', 'Upstream write pending.'),
        field('RWP', 3, 'ro', 'A write is still taking effect.'),
        field('EnableLPIs', 0, 'ro', 'LPIs are enabled.'),
      ],
    }),
    row({
      name: 'GICR_IIDR',
      offset: 0x0004,
      access: 'ro',
      bank: 'frame',
      handlers: constant(IIDR_VALUE),
      doc: 'Who made the redistributor, which product and revision.',
      section: SECTION,
      fields: IIDR_FIELDS,
    }),
    row({
      name: 'GICR_TYPER',
      offset: 0x0008,
      element: 8,
      widths: W32 | W64,
      access: 'ro',
      bank: 'frame',
      handlers: GICR_TYPER,
      doc: 'Affinity of the vCPU, and whether this is the last redistributor.',
      section: SECTION,
      fields: [
        field('Aff3', [63, 56], 'ro', 'Affinity level 3.'),
        field('Aff2', [55, 48], 'ro', 'Affinity level 2.'),
        field('Aff1', [47, 40], 'ro', 'Affinity level 1.'),
        field('Aff0', [39, 32], 'ro', 'Affinity level 0.'),
        field('Processor_Number', [23, 8], 'ro', 'Number of the processor.'),
        field('Last', 4, 'ro', 'The last redistributor of its series.'),
        field('PLPIS', 0, 'ro', 'Physical LPIs are supported.'),
      ],
    }),
    row({
      name: 'GICR_STATUSR',
      offset: 0x0010,
      bank: 'frame',
      doc: 'Access errors. A hole in this profile.',
      section: SECTION,
    }),
    row({
      name: 'GICR_WAKER',
      offset: 0x0014,
      bank: 'frame',
      doc: 'Power state of the redistributor. A hole in this profile: always awake.',
      section: SECTION,
      fields: [
        field('ChildrenAsleep', 2, 'ro', 'The interface to the PE is quiescent.'),
        field('ProcessorSleep', 1, 'rw', 'The PE is asleep or about to be.'),
      ],
    }),
    row({
      name: 'GICR_SETLPIR',
      offset: 0x0040,
      element: 8,
      access: 'wo',
      bank: 'frame',
      doc: 'Makes an LPI pending. A hole in this profile.',
      section: SECTION,
    }),
    row({
      name: 'GICR_CLRLPIR',
      offset: 0x0048,
      element: 8,
      access: 'wo',
      bank: 'frame',
      doc: 'Clears a pending LPI. A hole in this profile.',
      section: SECTION,
    }),
    row({
      name: 'GICR_PROPBASER',
      offset: 0x0070,
      element: 8,
      widths: W32 | W64,
      bank: 'shared',
      handlers: GICR_PROPBASER,
      doc: 'Where the LPI configuration table is. One register for all redistributors.',
      section: SECTION,
      fields: propbaserFields(47),
    }),
    row({
      name: 'GICR_PENDBASER',
      offset: 0x0078,
      element: 8,
      widths: W32 | W64,
      bank: 'frame',
      handlers: GICR_PENDBASER,
      doc: 'Where the LPI pending table of this vCPU is.',
      section: SECTION,
      fields: pendbaserFields(47, 'rw'),
    }),
    row({
      name: 'GICR_INVLPIR',
      offset: 0x00a0,
      element: 8,
      access: 'wo',
      bank: 'frame',
      doc: 'Re-reads the configuration of an LPI. A hole in this profile.',
      section: SECTION,
    }),
    row({
      name: 'GICR_INVALLR',
      offset: 0x00b0,
      element: 8,
      access: 'wo',
      bank: 'frame',
      doc: 'Re-reads the configuration of all LPIs. A hole in this profile.',
      section: SECTION,
    }),
    row({
      name: 'GICR_SYNCR',
      offset: 0x00c0,
      access: 'ro',
      bank: 'frame',
      doc: 'Whether an invalidation is under way. A hole in this profile.',
      section: SECTION,
    }),
    ...identificationRows('GICR', SECTION).map((one) => ({ ...one, bank: 'frame' as const })),
  ]),
};

/** The redistributor's SGI frame: the registers of INTIDs 0 to 31 of its vCPU. */
export const GICR_SGI: FrameTable = {
  kind: 'SGI',
  title: 'Redistributor, SGI frame',
  size: 0x10000,
  rows: byOffset([
    ...irqRows({ prefix: 'GICR', bank: 'frame', intids: 32, groups: RAO_WI, section: () => SECTION }),
    row({
      name: 'GICR_IGRPMODR',
      offset: 0x0d00,
      length: 4,
      array: true,
      access: 'raz/wi',
      bitsPerIrq: 1,
      property: 'groupModifier',
      bank: 'frame',
      handlers: RAZ_WI,
      doc: 'Group modifier: meaningless with one security state.',
      section: SECTION,
    }),
    row({
      name: 'GICR_NSACR',
      offset: 0x0e00,
      access: 'raz/wi',
      bank: 'frame',
      handlers: RAZ_WI,
      doc: 'Non-secure access control. Zero with one security state.',
      section: SECTION,
    }),
  ]),
};
