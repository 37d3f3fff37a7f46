import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import type { Device } from '../../gic/mmio/dispatcher.ts';
import type { GicState } from '../../gic/state/state.ts';
import type { Guest } from '../../guest/guest.ts';
import type { RegisterValue, Vcpu } from '../../protocol.ts';
import type { References } from './references.ts';

/** Reads registers for the views, without side effect, beside what they were and what reset makes them. */
export class RegisterValues {
  readonly #guest: Guest;
  readonly #references: References;

  constructor(guest: Guest, references: References) {
    this.#guest = guest;
    this.#references = references;
  }

  /** @param only names of the registers wanted; all where absent */
  read(device: Device, only: ReadonlySet<string> | null): RegisterValue[] {
    const values: RegisterValue[] = [];
    for (const register of this.#guest.registers.registersOf(device)) {
      if (only !== null && !only.has(register.name)) continue;
      if (!register.banked) {
        values.push(this.#value(register, 0, device.owner < 0 ? null : device.owner));
        continue;
      }
      for (let vcpu = 0; vcpu < this.#guest.controller.config.cpus; vcpu++) {
        values.push(this.#value(register, vcpu, vcpu));
      }
    }
    return values;
  }

  #value(register: PlacedRegister, bank: number, vcpu: Vcpu): RegisterValue {
    const named = { frame: register.device.id, register: register.name, vcpu };
    const why = unreadable(register) ?? this.#guest.unknown?.(register, bank) ?? null;
    if (why !== null) return { ...named, unavailable: why };
    const { previous, reset } = this.#references;
    const { knows } = this.#guest.controller.profile;
    const value = this.#hex(register, bank, this.#guest.controller.state);
    const result: RegisterValue = { ...named, value };
    const owner = register.device.owner < 0 ? bank : register.device.owner;
    if (this.#references.wasKnown(register, owner)) {
      const before = this.#hex(register, bank, previous);
      if (before !== value) result.previous = before;
    }
    if (knows.reset) {
      const initial = this.#hex(register, bank, reset);
      if (initial !== value) result.reset = initial;
    }
    return result;
  }

  #hex(register: PlacedRegister, bank: number, state: GicState): string {
    const lo = this.#guest.registers.peek(register, bank, state);
    const hi = register.bytes === 8 ? state.hi : 0;
    return `0x${hi === 0 ? (lo >>> 0).toString(16) : (hi >>> 0).toString(16) + (lo >>> 0).toString(16).padStart(8, '0')}`;
  }
}

/** Why a register has no value to show, or null. */
export function unreadable(register: PlacedRegister): string | null {
  const { row } = register;
  if (row.access === 'wo') return 'write-only';
  if (!register.implemented && row.readEffect !== undefined) {
    return 'known to the guest’s virtual CPU interface alone';
  }
  return null;
}
