import { constant, RAO_WI } from '../mmio/handlers/common.ts';
import {
  GICD_CPENDSGIR,
  GICD_CTLR_V2,
  GICD_SGIR,
  GICD_SPENDSGIR,
  GICD_TYPER_V2,
  IIDR_VALUE,
} from '../mmio/handlers/distributor.ts';
import { ITARGETSR } from '../mmio/handlers/irq-bytes.ts';
import { IIDR_FIELDS, ON_OFF } from './identification.ts';
import { byOffset, irqRows } from './irq-rows.ts';
import { field, row, W32, W8, type FieldRow, type FrameTable } from './row.ts';

/** Sections of the GICv2 architecture specification, IHI 0048. */
const SECTIONS: Readonly<Record<string, string>> = {
  IGROUPR: '4.3.4',
  ISENABLER: '4.3.5',
  ICENABLER: '4.3.6',
  ISPENDR: '4.3.7',
  ICPENDR: '4.3.8',
  ISACTIVER: '4.3.9',
  ICACTIVER: '4.3.10',
  IPRIORITYR: '4.3.11',
  ICFGR: '4.3.13',
};

/**
 * Fields of GICD_SGIR: IHI 0048, 4.3.15.
 * @param nsatt what NSATT does: controllers differ
 */
export function sgirFields(nsatt: string): readonly FieldRow[] {
  return [
    field('TargetListFilter', [25, 24], 'wo', 'Who gets it.', [
      { value: 0, name: 'List', doc: 'the CPU interfaces in CPUTargetList' },
      { value: 1, name: 'AllOthers', doc: 'all but the sender' },
      { value: 2, name: 'Self', doc: 'the sender alone' },
      { value: 3, name: 'Reserved' },
    ]),
    field('CPUTargetList', [23, 16], 'wo', 'CPU interfaces, a bit each.'),
    field('NSATT', 15, 'wo', nsatt),
    field('SGIINTID', [3, 0], 'wo', 'INTID of the SGI.'),
  ];
}

/** The GICv2 distributor as Linux 4.10 shows it to a guest. */
export const GICD_V2: FrameTable = {
  kind: 'GICD',
  title: 'Distributor',
  size: 0x1000,
  rows: byOffset([
    row({
      name: 'GICD_CTLR',
      offset: 0x000,
      handlers: GICD_CTLR_V2,
      doc: 'Enables forwarding of pending interrupts to the CPU interfaces.',
      section: 'IHI 0048, 4.3.1',
      fields: [field('Enable', 0, 'rw', 'Forward pending interrupts.', ON_OFF)],
    }),
    row({
      name: 'GICD_TYPER',
      offset: 0x004,
      access: 'ro',
      handlers: GICD_TYPER_V2,
      doc: 'How many interrupts and CPU interfaces there are.',
      section: 'IHI 0048, 4.3.2',
      fields: [
        field('LSPI', [15, 11], 'ro', 'Number of lockable SPIs.'),
        field('SecurityExtn', 10, 'ro', 'Security Extensions are implemented.'),
        field('CPUNumber', [7, 5], 'ro', 'Number of CPU interfaces, minus one.'),
        field('ITLinesNumber', [4, 0], 'ro', 'INTIDs there are: 32 * (N + 1).'),
      ],
    }),
    row({
      name: 'GICD_IIDR',
      offset: 0x008,
      access: 'ro',
      handlers: constant(IIDR_VALUE),
      doc: 'Who made the distributor, which product and revision.',
      section: 'IHI 0048, 4.3.3',
      fields: IIDR_FIELDS,
    }),
    ...irqRows({
      prefix: 'GICD',
      bank: 'private',
      intids: 1024,
      groups: RAO_WI,
      section: (register) => `IHI 0048, ${SECTIONS[register] ?? '4.3'}`,
    }),
    row({
      name: 'GICD_ITARGETSR',
      offset: 0x800,
      length: 0x400,
      array: true,
      bitsPerIrq: 8,
      property: 'target',
      widths: W8 | W32,
      bank: 'private',
      handlers: ITARGETSR,
      doc: 'CPU interfaces each SPI may go to, a bit map each. KVM uses the lowest set bit, and vCPU 0 for none.',
      section: 'IHI 0048, 4.3.12',
    }),
    row({
      name: 'GICD_NSACR',
      offset: 0xe00,
      length: 0x100,
      array: true,
      doc: 'Non-secure access control. Not present without Security Extensions.',
      section: 'IHI 0048, 4.3.14',
    }),
    row({
      name: 'GICD_SGIR',
      offset: 0xf00,
      access: 'wo',
      bank: 'each',
      handlers: GICD_SGIR,
      doc: 'Sends a software generated interrupt.',
      section: 'IHI 0048, 4.3.15',
      fields: sgirFields('Required security attribute. Ignored here.'),
    }),
    row({
      name: 'GICD_CPENDSGIR',
      offset: 0xf10,
      length: 16,
      array: true,
      widths: W8 | W32,
      access: 'w1c',
      bank: 'each',
      counterpart: 'GICD_SPENDSGIR',
      handlers: GICD_CPENDSGIR,
      doc: 'Senders of each pending SGI, a byte an SGI; writing 1 forgets that sender.',
      section: 'IHI 0048, 4.3.16',
      bitsPerIrq: 8,
      property: 'source',
    }),
    row({
      name: 'GICD_SPENDSGIR',
      offset: 0xf20,
      length: 16,
      array: true,
      widths: W8 | W32,
      access: 'w1s',
      bank: 'each',
      counterpart: 'GICD_CPENDSGIR',
      handlers: GICD_SPENDSGIR,
      doc: 'Senders of each pending SGI, a byte an SGI; writing 1 adds that sender and makes the SGI pending.',
      section: 'IHI 0048, 4.3.17',
      bitsPerIrq: 8,
      property: 'source',
    }),
    row({
      name: 'GICD_ICPIDR2',
      offset: 0xfe8,
      access: 'ro',
      doc: 'Peripheral identification: architecture version.',
      section: 'IHI 0048, 4.3.18',
      fields: [field('ArchRev', [7, 4], 'ro', 'Architecture version.')],
    }),
  ]),
};
