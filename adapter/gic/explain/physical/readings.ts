import { PRIVATE_IRQS } from '../../config.ts';
import type { Controller } from '../../controller.ts';
import { fieldValue } from '../../inspect/decode.ts';
import { RegisterMap, type PlacedRegister } from '../../inspect/register-map.ts';
import { restingContext } from '../../physical/physical.ts';
import type { CpuFacts, ExplainStep, Question, Witness } from '../explanation.ts';

/** Why something of a CPU is not known where nobody could look. */
export const NOBODY_READ = 'it is the CPU’s own, and nobody has read it';

/** A register, or some of its bits. */
export interface Part {
  /** "GICD_ISENABLER1 bit 1", "GICC_CTLR.EnableGrp1": for people. */
  readonly name: string;
  /** The same in the expression language, where it has it. */
  readonly expression?: string;
  /** What was read, or why nothing was. */
  readonly value: number | string;
}

/** What was read of a controller, for the questions about one interrupt. */
export class Readings {
  readonly intid: number;
  /** Whose bank is meant where the interrupt is private. */
  readonly vcpu: number;
  readonly gic: 'v2' | 'v3';
  readonly cpus: number;
  readonly lastIntid: number;
  readonly registers: RegisterMap;
  readonly #question: Question;
  readonly #witness: Witness;

  constructor(question: Question) {
    const { controller, intid, vcpu } = question;
    this.#witness = question.witness ?? { registers: new RegisterMap(controller) };
    this.#question = { ...question, witness: this.#witness };
    this.intid = intid;
    this.vcpu = vcpu;
    this.gic = controller.config.gic;
    this.cpus = controller.config.cpus;
    this.lastIntid = PRIVATE_IRQS + controller.config.spis - 1;
    this.registers = this.#witness.registers;
  }

  /** The same readings, for questions about another interrupt. */
  about(intid: number): Readings {
    return new Readings({ ...this.#question, intid });
  }

  get isPrivate(): boolean {
    return this.intid < PRIVATE_IRQS;
  }

  /** Null: nothing is known of it. */
  facts(cpu: number): CpuFacts | null {
    return this.#witness.cpuFacts?.(cpu) ?? null;
  }

  /** A system register of a CPU: as its witness tells, or of a controller that has the CPUs' interfaces too. */
  system(name: string, cpu: number): Part {
    const value = this.facts(cpu)?.register(name) ?? physicalRegister(this.#question.controller, name, cpu);
    return { name, value: typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : value };
  }

  /** Some register, as a CPU sees it; null: there is none of that name. */
  whole(name: string, cpu: number): bigint | string | null {
    const register = this.registers.find(name, cpu);
    return register === null ? null : this.#read(register, cpu);
  }

  #read(register: PlacedRegister, cpu: number): bigint | string {
    return this.#witness.unknown?.(register, cpu) ?? this.registers.value(register, cpu);
  }

  /** A register in a frame, as a CPU sees it. */
  register(name: string, cpu: number): Part {
    const value = this.whole(name, cpu) ?? 'this controller has no such register';
    return {
      name,
      expression: `${this.#select(name, cpu)}${name}`,
      value: typeof value === 'bigint' ? Number(value) : value,
    };
  }

  /** A field of a register in a frame, as a CPU sees it. */
  field(register: string, name: string, cpu: number): Part {
    const field = this.registers.find(register, cpu)?.row.fields.find((one) => one.name === name);
    const value = this.whole(register, cpu) ?? 'this controller has no such register';
    return {
      name: `${register}.${name}`,
      expression: `${this.#select(register, cpu)}${register}.${name}`,
      value: typeof value === 'bigint' ? (field === undefined ? 0 : Number(fieldValue(value, field))) : value,
    };
  }

  /** The interrupt's share of an array: "ISENABLER". */
  share(array: string): Part {
    return this.shareOf(array, this.intid, this.vcpu);
  }

  /** Another interrupt's. */
  shareOf(array: string, intid: number, cpu: number): Part {
    const rowName = `${this.gic === 'v3' && intid < PRIVATE_IRQS ? 'GICR' : 'GICD'}_${array}`;
    const row = this.registers.row(rowName)?.row;
    const bits = row?.bitsPerIrq ?? 0;
    if (row === undefined || bits === 0) return { name: rowName, value: 'this controller has no such register' };
    const each = (row.element * 8) / bits;
    const register = `${rowName}${row.firstIndex + Math.trunc(intid / each)}`;
    const lsb = (intid % each) * bits;
    const place = bits === 64 ? '' : bits === 1 ? ` bit ${lsb}` : ` bits ${lsb + bits - 1}:${lsb}`;
    const value = this.whole(register, cpu) ?? 'this controller has no such register';
    return {
      name: `${register}${place}`,
      expression: `${intid < PRIVATE_IRQS ? this.#select(register, cpu) : ''}${rowName}[${intid}]`,
      value: typeof value === 'bigint' ? Number(fieldValue(value, { msb: lsb + bits - 1, lsb })) : value,
    };
  }

  /** True where a register of some array is known to have a bit that is 1. */
  hasBits(array: string, cpu: number): boolean {
    return this.registers.devices
      .filter(({ owner }) => owner < 0 || owner === cpu)
      .flatMap((device) => this.registers.registersOf(device))
      .some((register) => register.row.name.endsWith(`_${array}`) && isSet(this.#read(register, cpu)));
  }

  /** INTIDs whose bit of an array is known to be 1: those a CPU has of its own, and all that are shared. */
  interruptsOf(array: string, cpu: number): number[] {
    return this.registers.devices
      .filter(({ owner }) => owner < 0 || owner === cpu)
      .flatMap((device) => this.registers.registersOf(device))
      .filter(({ row, firstIntid }) => {
        const hasNone = row.bank === 'shared-only' && firstIntid < PRIVATE_IRQS;
        return row.name.endsWith(`_${array}`) && !hasNone;
      })
      .flatMap((register) => {
        const value = this.#read(register, cpu);
        if (typeof value === 'string') return [];
        const all = Array.from({ length: register.intids }, (_, i) => register.firstIntid + i);
        return all.filter((_, i) => ((value >> BigInt(i)) & 1n) === 1n);
      });
  }

  /** `cpu(1).` before what each CPU has its own of. */
  #select(name: string, cpu: number): string {
    const register = this.registers.find(name, cpu);
    const isOwn = register !== null && (register.banked || register.device.owner >= 0);
    return isOwn && this.cpus > 1 ? `cpu(${cpu}).` : '';
  }
}

function isSet(value: bigint | string): boolean {
  return typeof value === 'bigint' && value !== 0n;
}

/** What a system register of a CPU's interface would read as, or why nobody can say. */
export function physicalRegister({ physical, config }: Controller, name: string, cpu: number): bigint | string {
  const value = physical?.peek(name, cpu, restingContext(config)) ?? null;
  return value === null ? NOBODY_READ : BigInt(value >>> 0);
}

/** A step's expression, where there is one. */
export function shown({ expression }: Part): Pick<ExplainStep, 'expression'> {
  return expression === undefined ? {} : { expression };
}

/** The step where what decides is not known. */
export function notKnown(question: string, part: Part, of = ''): ExplainStep {
  const evidence = `${part.name}${of} is not known: ${String(part.value)}.`;
  return { question, outcome: 'unknown', evidence, ...shown(part) };
}
