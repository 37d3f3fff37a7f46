import { Controller } from '../../../adapter/gic/controller.ts';
import { EL2, HCR_FMO, HCR_IMO, type CpuContext } from '../../../adapter/gic/physical/context.ts';
import { joinWords, splitWords } from '../../../adapter/gic/inspect/register-map.ts';
import type { Physical } from '../../../adapter/gic/physical/physical.ts';
import type { Profile } from '../../../adapter/gic/profiles/profile.ts';
import type { Answer, HypervisorOp } from './batch.ts';

const GUEST: CpuContext = { ...EL2, el: 1, hcr: HCR_IMO | HCR_FMO };
export const GICH = 0x08030000;
export const GICV = 0x08040000;

/** The model in the place of QEMU: one CPU of its virt machine, with EL2. */
export class HypervisorModel {
  readonly controller: Controller;
  readonly #physical: Physical;

  constructor(gic: 'v2' | 'v3', profile: Profile) {
    const bases = { dist: 0x08000000, cpuif: 0x08010000, redist: 0x080a0000, gich: GICH, gicv: GICV };
    this.controller = new Controller({ gic, cpus: 1, spis: 256, lrs: 4, bases }, profile);
    const { physical } = this.controller;
    if (physical === null) throw new Error(`${profile.name} is no physical controller`);
    this.#physical = physical;
  }

  execute(one: HypervisorOp): Answer {
    const { value, fault } = 'reg' in one ? this.#register(one, one.reg) : this.#access(one, one.addr, one.len);
    return {
      value,
      fault,
      inputs: this.#physical.inputs(0, EL2),
      virtualInputs: this.#physical.virtualInputs(0),
    };
  }

  #register(one: HypervisorOp, name: string): Pick<Answer, 'value' | 'fault'> {
    const written = one.value ?? 0n;
    const encoding = this.#physical.register(name)?.encoding ?? -1;
    const context = one.guest ? GUEST : EL2;
    const register = this.#physical.encoded(encoding, context);
    const fault = register === undefined ? 'undef' : this.#physical.fault(register, 0, one.rw === 'write', context);
    if (fault === 'trap-el3') throw new Error('there is no EL3');
    if (register === undefined || fault !== null) return { value: written, fault };
    const { state } = this.controller;
    if (one.rw === 'write') {
      const { lo, hi } = splitWords(written);
      register.write?.(0, lo, hi, context);
      return { value: written, fault };
    }
    state.hi = 0;
    const lo = register.read?.(0, context) ?? 0;
    return { value: joinWords(lo, state.hi), fault };
  }

  #access(one: HypervisorOp, address: number, length: number): Pick<Answer, 'value' | 'fault'> {
    const written = one.value ?? 0n;
    if (this.controller.locate(address, length) === null) return { value: written, fault: 'external-abort' };
    if (one.rw === 'write') {
      const { lo, hi } = splitWords(written);
      this.controller.write(0, address, length, lo, hi);
      return { value: written, fault: null };
    }
    const lo = this.controller.read(0, address, length);
    return { value: joinWords(lo, length === 8 ? this.controller.state.hi : 0), fault: null };
  }
}
