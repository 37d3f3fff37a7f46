import { SHOWN_PROPERTIES, slotExists } from '../../gic/inspect/irq-state.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import type { IrqProperty } from '../../gic/registers/row.ts';
import type { Guest } from '../../guest/guest.ts';

/** Why a register's value is not known, or null. */
export type WhyUnknown = (register: PlacedRegister, vcpu: number) => string | null;

/** Why the state of interrupts is not known, by slot: one register that is not is enough. */
export function unknownInterrupts(guest: Guest, why: WhyUnknown): ReadonlyMap<number, string> {
  const unknown = new Map<number, string>();
  const { state, config } = guest.controller;
  const otherRouting: IrqProperty = config.gic === 'v2' ? 'route' : 'target';
  for (const device of guest.registers.devices) {
    for (const register of guest.registers.registersOf(device)) {
      const { property } = register.row;
      if (property === null || !SHOWN_PROPERTIES.has(property) || property === otherRouting) continue;
      const last = register.banked ? config.cpus - 1 : 0;
      for (let bank = 0; bank <= last; bank++) {
        const vcpu = device.owner < 0 ? bank : device.owner;
        const reason = why(register, vcpu);
        if (reason === null) continue;
        for (let i = 0; i < register.intids; i++) {
          const slot = state.slot(register.firstIntid + i, vcpu);
          if (slotExists(state, slot) && !unknown.has(slot)) unknown.set(slot, reason);
        }
      }
    }
  }
  return unknown;
}

/** The same of what is known now. */
export function unknownNow(guest: Guest): ReadonlyMap<number, string> {
  if (guest.unknown === undefined) return NONE;
  return unknownInterrupts(guest, (register, vcpu) => guest.unknown?.(register, vcpu) ?? null);
}

const NONE: ReadonlyMap<number, string> = new Map();
