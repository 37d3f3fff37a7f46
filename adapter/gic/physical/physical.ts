import type { GicConfig } from '../config.ts';
import type { GicState } from '../state/state.ts';
import { contextsWithEl3, EL1, type CpuContext } from './context.ts';
import { hasHypervisor, hypervisorOf, type Hypervisor } from './hypervisor.ts';
import { iccFault, iccRegisters, type IccFault, type IccRegister } from './icc-registers.ts';
import { ichRegisters, icvRegisters } from './ich-registers.ts';
import type { Inputs } from './inputs.ts';
import { InterfaceV2 } from './interface-v2.ts';
import { InterfaceV3 } from './interface-v3.ts';
import type { PhysicalPolicy } from './policy.ts';
import { resetCore } from './reset.ts';
import { driveWire } from './wire.ts';

/** The part of a physical controller that is in no frame: CPU inputs, system registers, wires. */
export class Physical {
  readonly #state: GicState;
  readonly #policy: PhysicalPolicy;
  readonly #v2: InterfaceV2;
  readonly #v3: InterfaceV3;
  readonly #byName = new Map<string, IccRegister>();
  readonly #byEncoding = new Map<number, IccRegister>();
  readonly #virtualByName = new Map<string, IccRegister>();
  readonly #virtualByEncoding = new Map<number, IccRegister>();
  readonly #hypervisor: Hypervisor;
  /** System registers of the physical CPU interface: ICC_. None on GICv2. */
  readonly registers: readonly IccRegister[] = [];
  /** Those that software at EL2 has besides. */
  readonly hypervisorRegisters: readonly IccRegister[] = [];

  constructor(state: GicState, policy: PhysicalPolicy) {
    this.#state = state;
    this.#policy = policy;
    this.#v2 = new InterfaceV2(policy);
    this.#v3 = new InterfaceV3(state, policy);
    this.#hypervisor = hypervisorOf(state, policy);
    if (state.config.gic === 'v2') return;
    const add = (one: IccRegister): void => {
      this.#byName.set(one.name, one);
      this.#byEncoding.set(one.encoding, one);
    };
    this.registers = iccRegisters(state, this.#v3, policy);
    this.registers.forEach(add);
    if (!hasHypervisor(state.config)) return;
    this.hypervisorRegisters = ichRegisters(state, this.#hypervisor);
    this.hypervisorRegisters.forEach(add);
    for (const one of icvRegisters(state, this.#hypervisor, this.#byEncoding)) {
      this.#virtualByName.set(one.name, one);
      this.#virtualByEncoding.set(one.encoding, one);
    }
  }

  /** Levels of a CPU's inputs now, seen from where it runs. */
  inputs(cpu: number, context: CpuContext): Inputs {
    return this.#state.config.gic === 'v2' ? this.#v2.inputs(this.#state, cpu) : this.#v3.inputs(cpu, context);
  }

  /** Levels of the inputs that a CPU's virtual interface drives: seen at EL1 where HCR_EL2.IMO and FMO say so. */
  virtualInputs(cpu: number): Inputs {
    return this.#hypervisor.inputs(cpu);
  }

  /** The CPU changed its exception level: QEMU's looks at its interface again then. */
  changedLevel(cpu: number): void {
    if (this.#state.config.gic === 'v3') this.#v3.signal(cpu);
  }

  /** A system register by Arm's name: ICC_, ICH_, and ICV_ of the virtual CPU interfaces. GICv3. */
  register(name: string): IccRegister | undefined {
    return this.#byName.get(name) ?? this.#virtualByName.get(name);
  }

  /** The same, by the encoding of MRS and MSR: a hypervisor's guest has ICV_ where others have ICC_. */
  encoded(encoding: number, { el, secureBelow, hcr = 0 }: CpuContext = EL1): IccRegister | undefined {
    const register = this.#byEncoding.get(encoding);
    if (register === undefined || el !== 1 || secureBelow || (hcr & register.virtual) === 0) return register;
    return this.#virtualByEncoding.get(encoding) ?? register;
  }

  /** Why an access to a register that was found for this context is not made, or null: it is. */
  fault(register: IccRegister, cpu: number, write: boolean, context: CpuContext): IccFault | null {
    const fault = iccFault(register, write, context);
    if (fault === 'undef' || context.el !== 1 || context.secureBelow || !hasHypervisor(this.#state.config))
      return fault;
    const { hcr = 0 } = context;
    // What has no virtual counterpart, as the registers that send SGIs, is the hypervisor's to do.
    const isRouted = (hcr & register.virtual) !== 0;
    return isRouted || (this.#hypervisor.hcr(cpu) & register.hypervisorTraps) !== 0 ? 'trap-el2' : fault;
  }

  /** What a system register would read as, without a trace of having looked; null: there is none, or it is write-only. */
  peek(name: string, cpu: number, context: CpuContext): number | null {
    const register = this.register(name);
    const read = register?.peek ?? register?.read ?? null;
    return read === null ? null : read(cpu, context);
  }

  /** A core is reset, and what of its CPU interface is part of it. */
  resetCore(cpu: number): void {
    resetCore(this.#state, cpu);
  }

  /** A wire changes. Edge-triggered interrupts latch its rise, level-sensitive ones follow it. */
  wire(slot: number, level: boolean): void {
    driveWire(this.#state, this.#policy, slot, level);
  }
}

/** From where CPUs without a debugger's say run: with two security states they rest at EL3, Secure. */
export function restingContext(config: GicConfig, scr = 0): CpuContext {
  return config.hardware?.securityStates === 2 ? contextsWithEl3(scr).el3 : EL1;
}
