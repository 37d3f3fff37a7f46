import type { GicConfig } from '../../gic/config.ts';
import { Controller } from '../../gic/controller.ts';
import { applyStep, type EditStep } from '../../gic/edit/step.ts';
import { RegisterMap } from '../../gic/inspect/register-map.ts';
import type { UndoLog } from '../../gic/journal/undo-log.ts';
import { KVM_4_10 } from '../../gic/profiles/kvm-4.10.ts';
import { ARCH_QEMU_10, ARCH_QEMU_7_2 } from '../../gic/profiles/arch.ts';
import type { Profile } from '../../gic/profiles/profile.ts';
import { profileNamed } from '../../gic/profiles/profiles.ts';
import { Outcome, UNKNOWN_VCPU, type Guest, type GuestSource, type Operation, type VcpuInfo } from '../guest.ts';
import type { Difference } from './compare.ts';
import { describeEdit } from '../describe.ts';
import { describeOperation } from './describe.ts';
import { TraceExecutor } from './executor.ts';
import type { TraceHeader } from './format/header.ts';
import type { TraceProgram } from './format/program.ts';
import { hardwareOfRecording, listRegistersOfRecording, spisOfRecording } from './hardware.ts';
import { Timeline } from './timeline.ts';

export interface TraceGuestOptions {
  readonly title: string;
  readonly source: GuestSource;
  /** Most words of undo log: going back further executes anew from the start. */
  readonly undoCapacity?: number;
}

/**
 * The profile a recording asks for. Of QEMU's versions that have no profile of their own the one before counts; machines
 * this version does not model get the vgic's of Linux 4.10.
 */
export function profileFor({ semantics }: TraceHeader): Profile {
  const named = profileNamed(semantics);
  if (named !== null) return named;
  if (!semantics.startsWith('qemu')) return KVM_4_10;
  return Number.parseInt(semantics.slice('qemu-'.length), 10) >= 10 ? ARCH_QEMU_10 : ARCH_QEMU_7_2;
}

/** The controller a recording was made on. */
export function controllerFor(program: TraceProgram, profile: Profile = profileFor(program.header)): Controller {
  const { gic, cpus, spis, lrs, dist, cpuif, redist, its, gich, gicv } = program.header;
  const config: GicConfig = { gic, cpus, spis, lrs, bases: { dist, cpuif, redist, its, gich, gicv } };
  if (profile.policy === undefined) return new Controller(config, profile);
  const told = {
    spis: spisOfRecording(program, profile.policy),
    lrs: listRegistersOfRecording(program),
    hardware: hardwareOfRecording(program),
  };
  return new Controller({ ...config, ...told }, profile);
}

/** A recorded run as a guest: each operation is one entry of time, and so is each edit of the user. */
export class TraceGuest implements Guest {
  readonly kind = 'trace';
  readonly first = 0;
  readonly title: string;
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly capabilities = { stepBack: true, seesAll: true };
  readonly vcpus: readonly VcpuInfo[];
  readonly source: GuestSource;
  readonly #program: TraceProgram;
  readonly #executor: TraceExecutor;
  readonly #undo: UndoLog;
  readonly #timeline: Timeline;
  /** Operations of each vCPU, ascending: index vcpu + 1, so that UNKNOWN_VCPU has a place. */
  readonly #byVcpu: readonly Uint32Array[];
  /** State after reset, to execute anew from. */
  readonly #start: Int32Array;

  constructor(program: TraceProgram, options: TraceGuestOptions) {
    this.title = options.title;
    this.source = options.source;
    this.#program = program;
    this.controller = controllerFor(program);
    this.registers = new RegisterMap(this.controller);
    this.#executor = new TraceExecutor(program, this.controller);
    this.#start = this.controller.state.words.slice();
    this.#undo = this.controller.state.journal(options.undoCapacity);
    this.#timeline = new Timeline(program.length);
    this.#byVcpu = operationsByVcpu(program, this.controller.config.cpus);
    this.vcpus = this.#listVcpus();
  }

  get position(): number {
    return this.#timeline.position;
  }

  get total(): number {
    return this.#timeline.total;
  }

  forward(): Outcome {
    const timeline = this.#timeline;
    if (timeline.position === timeline.total) return Outcome.End;
    const outcome = this.#execute(timeline.position);
    timeline.advance(outcome, outcome === Outcome.Normal ? null : this.#remarkNow());
    return outcome;
  }

  backward(): boolean {
    if (this.position === 0) return false;
    if (this.#undo.undo()) this.#timeline.retreat();
    else this.#executeAnew(this.position - 1);
    return true;
  }

  jump(position: number): void {
    const goal = Math.max(0, Math.min(position, this.total));
    if (this.position - goal > this.#undo.undoable) this.#executeAnew(goal);
    while (this.position > goal) this.backward();
    while (this.position < goal) this.forward();
  }

  foresee(): Outcome {
    if (this.position === this.total) return Outcome.End;
    const outcome = this.#execute(this.position);
    this.#timeline.foreseen = outcome === Outcome.Normal ? null : this.#remarkNow();
    this.#undo.undo();
    return outcome;
  }

  operation(index: number): Operation {
    if (index < 0 || index >= this.total)
      throw new RangeError(`there is no entry ${String(index)} of ${String(this.total)}`);
    const edit = this.#timeline.editAt(index);
    if (edit !== null) return describeEdit(this.controller, edit.steps, edit.text, index);
    return describeOperation(this.controller, this.#program, this.#timeline.operationOf(index), index);
  }

  outcome(index: number): Outcome {
    return this.#timeline.outcome(index);
  }

  remark(index: number): string | null {
    return this.#timeline.remark(index);
  }

  lastEntryOf(vcpu: number, index: number): number {
    const entries = this.#byVcpu[vcpu + 1];
    if (entries === undefined) return -1;
    const before = this.#timeline.operationsBefore(index);
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[middle] as number) < before) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : this.#timeline.entryOf(entries[low - 1] as number);
  }

  edit(steps: readonly EditStep[], text: string): void {
    this.#timeline.insertEdit({ steps, text });
    this.forward();
  }

  #execute(index: number): Outcome {
    const edit = this.#timeline.editAt(index);
    this.#undo.begin();
    if (edit === null) return this.#executor.execute(this.#timeline.operationOf(index));
    for (const step of edit.steps) applyStep(this.controller, step);
    return Outcome.Normal;
  }

  /** For going back beyond the undo log: edits are executed again at their places. */
  #executeAnew(position: number): void {
    this.controller.state.words.set(this.#start);
    this.#undo.clear();
    this.#timeline.rewind();
    while (this.position < position) this.forward();
  }

  #remarkNow(): string | null {
    const { differences, reason } = this.#executor;
    if (differences.length === 0) return reason;
    const shown = differences.slice(0, 4).map(differenceText).join('; ');
    return differences.length > 4 ? `${shown}; and ${String(differences.length - 4)} more` : shown;
  }

  #listVcpus(): VcpuInfo[] {
    const { cpus } = this.controller.config;
    const vcpus: VcpuInfo[] = Array.from({ length: cpus }, (_, id) => ({ id, name: `vCPU ${String(id)}` }));
    if ((this.#byVcpu[0]?.length ?? 0) > 0) vcpus.push({ id: UNKNOWN_VCPU, name: 'CPU unknown' });
    return vcpus;
  }
}

/** "GICD_TYPER ITLinesNumber: the model answers 0x7, the recording says 0x8". */
export function differenceText(difference: Difference): string {
  const { subject, field, expected, got } = difference;
  return `${subject}${field === '' ? '' : ` ${field}`}: the model answers ${got}, the recording says ${expected}`;
}

function operationsByVcpu(program: TraceProgram, cpus: number): Uint32Array[] {
  // Two passes, so that each list has exactly its size. One vCPU leaves no doubt; wires into absent vCPUs are nobody's.
  const bucket = (i: number): number => {
    const cpu = program.cpu[i] as number;
    if (cpu < 0) return cpus === 1 ? 1 : 0;
    return cpu < cpus ? cpu + 1 : 0;
  };
  const counts = new Uint32Array(cpus + 1);
  for (let i = 0; i < program.length; i++) counts[bucket(i)] = (counts[bucket(i)] ?? 0) + 1;
  const lists = Array.from(counts, (length) => new Uint32Array(length));
  counts.fill(0);
  for (let i = 0; i < program.length; i++) {
    const list = lists[bucket(i)] as Uint32Array;
    const used = counts[bucket(i)] ?? 0;
    list[used] = i;
    counts[bucket(i)] = used + 1;
  }
  return lists;
}
