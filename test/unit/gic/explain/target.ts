import assert from 'node:assert/strict';
import { Controller } from '../../../../adapter/gic/controller.ts';
import { explainInterrupt } from '../../../../adapter/gic/explain/explain.ts';
import type { CpuFacts, Explanation, Witness } from '../../../../adapter/gic/explain/explanation.ts';
import { compile, evaluate } from '../../../../adapter/gic/expression/evaluate.ts';
import { RegisterMap, splitWords, type PlacedRegister } from '../../../../adapter/gic/inspect/register-map.ts';
import { OBSERVED } from '../../../../adapter/gic/profiles/observed.ts';

const BASES = { dist: 0x0800_0000, cpuif: 0x0801_0000, redist: 0x080a_0000 };

/**
 * Registers that are otherwise than in a target that delivers INTID 33: a value, or why it was not read. `NAME@n` is the
 * register of CPU n, NAME that of CPU 1. `icc`: why no register of GICv3's CPU interface was read.
 */
export type Change = Readonly<Record<string, bigint | string | number | null>>;

const V2: Change = {
  GICD_CTLR: 0x3n,
  GICD_IGROUPR1: 2n,
  GICD_ISENABLER1: 2n,
  GICD_ISPENDR1: 2n,
  GICD_IPRIORITYR8: 0xa000n,
  GICD_ITARGETSR8: 0x0200n,
  'GICD_ITARGETSR0@0': 0x0101_0101n,
  'GICD_ITARGETSR0@1': 0x0202_0202n,
  GICC_CTLR: 0x3n,
  'GICC_CTLR@0': 0x3n,
  GICC_PMR: 0xf0n,
  'GICC_PMR@0': 0xf0n,
  GICC_BPR: 2n,
  GICC_ABPR: 3n,
  GICC_RPR: 0xffn,
  'GICC_RPR@0': 0xffn,
  GICC_HPPIR: 33n,
  'GICC_HPPIR@0': 33n,
};

const V3: Change = {
  GICD_CTLR: 0x12n,
  GICD_IGROUPR1: 2n,
  'GICR_IGROUPR0@0': 0n,
  'GICR_IGROUPR0@1': 0n,
  GICD_IGROUPR2: 0n,
  GICD_IGROUPR3: 0n,
  GICD_ISENABLER1: 2n,
  GICD_ISPENDR1: 2n,
  GICD_IPRIORITYR8: 0xa000n,
  GICD_IROUTER33: 1n,
  'GICR_TYPER@0': 0n,
  GICR_TYPER: 0x1_0000_0110n,
};

const ICC: Change = {
  ICC_SRE_EL1: 7n,
  ICC_CTLR_EL1: 0n,
  ICC_PMR_EL1: 0xf0n,
  ICC_BPR0_EL1: 2n,
  ICC_BPR1_EL1: 3n,
  ICC_IGRPEN0_EL1: 0n,
  ICC_IGRPEN1_EL1: 1n,
  ICC_RPR_EL1: 0xffn,
  ICC_HPPIR0_EL1: 1023n,
  ICC_HPPIR1_EL1: 33n,
  ICC_AP0R0_EL1: 0n,
  ICC_AP1R0_EL1: 0n,
};

/** EL1h, nothing masked. */
const PSTATE = 0x5;

/** A controller as it was read from a target of two CPUs. */
export class Target implements Witness {
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly #change: Change;
  readonly #unknown = new Map<string, string>();

  constructor(gic: 'v2' | 'v3', change: Change, cpus = 2) {
    this.controller = new Controller({ gic, cpus, spis: 96, bases: BASES, lrs: 4 }, OBSERVED);
    this.registers = new RegisterMap(this.controller);
    this.#change = change;
    for (const [name, value] of Object.entries({ ...(gic === 'v2' ? V2 : V3), ...change })) {
      const [register = '', at] = name.split('@');
      const cpu = Math.min(Number(at ?? 1), cpus - 1);
      if (!register.startsWith('GIC')) continue;
      if (typeof value === 'bigint') this.#load(register, cpu, value);
      else this.#unknown.set(`${register}@${cpu}`, String(value));
    }
  }

  #load(name: string, cpu: number, value: bigint): void {
    const placed = this.registers.find(name, cpu);
    if (placed === null && this.controller.config.gic === 'v2' && name.startsWith('GICR')) return;
    assert.ok(placed, name);
    const { lo, hi } = splitWords(value);
    assert.ok(placed.row.handlers?.load, name);
    placed.row.handlers.load(this.controller.state, cpu, placed.offset - placed.row.offset, lo, hi);
  }

  unknown(register: PlacedRegister, vcpu: number): string | null {
    const cpu = register.device.owner >= 0 ? register.device.owner : register.banked ? vcpu : 1;
    return this.#unknown.get(`${register.name}@${cpu}`) ?? null;
  }

  /** A register is read. */
  set(name: string, value: bigint): void {
    this.#unknown.delete(`${name}@1`);
    this.#load(name, 1, value);
  }

  cpuFacts(): CpuFacts {
    const { pstate = PSTATE, icc } = this.#change;
    const registers: Change = { ...ICC, ...this.#change };
    return {
      pstate: typeof pstate === 'number' ? pstate : 'the stub does not tell it',
      register(name) {
        const value = registers[name];
        if (typeof icc === 'string' && name.startsWith('ICC')) return icc;
        return typeof value === 'bigint' || typeof value === 'string' ? value : 'not described by the stub';
      },
    };
  }

  explain(intid: number, vcpu = 0): Explanation {
    return explainInterrupt(this.controller, intid, vcpu, this);
  }

  /** @throws ExpressionError where the text is no expression here */
  evaluate(text: string): void {
    const { controller, registers } = this;
    evaluate(compile(text), { controller, registers, state: controller.state, vcpu: 0, access: null });
  }
}
