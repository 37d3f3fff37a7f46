import type { Controller } from '../../gic/controller.ts';
import { EINVAL, WIRES } from '../../gic/delivery/wires.ts';
import { endedSpis } from '../../gic/delivery/list-registers.ts';
import { RecordedCpuInterface } from '../../gic/delivery/cpu-interface.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import type { Dispatcher } from '../../gic/mmio/dispatcher.ts';
import { GicState } from '../../gic/state/state.ts';
import { Outcome } from '../guest.ts';
import { isBanked, UNKNOWN_CPU } from './banked.ts';
import { compareFlush, compareState, compareValue, type Difference } from './compare.ts';
import { cpuInterfaceEvent, followCpuInterface, type CpuInterfaceEvent } from './cpu-interface.ts';
import { OpKind, type OpExtra } from './format/operation.ts';
import type { TraceProgram } from './format/program.ts';
import { PhysicalExecutor } from './physical-executor.ts';

/** What is known of an address before any access: looked up once. */
interface Place {
  readonly ok: boolean;
  /** Which vCPU accesses it matters. */
  readonly perVcpu: boolean;
  /** No part of this profile: its registers answer nothing that could be compared. */
  readonly unmodelled: string | null;
  /** GICv2 CPU interface: what reading and writing it does. */
  readonly read: CpuInterfaceEvent | null;
  readonly write: CpuInterfaceEvent | null;
  readonly register: string;
}

const NO_EXTRA: OpExtra = {};
const NO_WORDS = new Int32Array();

/**
 * Executes a program's operations on a controller and compares what they answer with what was recorded.
 * `execute` allocates nothing while the two agree.
 */
export class TraceExecutor {
  readonly #program: TraceProgram;
  readonly #controller: Controller;
  readonly #cpuInterface: RecordedCpuInterface;
  readonly #reset: GicState;
  /** Of a controller whose CPU interfaces are predicted. */
  readonly #physical: PhysicalExecutor | null;
  readonly #places = new Map<number, Place>();
  #differences: readonly Difference[] = [];
  #reason: string | null = null;

  constructor(program: TraceProgram, controller: Controller) {
    this.#program = program;
    this.#controller = controller;
    this.#cpuInterface = new RecordedCpuInterface(controller);
    this.#reset = new GicState(controller.config, controller.profile);
    const { physical } = controller;
    this.#physical = physical === null ? null : new PhysicalExecutor(program, controller, physical);
  }

  /** What differed in the operation executed last; empty unless its outcome was Mismatch. */
  get differences(): readonly Difference[] {
    return this.#differences;
  }

  /** Why the operation executed last is remarkable, apart from differences. */
  get reason(): string | null {
    return this.#reason;
  }

  execute(index: number): Outcome {
    const program = this.#program;
    if (this.#differences.length > 0) this.#differences = [];
    this.#reason = null;
    const kind = program.kind[index] as OpKind;
    const cpu = this.#vcpu(program.cpu[index] as number);
    if (this.#physical !== null && kind !== OpKind.State) {
      const outcome = this.#physical.execute(index, cpu);
      this.#differences = this.#physical.differences;
      this.#reason = this.#physical.reason;
      return outcome;
    }
    switch (kind) {
      case OpKind.Read:
        return this.#read(index, cpu, this.#controller.bus);
      case OpKind.Uread:
        return this.#userRead(index, cpu);
      case OpKind.Write:
        return this.#write(index, cpu, this.#controller.bus);
      case OpKind.Uwrite:
        return this.#userWrite(index, cpu);
      case OpKind.Line:
        return this.#line(index, cpu);
      case OpKind.Sgi:
        return this.#sgi(index, cpu);
      case OpKind.Sysreg:
        return this.#systemRegister(index, cpu);
      case OpKind.Flush: {
        const used = this.#controller.flush(cpu);
        return this.#judge(compareFlush(this.#controller, cpu, used, this.#extra(index)));
      }
      case OpKind.Sync:
        return this.#sync(index, cpu);
      case OpKind.State:
        return this.#judge(compareState(this.#controller, this.#reset, this.#extra(index).state ?? {}));
      case OpKind.Signal:
        return this.#unpredicted('this profile has no CPU inputs to compare');
      case OpKind.Other:
        return this.#unpredicted('an operation this version does not know');
    }
  }

  /** With one vCPU there is no doubt whose access it was. */
  #vcpu(recorded: number): number {
    return recorded < 0 && this.#controller.config.cpus === 1 ? 0 : recorded;
  }

  #extra(index: number): OpExtra {
    return this.#program.extra(index) ?? NO_EXTRA;
  }

  #unpredicted(reason: string): Outcome {
    this.#reason = reason;
    return Outcome.Unpredicted;
  }

  #judge(differences: readonly Difference[]): Outcome {
    if (differences.length === 0) return Outcome.Normal;
    this.#differences = differences;
    return Outcome.Mismatch;
  }

  #read(index: number, vcpu: number, bus: Dispatcher): Outcome {
    const program = this.#program;
    const address = program.address[index] as number;
    const length = program.len[index] as number;
    const place = this.#place(address, length, bus);
    if (place.read !== null && vcpu >= 0) {
      const { outcome, reason } = followCpuInterface(
        this.#cpuInterface,
        place.read,
        vcpu,
        place.register,
        program.lo[index] as number,
      );
      this.#reason = reason;
      return outcome;
    }
    if (place.unmodelled !== null) return this.#unpredicted(place.unmodelled);
    if (vcpu < 0 && place.perVcpu) return this.#unpredicted(UNKNOWN_CPU);
    const lo = bus.read(vcpu < 0 ? 0 : vcpu, address, length);
    const { hi } = this.#controller.state;
    if (program.compared[index] === 1) {
      const recorded = program.lo[index] as number;
      const sameLow = length === 4 || length === 8 ? lo === recorded : lo === (recorded & ((1 << (length * 8)) - 1));
      if (!sameLow || (length === 8 && hi !== program.hi[index])) {
        const expected = joinWords(recorded, program.hi[index] as number);
        const got = joinWords(lo, length === 8 ? hi : 0);
        return this.#judge(compareValue(bus.locate(address, length), length, expected, got));
      }
    }
    return place.ok ? Outcome.Normal : Outcome.Hole;
  }

  #userRead(index: number, vcpu: number): Outcome {
    if (this.#extra(index).frame !== 'level') return this.#read(index, vcpu, this.#controller.user);
    const program = this.#program;
    const first = program.address[index] as number;
    const answered = first % WIRES === 0 ? 0 : EINVAL;
    const { ret = 0 } = this.#extra(index);
    if (answered !== ret) return this.#judge([refusal('read', ret, answered)]);
    const levels = answered === 0 ? this.#controller.wireLevels(first, vcpu) : 0;
    const recorded = program.lo[index] as number;
    if (program.compared[index] === 0 || levels === recorded) return Outcome.Normal;
    return this.#judge([
      {
        subject: `wires from INTID ${String(first)} on`,
        field: '',
        expected: hexOf(recorded >>> 0),
        got: hexOf(levels >>> 0),
      },
    ]);
  }

  #userWrite(index: number, vcpu: number): Outcome {
    const program = this.#program;
    const controller = this.#controller;
    const address = program.address[index] as number;
    const lo = program.lo[index] as number;
    const { frame, ret = 0 } = this.#extra(index);
    let answered = 0;
    let outcome: Outcome = Outcome.Normal;
    if (frame === 'level') answered = controller.setWireLevels(address, vcpu, lo);
    else if (!controller.user.accepts(vcpu, address, program.len[index] as number, lo)) answered = EINVAL;
    else outcome = this.#write(index, vcpu, controller.user);
    if (answered === ret) return outcome;
    return this.#judge([refusal('write', ret, answered)]);
  }

  #write(index: number, vcpu: number, bus: Dispatcher): Outcome {
    const program = this.#program;
    const address = program.address[index] as number;
    const length = program.len[index] as number;
    const lo = program.lo[index] as number;
    const place = this.#place(address, length, bus);
    if (place.write !== null && vcpu >= 0) {
      const { outcome, reason } = followCpuInterface(this.#cpuInterface, place.write, vcpu, place.register, lo);
      this.#reason = reason;
      return outcome;
    }
    if (place.unmodelled !== null) return this.#unpredicted(place.unmodelled);
    if (vcpu < 0 && place.perVcpu) return this.#unpredicted(UNKNOWN_CPU);
    bus.write(vcpu < 0 ? 0 : vcpu, address, length, lo, program.hi[index] as number);
    return place.ok ? Outcome.Normal : Outcome.Hole;
  }

  #line(index: number, vcpu: number): Outcome {
    const program = this.#program;
    const intid = program.address[index] as number;
    const answered = this.#controller.line(intid, vcpu, program.lo[index] !== 0);
    const recorded = this.#extra(index).ret ?? 0;
    if (answered === recorded) return Outcome.Normal;
    return this.#judge([
      { subject: `wire of INTID ${String(intid)}`, field: 'answer', expected: String(recorded), got: String(answered) },
    ]);
  }

  #sgi(index: number, vcpu: number): Outcome {
    if (vcpu < 0) return this.#unpredicted(UNKNOWN_CPU);
    const register = (this.#extra(index).reg ?? '').replace(/_EL\d+$/, '');
    const groups = this.#controller.profile.sgiRegisters[register];
    if (groups === undefined) return this.#unpredicted(`${register} raises nothing in this profile`);
    this.#controller.sgi(vcpu, this.#program.lo[index] as number, this.#program.hi[index] as number, groups);
    return Outcome.Normal;
  }

  #systemRegister(index: number, vcpu: number): Outcome {
    const { reg = '', rw } = this.#extra(index);
    const event = vcpu < 0 ? null : cpuInterfaceEvent(reg, rw === 'w');
    if (event === null) return this.#unpredicted('this profile does not predict CPU interface registers');
    const lo = this.#program.lo[index] as number;
    const { outcome, reason } = followCpuInterface(this.#cpuInterface, event, vcpu, reg, lo);
    this.#reason = reason;
    return outcome;
  }

  #sync(index: number, vcpu: number): Outcome {
    const controller = this.#controller;
    const { lrs: words = NO_WORDS, acked } = this.#extra(index);
    const count = Math.min(controller.config.lrs, words.length / 2);
    for (let lr = 0; lr < count; lr++) {
      controller.putListRegister(vcpu, lr, words[lr * 2] as number, words[lr * 2 + 1] as number);
    }
    const ended = acked === undefined ? '' : endedSpis(controller.state, vcpu).join(' ');
    controller.sync(vcpu);
    if (acked === undefined || ended === acked.join(' ')) return Outcome.Normal;
    return this.#judge([
      { subject: `SPIs ended by vCPU ${String(vcpu)}`, field: '', expected: acked.join(' '), got: ended },
    ]);
  }

  #place(address: number, length: number, bus: Dispatcher): Place {
    // Length and view are part of the key, exact below 2^48. No GIC is above that; were one, lengths would share.
    const key = address * 32 + length + (bus === this.#controller.user ? 16 : 0);
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = this.#look(address, length, bus)));
    return place;
  }

  #look(address: number, length: number, bus: Dispatcher): Place {
    const { config, user } = this.#controller;
    const located = bus.locate(address, length);
    const none = { read: null, write: null, unmodelled: null, perVcpu: false };
    if (located === null) {
      const virtual = user.locate(address, length);
      const register = virtual?.register?.name ?? '';
      if (virtual === null) return { ...none, ok: false, register };
      return {
        ok: true,
        perVcpu: true,
        unmodelled: 'this profile does not predict the virtual CPU interface',
        read: cpuInterfaceEvent(register, false),
        write: cpuInterfaceEvent(register, true),
        register,
      };
    }
    const { device, register, verdict } = located;
    const name = register?.name ?? '';
    if (device.regions.frame.kind === 'GITS') {
      return { ...none, ok: true, unmodelled: 'this version has no ITS registers', register: name };
    }
    const perVcpu = verdict === 'ok' && config.cpus > 1 && isBanked(located);
    return { ...none, ok: verdict === 'ok', perVcpu, register: name };
  }
}

function refusal(what: 'read' | 'write', expected: number, got: number): Difference {
  return { subject: `${what} by user space`, field: 'answer', expected: String(expected), got: String(got) };
}
