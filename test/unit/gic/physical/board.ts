import { Controller } from '../../../../adapter/gic/controller.ts';
import type { Hardware } from '../../../../adapter/gic/config.ts';
import { contextsWithEl3, EL1, type CpuContext } from '../../../../adapter/gic/physical/context.ts';
import type { PhysicalPolicy } from '../../../../adapter/gic/physical/policy.ts';
import { ARCH } from '../../../../adapter/gic/profiles/arch.ts';
import type { Profile } from '../../../../adapter/gic/profiles/profile.ts';
import { physicalFrames } from '../../../../adapter/gic/registers/physical.ts';

export const DIST = 0x08000000;
export const GICC = 0x08010000;
export const REDIST = 0x080a0000;
const FRAME = 0x20000;

/** The profile `arch` with another policy, its tables made for it. */
export function profileWith(policy: PhysicalPolicy): Profile {
  const { v2, v3 } = physicalFrames(policy);
  const physical = { ...(ARCH.physical ?? { reset: () => {} }), copiesSpis: policy.v2.spiStatePerCpu };
  return { ...ARCH, v2: { ...ARCH.v2, ...v2 }, v3: { ...ARCH.v3, ...v3 }, policy, physical };
}

export interface BoardOptions {
  readonly gic: 'v2' | 'v3';
  readonly cpus?: number;
  readonly profile?: Profile;
  readonly hardware?: Partial<Hardware>;
}

/** A controller and the accesses a test makes, in the words of the manuals. */
export class Board {
  readonly controller: Controller;
  readonly #v2: boolean;

  constructor({ gic, cpus = 2, profile = ARCH, hardware = {} }: BoardOptions) {
    this.#v2 = gic === 'v2';
    const bases = { dist: DIST, cpuif: GICC, redist: REDIST };
    const usual = { securityStates: 1, priorityBits: this.#v2 ? 8 : 5, lpis: false } as const;
    const config = { gic, cpus, spis: 64, lrs: 4, bases, hardware: { ...usual, ...hardware } };
    this.controller = new Controller(config, profile);
  }

  /** A register of the distributor. @param byte offset from the frame */
  dist(byte: number, cpu = 0): number {
    return this.controller.read(cpu, DIST + byte, 4) >>> 0;
  }

  setDist(byte: number, value: number, cpu = 0, length = 4): void {
    this.controller.write(cpu, DIST + byte, length, value | 0);
  }

  gicc(byte: number, cpu = 0): number {
    return this.controller.read(cpu, GICC + byte, 4) >>> 0;
  }

  setGicc(byte: number, value: number, cpu = 0): void {
    this.controller.write(cpu, GICC + byte, 4, value | 0);
  }

  /** A register of a CPU's redistributor: its SGI frame is 64 KiB in. */
  redist(byte: number, cpu = 0): number {
    return this.controller.read(cpu, REDIST + cpu * FRAME + byte, 4) >>> 0;
  }

  setRedist(byte: number, value: number, cpu = 0, length = 4): void {
    this.controller.write(cpu, REDIST + cpu * FRAME + byte, length, value | 0);
  }

  icc(name: string, cpu = 0, context: CpuContext = EL1): number {
    return (this.#register(name).read?.(cpu, context) ?? 0) >>> 0;
  }

  setIcc(name: string, value: number, cpu = 0, context: CpuContext = EL1, high = 0): void {
    this.#register(name).write?.(cpu, value | 0, high, context);
  }

  line(intid: number, level: boolean, cpu = 0): void {
    this.controller.line(intid, cpu, level);
  }

  /** IRQ in bit 0, FIQ in bit 1. */
  inputs(cpu = 0, context: CpuContext = EL1): number {
    return this.controller.physical?.inputs(cpu, context) ?? 0;
  }

  /** Everything on, masks open, groups 0 for GICv2 and 1 for GICv3; CPUs awake. */
  open(): this {
    const { cpus } = this.controller.config;
    if (this.#v2) {
      this.setDist(0, 3);
      for (let cpu = 0; cpu < cpus; cpu++) {
        this.setGicc(4, 0xff, cpu);
        this.setGicc(0, 3, cpu);
      }
      return this;
    }
    this.setDist(0, 3);
    for (const word of [1, 2]) this.setDist(0x80 + word * 4, -1);
    for (let cpu = 0; cpu < cpus; cpu++) {
      this.setRedist(0x14, 0, cpu);
      this.setRedist(0x10080, -1, cpu);
      this.setIcc('ICC_PMR_EL1', 0xf8, cpu);
      this.setIcc('ICC_IGRPEN0_EL1', 1, cpu);
      this.setIcc('ICC_IGRPEN1_EL1', 1, cpu);
    }
    return this;
  }

  #register(name: string): NonNullable<ReturnType<NonNullable<Controller['physical']>['register']>> {
    const register = this.controller.physical?.register(name);
    if (register === undefined) throw new Error(`there is no ${name}`);
    return register;
  }
}

export const { el3: EL3, s1: S1, ns: NS } = contextsWithEl3(0);
