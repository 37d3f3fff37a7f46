import { Controller } from '../../../gic/controller.ts';
import type { GicConfig } from '../../../gic/config.ts';
import { EL1 } from '../../../gic/physical/context.ts';
import type { IccRegister } from '../../../gic/physical/icc-registers.ts';
import type { Inputs } from '../../../gic/physical/inputs.ts';
import type { Physical } from '../../../gic/physical/physical.ts';
import type { Profile } from '../../../gic/profiles/profile.ts';
import { REDISTRIBUTOR_STRIDE } from '../../../gic/registers/gicr.ts';
import type { CpuRegister, GuestGic } from './guest-gic.ts';

const GICR_WAKER = 0x14;

/**
 * The interrupt controller of a simulated machine, wired to its cores as in silicon: every access reaches the controller
 * itself, and its CPU interfaces drive the inputs of the cores. The cores have no EL2 and no EL3.
 */
export class WiredGic implements GuestGic {
  readonly controller: Controller;
  readonly #physical: Physical;
  readonly #system: ReadonlyMap<number, CpuRegister>;
  readonly #inputs: Uint8Array;

  /** @throws GicConfigError, FrameMapError for a machine that cannot be */
  constructor(config: GicConfig, profile: Profile) {
    this.controller = new Controller(config, profile);
    const { physical } = this.controller;
    if (physical === null) throw new Error(`the profile ${profile.name} has no CPU interfaces to wire`);
    this.#physical = physical;
    const registers = [...physical.registers].filter(({ leastEl }) => leastEl <= EL1.el);
    this.#system = new Map(registers.map((one) => [one.encoding, this.#registerOf(one)]));
    this.#inputs = new Uint8Array(config.cpus);
    this.#settle();
  }

  inputs(vcpu: number): Inputs {
    return this.#inputs[vcpu] as Inputs;
  }

  /** Whatever PSTATE masks: DDI 0487, "Wait for Interrupt". */
  wakes(vcpu: number): boolean {
    return this.#inputs[vcpu] !== 0;
  }

  /**
   * System registers are the core's, and are reset with it; a GICv2's CPU interface is not. Who powers cores up is
   * firmware, which wakes their redistributors (IHI 0069, 11.1).
   */
  setPower(vcpu: number, on: boolean): void {
    const { config } = this.controller;
    if (on) this.#physical.resetCore(vcpu);
    if (on && config.gic === 'v3') {
      this.controller.write(vcpu, config.bases.redist + vcpu * REDISTRIBUTOR_STRIDE + GICR_WAKER, 4, 0);
    }
    this.#settle();
  }

  read(vcpu: number, address: number, length: number): number {
    const value = this.controller.read(vcpu, address, length);
    const { hi } = this.controller.state;
    // Reading can acknowledge.
    this.#settle();
    this.controller.state.hi = hi;
    return value;
  }

  write(vcpu: number, address: number, length: number, lo: number, hi: number): void {
    this.controller.write(vcpu, address, length, lo, hi);
    this.#settle();
  }

  systemRegister(encoding: number): CpuRegister | undefined {
    return this.#system.get(encoding);
  }

  systemRegisters(): Iterable<CpuRegister> {
    return this.#system.values();
  }

  line(intid: number, vcpu: number, level: boolean): void {
    this.controller.line(intid, vcpu, level);
    this.#settle();
  }

  outside<T>(change: () => T): T {
    try {
      return change();
    } finally {
      this.#settle();
    }
  }

  show(view: Controller): void {
    view.state.copyFrom(this.controller.state);
  }

  #registerOf({ name, encoding, read, peek, write }: IccRegister): CpuRegister {
    return {
      name,
      encoding,
      read:
        read === null
          ? null
          : (vcpu) => {
              const value = read(vcpu, EL1);
              this.#settle();
              return value;
            },
      peek: read === null ? null : (vcpu) => (peek ?? read)(vcpu, EL1),
      write:
        write === null
          ? null
          : (vcpu, lo, hi) => {
              write(vcpu, lo, hi, EL1);
              this.#settle();
            },
    };
  }

  /** An access of one CPU can change what any of them is signalled. */
  #settle(): void {
    for (let vcpu = 0; vcpu < this.#inputs.length; vcpu++) this.#inputs[vcpu] = this.#physical.inputs(vcpu, EL1);
  }
}
