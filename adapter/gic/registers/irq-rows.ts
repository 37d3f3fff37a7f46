import { ICACTIVER, ICENABLER, ICPENDR, ISACTIVER, ISENABLER, ISPENDR } from '../mmio/handlers/irq-bits.ts';
import { IPRIORITYR } from '../mmio/handlers/irq-bytes.ts';
import { ICFGR } from '../mmio/handlers/irq-config.ts';
import { row, W32, W8, type Bank, type RegisterRow, type RowHandlers, type RowInit } from './row.ts';

/**
 * The per-interrupt registers that the GICv2 distributor, the GICv3 distributor and the redistributor's SGI frame
 * have in common, at the same offsets. Only the number of interrupts and the banking differ.
 */
export interface IrqRowsOptions {
  readonly prefix: 'GICD' | 'GICR';
  readonly bank: Bank;
  /** INTIDs the frame has room for: 1024 in a distributor, 32 in an SGI frame. */
  readonly intids: 1024 | 32;
  readonly groups: RowHandlers;
  /** Section by register, without prefix and index. */
  readonly section: (register: string) => string;
}

export function irqRows(options: IrqRowsOptions): RegisterRow[] {
  const { prefix, intids } = options;
  const make = (
    register: string,
    offset: number,
    bitsPerIrq: 1 | 2 | 8,
    rest: Omit<RowInit, 'name' | 'offset' | 'section'>,
  ): RegisterRow =>
    row({
      name: `${prefix}_${register}`,
      offset,
      length: (intids * bitsPerIrq) / 8,
      array: true,
      bitsPerIrq,
      bank: options.bank,
      section: options.section(register),
      ...rest,
    });
  const counter = (register: string): string => `${prefix}_${register}`;
  return [
    make('IGROUPR', 0x080, 1, {
      property: 'group',
      access: 'rao/wi',
      handlers: options.groups,
      doc: 'Group of each interrupt: 0 is group 0, 1 is group 1.',
    }),
    make('ISENABLER', 0x100, 1, {
      property: 'enabled',
      access: 'w1s',
      counterpart: counter('ICENABLER'),
      handlers: ISENABLER,
      doc: 'Writing 1 enables forwarding of the interrupt; reads tell which are enabled.',
    }),
    make('ICENABLER', 0x180, 1, {
      property: 'enabled',
      access: 'w1c',
      counterpart: counter('ISENABLER'),
      handlers: ICENABLER,
      doc: 'Writing 1 disables forwarding of the interrupt; reads tell which are enabled.',
    }),
    make('ISPENDR', 0x200, 1, {
      property: 'pending',
      access: 'w1s',
      counterpart: counter('ICPENDR'),
      handlers: ISPENDR,
      doc: 'Writing 1 makes the interrupt pending; reads tell which are pending.',
    }),
    make('ICPENDR', 0x280, 1, {
      property: 'pending',
      access: 'w1c',
      counterpart: counter('ISPENDR'),
      handlers: ICPENDR,
      doc: 'Writing 1 clears pending, unless the wire of a level interrupt is still high.',
    }),
    make('ISACTIVER', 0x300, 1, {
      property: 'active',
      access: 'w1s',
      counterpart: counter('ICACTIVER'),
      handlers: ISACTIVER,
      doc: 'Writing 1 makes the interrupt active; reads tell which are active.',
    }),
    make('ICACTIVER', 0x380, 1, {
      property: 'active',
      access: 'w1c',
      counterpart: counter('ISACTIVER'),
      handlers: ICACTIVER,
      doc: 'Writing 1 deactivates the interrupt; reads tell which are active.',
    }),
    make('IPRIORITYR', 0x400, 8, {
      property: 'priority',
      widths: W8 | W32,
      handlers: IPRIORITYR,
      doc: 'Priority of each interrupt, a byte each; lower is more urgent. Bits 7:3 exist.',
    }),
    make('ICFGR', 0xc00, 2, {
      property: 'config',
      handlers: ICFGR,
      doc: 'Trigger of each interrupt, two bits each: upper bit 0 is level-sensitive, 1 is edge-triggered.',
    }),
  ];
}

/** Rows in the order the dispatcher's lookup needs. */
export function byOffset(rows: readonly RegisterRow[]): RegisterRow[] {
  return [...rows].sort((a, b) => a.offset - b.offset);
}
