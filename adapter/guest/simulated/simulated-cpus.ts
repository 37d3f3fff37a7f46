import type { CpuActivity, Cpus, ExceptionRegister } from '../machine-guest.ts';
import * as L from './core/layout.ts';
import type { Machine } from './machine/machine.ts';

const OFFSETS = { VBAR_EL1: L.VBAR, ELR_EL1: L.ELR, SPSR_EL1: L.SPSR } as const;

/** The vCPUs of a simulated machine, to look at. */
export class SimulatedCpus implements Cpus {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  activity(vcpu: number): CpuActivity {
    if (this.#machine.power(vcpu) !== 'on') return 'off';
    return this.#machine.sleeps(vcpu) ? 'waits' : 'runs';
  }

  pc(vcpu: number): bigint {
    return this.#machine.core.pc(vcpu);
  }

  sp(vcpu: number): bigint {
    return this.#machine.core.sp(vcpu);
  }

  x(vcpu: number, n: number): bigint {
    return this.#machine.core.x(vcpu, n);
  }

  exceptionRegister(vcpu: number, name: ExceptionRegister): bigint {
    const { core } = this.#machine;
    return name === 'SP_EL0' ? core.spOf(vcpu, 0) : core.word(vcpu, OFFSETS[name]);
  }

  readMemory(vcpu: number, address: bigint, count: number): Uint8Array {
    return this.#machine.readVirtual(vcpu, address, count);
  }
}
