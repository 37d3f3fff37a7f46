import assert from 'node:assert/strict';
import { Controller } from '../../../../adapter/gic/controller.ts';
import { joinWords, splitWords } from '../../../../adapter/gic/inspect/register-map.ts';
import { EL2, HCR_FMO, HCR_IMO, type CpuContext } from '../../../../adapter/gic/physical/context.ts';
import type { IccRegister } from '../../../../adapter/gic/physical/icc-registers.ts';
import type { Physical } from '../../../../adapter/gic/physical/physical.ts';
import { ARCH } from '../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';

export const GICD = 0x08000000;
export const GICC = 0x08010000;
export const GICH = 0x08030000;
export const GICV = 0x08040000;
export const GICR_SGI = 0x080b0000;
export const MAINTENANCE = 1 << 25;

/** EL1 below a hypervisor that keeps the physical interface to itself. */
export const GUEST: CpuContext = { ...EL2, el: 1, hcr: HCR_IMO | HCR_FMO };

/** A controller of CPUs with EL2, and what a hypervisor and its guest do with it. */
export class HypervisorBoard {
  readonly controller: Controller;
  readonly physical: Physical;

  constructor(gic: 'v2' | 'v3', profile: Profile = ARCH, lrs = 4) {
    const bases = { dist: GICD, cpuif: GICC, redist: 0x080a0000, gich: GICH, gicv: GICV };
    this.controller = new Controller({ gic, cpus: 1, spis: 64, lrs, bases }, profile);
    const { physical } = this.controller;
    assert.ok(physical !== null);
    this.physical = physical;
  }

  read(address: number): number {
    return this.controller.read(0, address, 4) >>> 0;
  }

  write(address: number, value: number): void {
    this.controller.write(0, address, 4, value | 0);
  }

  /** A system register as the hypervisor reads it. */
  get(name: string): bigint {
    return this.#read(this.#named(name), EL2);
  }

  set(name: string, value: bigint): void {
    this.#write(this.#named(name), value, EL2);
  }

  /** A register ICC_, without level, as the guest reads it. */
  guest(name: string): number {
    return Number(this.#read(this.found(name), GUEST));
  }

  setGuest(name: string, value: number): void {
    this.#write(this.found(name), BigInt(value), GUEST);
  }

  /** What the guest's instruction finds. */
  found(name: string, context: CpuContext = GUEST): IccRegister {
    const found = this.physical.encoded(this.#named(`ICC_${name}_EL1`).encoding, context);
    assert.ok(found);
    return found;
  }

  fault(name: string, write: boolean, context: CpuContext = GUEST): string | null {
    return this.physical.fault(this.found(name, context), 0, write, context);
  }

  get virtualInputs(): number {
    return this.physical.virtualInputs(0);
  }

  #named(name: string): IccRegister {
    const found = this.physical.register(name);
    assert.ok(found, name);
    return found;
  }

  #read(register: IccRegister, context: CpuContext): bigint {
    const { state } = this.controller;
    state.hi = 0;
    const lo = register.read?.(0, context) ?? 0;
    return joinWords(lo, state.hi);
  }

  #write(register: IccRegister, value: bigint, context: CpuContext): void {
    const { lo, hi } = splitWords(value);
    register.write?.(0, lo, hi, context);
  }
}
