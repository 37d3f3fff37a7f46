import { irqState } from '../../../adapter/gic/inspect/irq-state.ts';
import type { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import type { DescribeResponse, IrqRow, RegisterValue } from '../../../adapter/protocol.ts';
import { readMemory } from '../../../adapter/serve/memory.ts';

/** What the guest's registers hold now, read as its stub reads them. */
export class Truth {
  readonly #guest: SimulatedGuest;

  constructor(guest: SimulatedGuest) {
    this.#guest = guest;
  }

  /** Values that are not what the guest holds; those that say they are not known are none. */
  wrongValues({ frames, tables }: DescribeResponse, values: readonly RegisterValue[]): string[] {
    const frameOf = new Map(frames.map((frame) => [frame.id, frame]));
    return values.flatMap(({ frame: id, register: name, vcpu, value }) => {
      const frame = frameOf.get(id);
      const register = frame && tables[frame.table]?.find((one) => one.name === name);
      if (frame === undefined || register === undefined) return [`${id}.${name} is not described`];
      if (value === undefined) return [];
      const address = Number(frame.base) + register.offset;
      const told = this.#read(address, vcpu ?? frame.vcpu ?? 0, register.bits / 8);
      return told === BigInt(value) ? [] : [`${id}.${name} is 0x${told.toString(16)}, shown as ${value}`];
    });
  }

  /** Rows of the interrupt table that are not what the guest's interrupts are. */
  wrongRows(rows: readonly IrqRow[]): string[] {
    this.#guest.refresh();
    const { state } = this.#guest.controller;
    return rows.flatMap((row) => {
      if (row.unavailable !== undefined) return [];
      const is = irqState(state, state.slot(row.intid, row.vcpu ?? 0));
      const facts: [string, unknown, unknown][] = [
        ['enabled', is.enabled, row.enabled],
        ['pending', is.pending, row.pending],
        ['active', is.active, row.active],
        ['group', is.group, row.group],
        ['priority', is.priority, row.priority],
        ['trigger', is.config, row.trigger],
        ['route', row.route === null ? null : `0x${(is.route >>> 0).toString(16)}`, row.route],
      ];
      return facts
        .filter(([, one, other]) => one !== other)
        .map(([what, one, other]) => `INTID ${row.intid}: ${what} is ${String(one)}, shown as ${String(other)}`);
    });
  }

  priority(intid: number): number {
    this.#guest.refresh();
    const { state } = this.#guest.controller;
    return irqState(state, state.slot(intid, 0)).priority;
  }

  pc(vcpu: number): bigint {
    return this.#guest.cpus.pc(vcpu);
  }

  #read(address: number, vcpu: number, bytes: number): bigint {
    const read = readMemory(this.#guest, { vcpu, space: 'physical', address: BigInt(address) }, bytes);
    return read.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }
}
