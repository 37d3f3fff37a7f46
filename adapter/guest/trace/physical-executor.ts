import type { Controller } from '../../gic/controller.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import type { Dispatcher } from '../../gic/mmio/dispatcher.ts';
import { contextsWithEl3, EL1, EL2, type CpuContext } from '../../gic/physical/context.ts';
import type { IccRegister } from '../../gic/physical/icc-registers.ts';
import { FIQ, inputsText, IRQ } from '../../gic/physical/inputs.ts';
import { restingContext, type Physical } from '../../gic/physical/physical.ts';
import { Outcome } from '../guest.ts';
import { isBanked, UNKNOWN_CPU } from './banked.ts';
import { compareValue, type Difference } from './compare.ts';
import { OpKind, type AccessOrigin, type OpExtra } from './format/operation.ts';
import type { TraceProgram } from './format/program.ts';
import { RecordedLpis, UNMODELLED_LPI } from './recorded-lpis.ts';

const NO_EXTRA: OpExtra = {};
const NO_DIFFERENCES: readonly Difference[] = [];

/**
 * Executes recorded operations on a physical controller, whose CPU interfaces it predicts: system registers, faults and
 * the levels of the CPUs' inputs are compared too.
 */
export class PhysicalExecutor {
  readonly #program: TraceProgram;
  readonly #controller: Controller;
  readonly #physical: Physical;
  readonly #lpis: RecordedLpis;
  readonly #contexts: Readonly<Record<AccessOrigin, CpuContext>>;
  /** From where accesses come that do not tell, and where CPUs rest as their inputs are looked at. */
  readonly #resting: CpuContext;
  /** The recording tells whenever an input changes. */
  readonly #tellsInputs: boolean;
  /** Inputs of each CPU before the operation. */
  readonly #before: Uint8Array;
  differences: readonly Difference[] = NO_DIFFERENCES;
  reason: string | null = null;

  constructor(program: TraceProgram, controller: Controller, physical: Physical) {
    this.#program = program;
    this.#controller = controller;
    this.#physical = physical;
    this.#lpis = new RecordedLpis(controller.state);
    const scr = program.header.physical?.scrEl3 ?? 0;
    this.#contexts = contextsWithEl3(scr);
    this.#resting = restingContext(controller.config, scr);
    this.#tellsInputs = program.kind.includes(OpKind.Signal);
    this.#before = new Uint8Array(controller.config.cpus);
  }

  /** @param vcpu -1: the recording does not tell, which matters to registers that each CPU has */
  execute(index: number, vcpu: number): Outcome {
    this.differences = NO_DIFFERENCES;
    this.reason = null;
    const kind = this.#program.kind[index] as OpKind;
    if (kind === OpKind.Signal) return this.#signal(index, vcpu);
    if (!this.#tellsInputs) return this.#operation(kind, index, vcpu);
    const { cpus } = this.#controller.config;
    for (let cpu = 0; cpu < cpus; cpu++) this.#before[cpu] = this.#physical.inputs(cpu, this.#resting);
    const outcome = this.#operation(kind, index, vcpu);
    if (outcome === Outcome.Mismatch) return outcome;
    return this.#untoldChange(index) ? Outcome.Mismatch : outcome;
  }

  #operation(kind: OpKind, index: number, vcpu: number): Outcome {
    switch (kind) {
      case OpKind.Read:
      case OpKind.Write:
        return this.#returned(index, vcpu, this.#access(index, vcpu, kind === OpKind.Write));
      case OpKind.Sysreg:
      case OpKind.Sgi:
        return this.#returned(index, vcpu, this.#register(index, vcpu));
      case OpKind.Line:
        return this.#line(index, vcpu);
      default:
        this.reason = 'an operation of virtual interrupt controllers';
        return Outcome.Unpredicted;
    }
  }

  /** CPUs that rest at EL3 went below it for an access, and came back. */
  #returned(index: number, vcpu: number, outcome: Outcome): Outcome {
    const { from } = this.#extra(index);
    if (vcpu >= 0 && (from === 's1' || from === 'ns')) this.#physical.changedLevel(vcpu);
    return outcome;
  }

  #extra(index: number): OpExtra {
    return this.#program.extra(index) ?? NO_EXTRA;
  }

  /** From where an access came; null: it matters, and the recording does not tell. */
  #context({ from }: OpExtra): CpuContext | null {
    if (from !== undefined) return this.#contexts[from];
    if (this.#resting === EL1) return EL1;
    return this.#program.header.physical?.firmware === false ? this.#contexts.ns : null;
  }

  /** The same of a system register. A hypervisor has its own and gives ICV_ to its guest, whatever else there is. */
  #contextOf({ name, leastEl }: IccRegister, extra: OpExtra): CpuContext | null {
    if (extra.from !== undefined || name.startsWith('ICC_')) return this.#context(extra);
    return leastEl === 2 ? EL2 : EL1;
  }

  #access(index: number, vcpu: number, write: boolean): Outcome {
    const program = this.#program;
    const controller = this.#controller;
    const extra = this.#extra(index);
    const address = program.address[index] as number;
    const length = program.len[index] as number;
    const context = this.#context(extra);
    if (context === null) return this.#unpredicted(UNKNOWN_ORIGIN);
    const bus = context.secure ? controller.bus : controller.nonSecure;
    const located = bus.locate(address, length);
    const fault = located === null ? 'external-abort' : undefined;
    if (fault !== extra.fault) return this.#differ('access', 'fault', extra.fault ?? 'none', fault ?? 'none');
    if (located === null) return Outcome.Normal;
    if (located.device.regions.frame.kind === 'GITS') return this.#unpredicted('this version has no ITS registers');
    if (vcpu < 0 && isBanked(located)) return this.#unpredicted(UNKNOWN_CPU);
    const normal = located.verdict === 'ok' ? Outcome.Normal : Outcome.Hole;
    const cpu = Math.max(0, vcpu);
    const lo = program.lo[index] as number;
    const hi = program.hi[index] as number;
    if (write) {
      bus.write(cpu, address, length, lo, hi);
      return normal;
    }
    return this.#read(index, cpu, bus, address, length) ? normal : Outcome.Mismatch;
  }

  /** False where the answer is not the recorded one. */
  #read(index: number, cpu: number, bus: Dispatcher, address: number, length: number): boolean {
    const program = this.#program;
    const lo = bus.read(cpu, address, length);
    const hi = length === 8 ? this.#controller.state.hi : 0;
    const recorded = program.lo[index] as number;
    const recordedHigh = length === 8 ? (program.hi[index] as number) : 0;
    if (program.compared[index] !== 1 || (lo === recorded && hi === recordedHigh)) return true;
    const expected = joinWords(recorded, recordedHigh);
    this.differences = compareValue(bus.locate(address, length), length, expected, joinWords(lo, hi));
    return false;
  }

  #register(index: number, vcpu: number): Outcome {
    const program = this.#program;
    const extra = this.#extra(index);
    const { reg = '' } = extra;
    if (vcpu < 0) return this.#unpredicted(UNKNOWN_CPU);
    const name = /_EL\d$/.test(reg) ? reg : `${reg}_EL1`;
    const register = this.#physical.register(name);
    if (register === undefined && !name.startsWith('ICC_')) return this.#unpredicted(`${name} is not predicted`);
    const context = register === undefined ? EL1 : this.#contextOf(register, extra);
    if (context === null) return this.#unpredicted(UNKNOWN_ORIGIN);
    const write = program.kind[index] === OpKind.Sgi || extra.rw === 'w';
    const fault =
      register === undefined ? 'undef' : (this.#physical.fault(register, vcpu, write, context) ?? undefined);
    if (fault !== extra.fault) return this.#differ(name, 'fault', extra.fault ?? 'none', fault ?? 'none');
    if (register === undefined || fault !== undefined) return Outcome.Normal;
    const lo = program.lo[index] as number;
    if (this.#lpis.passesOver(name, vcpu, write, lo)) return this.#unpredicted(UNMODELLED_LPI);
    if (write) {
      register.write?.(vcpu, lo, program.hi[index] as number, context);
      return Outcome.Normal;
    }
    const { state } = this.#controller;
    state.hi = 0;
    const got = register.read?.(vcpu, context) ?? 0;
    const hi = program.hi[index] as number;
    if (program.compared[index] !== 1 || (got === lo && state.hi === hi)) return Outcome.Normal;
    return this.#differ(name, '', hexOf(joinWords(lo, hi)), hexOf(joinWords(got, state.hi)));
  }

  #line(index: number, vcpu: number): Outcome {
    const program = this.#program;
    const intid = program.address[index] as number;
    const answered = this.#controller.line(intid, vcpu, program.lo[index] !== 0);
    const { ret = 0 } = this.#extra(index);
    return answered === ret
      ? Outcome.Normal
      : this.#differ(`wire of INTID ${String(intid)}`, 'answer', String(ret), String(answered));
  }

  #signal(index: number, cpu: number): Outcome {
    const program = this.#program;
    const got = this.#physical.inputs(cpu, this.#resting);
    const recorded = (program.lo[index] === 0 ? 0 : IRQ) | (program.hi[index] === 0 ? 0 : FIQ);
    return got === recorded ? Outcome.Normal : this.#differ(inputsOf(cpu), '', inputsText(recorded), inputsText(got));
  }

  /** An input that changed with the operation, of which no record after it tells. */
  #untoldChange(index: number): boolean {
    const program = this.#program;
    const { cpus } = this.#controller.config;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const now = this.#physical.inputs(cpu, this.#resting);
      if (now === this.#before[cpu]) continue;
      let told = false;
      for (let next = index + 1; program.kind[next] === OpKind.Signal; next++) told ||= program.cpu[next] === cpu;
      if (told) continue;
      this.#differ(inputsOf(cpu), '', inputsText(this.#before[cpu] as number), inputsText(now));
      return true;
    }
    return false;
  }

  #unpredicted(reason: string): Outcome {
    this.reason = reason;
    return Outcome.Unpredicted;
  }

  #differ(subject: string, field: string, expected: string, got: string): Outcome {
    this.differences = [{ subject, field, expected, got }];
    return Outcome.Mismatch;
  }
}

const UNKNOWN_ORIGIN =
  'the recording does not tell from which security state, and the machine has two (gic import --no-firmware: all are Non-secure)';

function inputsOf(cpu: number): string {
  return `inputs of CPU ${String(cpu)}`;
}
