import { Controller } from '../../gic/controller.ts';
import type { PlacedRegister } from '../../gic/inspect/register-map.ts';
import { GicState } from '../../gic/state/state.ts';
import type { Guest } from '../../guest/guest.ts';

/** The states that views compare with: as it was when the guest last went on, and as it is after reset. */
export class References {
  readonly previous: GicState;
  readonly reset: GicState;
  readonly #now: GicState;
  readonly #departure: GicState;
  readonly #guest: Guest;
  /** What was not known then, by register the banks: what its words hold means nothing. */
  #unknown: Unknown;
  #unknownAtDeparture: Unknown;

  constructor(guest: Guest) {
    const { controller } = guest;
    this.#guest = guest;
    this.#now = controller.state;
    this.previous = new GicState(controller.config, controller.profile);
    this.#departure = new GicState(controller.config, controller.profile);
    // A controller of its own, so that whatever a profile does at reset is in it.
    this.reset = new Controller(controller.config, controller.profile).state;
    this.previous.copyFrom(this.#now);
    this.#unknown = unknownOf(guest);
    this.#unknownAtDeparture = this.#unknown;
  }

  /** False where a register was not read when the guest stood at the previous stop. */
  wasKnown(register: PlacedRegister, vcpu: number): boolean {
    return this.#unknown.get(register)?.has(vcpu) !== true;
  }

  /** Called as the guest goes on: edits made until now belong to the stop it leaves. */
  depart(): void {
    this.#departure.copyFrom(this.#now);
    this.#unknownAtDeparture = unknownOf(this.#guest);
  }

  /** Called as it stops somewhere else: the stop it left is now the previous one. */
  arrive(): void {
    this.previous.copyFrom(this.#departure);
    this.#unknown = this.#unknownAtDeparture;
  }
}

type Unknown = ReadonlyMap<PlacedRegister, ReadonlySet<number>>;

function unknownOf(guest: Guest): Unknown {
  const found = new Map<PlacedRegister, Set<number>>();
  if (guest.unknown === undefined) return found;
  for (const device of guest.registers.devices) {
    for (const register of guest.registers.registersOf(device)) {
      const owner = Math.max(device.owner, 0);
      const last = register.banked ? guest.controller.config.cpus - 1 : owner;
      const banks = new Set<number>();
      for (let vcpu = register.banked ? 0 : owner; vcpu <= last; vcpu++) {
        if (guest.unknown(register, vcpu) !== null) banks.add(vcpu);
      }
      if (banks.size > 0) found.set(register, banks);
    }
  }
  return found;
}
