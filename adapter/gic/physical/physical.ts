import type { GicConfig } from '../config.ts';
import type { GicState } from '../state/state.ts';
import { derivePending } from '../delivery/pending.ts';
import { contextsWithEl3, EL1, type CpuContext } from './context.ts';
import { iccRegisters, type IccRegister } from './icc-registers.ts';
import type { Inputs } from './inputs.ts';
import { InterfaceV2 } from './interface-v2.ts';
import { InterfaceV3 } from './interface-v3.ts';
import type { PhysicalPolicy } from './policy.ts';
import { ALL_CPUS, setCopies } from './spi-copies.ts';

/** The part of a physical controller that is in no frame: CPU inputs, system registers, wires. */
export class Physical {
  readonly #state: GicState;
  readonly #policy: PhysicalPolicy;
  readonly #v2: InterfaceV2;
  readonly #v3: InterfaceV3;
  readonly #byName = new Map<string, IccRegister>();
  readonly #byEncoding = new Map<number, IccRegister>();

  constructor(state: GicState, policy: PhysicalPolicy) {
    this.#state = state;
    this.#policy = policy;
    this.#v2 = new InterfaceV2(policy);
    this.#v3 = new InterfaceV3(state, policy);
    if (state.config.gic === 'v2') return;
    for (const register of iccRegisters(state, this.#v3, policy)) {
      this.#byName.set(register.name, register);
      this.#byEncoding.set(register.encoding, register);
    }
  }

  /** Levels of a CPU's inputs now, seen from where it runs. */
  inputs(cpu: number, context: CpuContext): Inputs {
    return this.#state.config.gic === 'v2' ? this.#v2.inputs(this.#state, cpu) : this.#v3.inputs(cpu, context);
  }

  /** A system register of the CPU interfaces, by Arm's name. GICv3. */
  register(name: string): IccRegister | undefined {
    return this.#byName.get(name);
  }

  /** The same, by the encoding of MRS and MSR. */
  encoded(encoding: number): IccRegister | undefined {
    return this.#byEncoding.get(encoding);
  }

  /** All of them. */
  get registers(): Iterable<IccRegister> {
    return this.#byName.values();
  }

  /** A wire changes. Edge-triggered interrupts latch its rise, level-sensitive ones follow it. */
  wire(slot: number, level: boolean): void {
    const state = this.#state;
    const { at } = state;
    if (state.bit(at.lineLevel, slot) === level) return;
    state.putBit(at.lineLevel, slot, level);
    if (level && state.bit(at.edge, slot)) this.#latch(slot);
    derivePending(state, slot >> 5);
  }

  #latch(slot: number): void {
    const state = this.#state;
    if (state.config.gic === 'v3') state.putBit(state.at.soft, slot, true);
    else {
      const { spiStatePerCpu } = this.#policy.v2;
      const cpus = spiStatePerCpu && state.owner(slot) < 0 ? state.byte(state.at.route, slot) : ALL_CPUS;
      setCopies(state, 'latch', slot >> 5, 1 << (slot & 31), cpus);
    }
  }
}

/** From where CPUs without a debugger's say run: with two security states they rest at EL3, Secure. */
export function restingContext(config: GicConfig, scr = 0): CpuContext {
  return config.hardware?.securityStates === 2 ? contextsWithEl3(scr).el3 : EL1;
}
