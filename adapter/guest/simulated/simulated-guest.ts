import { Controller } from '../../gic/controller.ts';
import { applyStep, type EditStep } from '../../gic/edit/step.ts';
import type { CpuFacts } from '../../gic/explain/explanation.ts';
import { RegisterMap } from '../../gic/inspect/register-map.ts';
import type { UndoLog } from '../../gic/journal/undo-log.ts';
import { describeCpuAccess, describeEntry, lastAccessOf, outcomeOfEntry } from '../describe-entry.ts';
import { GuestStateError, Outcome, type Operation, type VcpuInfo } from '../guest.ts';
import type { MachineGuest, MachineStop, WatchedMemory } from '../machine-guest.ts';
import { CoreError } from './core/core-error.ts';
import { Core } from './core/core.ts';
import { cpuFactsOf } from './cpu-facts.ts';
import { SimulatedCpus } from './simulated-cpus.ts';
import { EntryKind, History } from '../history.ts';
import { GicAccess } from './machine/access.ts';
import { Machine, type MachineConfig } from './machine/machine.ts';
import type { Remark } from './machine/remark.ts';

export interface SimulatedGuestOptions {
  readonly title: string;
  /** Entries that are remembered, and can be gone back through. */
  readonly remembered?: number;
}

/** What a guest's machine says to the world: its console, and what is remarkable about it. */
export interface GuestConsole {
  /** Bytes out of the UART, or written by semihosting. */
  output(bytes: Uint8Array): void;
  remark(remark: Remark): void;
}

/** Who follows a run, entry by entry. */
export interface GuestListener {
  /**
   * An entry has been made: true stops behind it.
   * @param entry its index
   */
  entered(entry: number): boolean;
}

/** Entries remembered unless told otherwise. */
const REMEMBERED = 10_000;

/**
 * A simulated machine as a guest: each access to the interrupt controller and each change of a wire is an entry of time,
 * and so is each edit of the user. Going back undoes entries on the controller; the CPUs stay where they are.
 *
 * `controller` is what views read: the state as it would be with every vCPU out of the guest, so that an interrupt in a
 * list register shows as pending or active. The machine runs on another one.
 */
export class SimulatedGuest implements MachineGuest {
  readonly kind = 'simulated';
  readonly title: string;
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly capabilities = { stepBack: true, seesAll: true };
  readonly vcpus: readonly VcpuInfo[];
  readonly machine: Machine;
  readonly cpus: SimulatedCpus;
  readonly #history: History;
  readonly #undo: UndoLog;
  readonly #systemNames = new Map<number, string>();
  #listener: GuestListener | null = null;
  #console: GuestConsole | null = null;
  /** Entries that were undone. */
  #behind = 0;
  /** The machine stands before an access: it is shown as the entry to come. */
  #pending = false;

  private constructor(machine: Machine, options: SimulatedGuestOptions) {
    this.machine = machine;
    this.cpus = new SimulatedCpus(machine);
    this.title = options.title;
    const real = machine.gic.controller;
    this.controller = new Controller(real.config, real.profile);
    this.registers = new RegisterMap(this.controller);
    this.#history = new History(options.remembered ?? REMEMBERED);
    this.#undo = real.state.journal();
    const { vcpus } = machine.config;
    this.vcpus = Array.from({ length: vcpus }, (_, id) => ({ id, name: `vCPU ${String(id)}` }));
    this.refresh();
  }

  /** @throws VirtConfigError, GicConfigError, CoreError for a machine that cannot be */
  static async create(
    module: WebAssembly.Module,
    config: MachineConfig,
    options: SimulatedGuestOptions,
  ): Promise<SimulatedGuest> {
    const entries = new EntryRecorder();
    const machine = await Machine.create(module, config, entries);
    const guest = new SimulatedGuest(machine, options);
    entries.guest = guest;
    return guest;
  }

  /** Where the guest's output goes. */
  connect(console: GuestConsole): void {
    this.#console = console;
  }

  /** Who hears of its entries. */
  listen(listener: GuestListener | null): void {
    this.#listener = listener;
  }

  get position(): number {
    return this.#history.count - this.#behind;
  }

  get first(): number {
    return this.#history.first;
  }

  get total(): number {
    return this.#history.count + (this.#pending ? 1 : 0);
  }

  /** Whether the controller shows the present: the CPUs can go on. */
  get present(): boolean {
    return this.#behind === 0;
  }

  /** Redoes one entry of the past. The present goes on by `run`. */
  forward(): Outcome {
    if (this.#behind === 0) return Outcome.End;
    this.#undo.redo();
    this.#behind--;
    this.refresh();
    return this.#decided(this.position - 1);
  }

  backward(): boolean {
    if (this.position <= this.first || !this.#undo.undo()) return false;
    this.#behind++;
    this.refresh();
    return true;
  }

  jump(position: number): void {
    const goal = Math.max(this.first, Math.min(position, this.#history.count));
    while (this.position > goal && this.backward());
    while (this.position < goal) this.forward();
  }

  foresee(): Outcome {
    if (this.#behind > 0) return this.#decided(this.position);
    return this.#pending ? Outcome.Normal : Outcome.End;
  }

  /** Back to the present, where the CPUs are. */
  toPresent(): void {
    this.jump(this.#history.count);
  }

  /**
   * Runs the machine from the present on.
   * @param limit instructions at most
   */
  run(limit: number): MachineStop {
    this.toPresent();
    this.#pending = false;
    return this.#arrived(this.machine.run(limit));
  }

  /** Executes one instruction of a vCPU. */
  step(vcpu: number): MachineStop {
    this.toPresent();
    this.#pending = false;
    return this.#arrived(this.machine.step(vcpu));
  }

  setBreakpoints(addresses: readonly bigint[]): void {
    this.machine.core.stops.setBreakpoints(addresses);
  }

  /** @throws GuestStateError for more than there can be */
  setWatchpoints(watched: readonly WatchedMemory[]): void {
    try {
      this.machine.core.stops.setWatchpoints(watched);
    } catch (error) {
      throw error instanceof CoreError ? new GuestStateError(error.message) : error;
    }
  }

  #arrived(stop: MachineStop): MachineStop {
    this.#pending = stop.kind === 'access';
    return stop;
  }

  /** Asks something of the access that is about to be made, as if the machine had stopped before it. */
  lookAhead<T>(ask: () => T): T {
    this.#pending = true;
    try {
      return ask();
    } finally {
      this.#pending = false;
    }
  }

  /** Brings what views read up to the machine's state. */
  refresh(): void {
    this.machine.gic.show(this.controller);
  }

  operation(index: number): Operation {
    if (index < this.first || index >= this.total) {
      throw new RangeError(`there is no entry ${String(index)} of ${String(this.total)}`);
    }
    if (index === this.#history.count) return this.#describePending(index);
    return describeEntry(this.controller, this.#history, index, this.#nameOf);
  }

  #describePending(index: number): Operation {
    const { vcpu, address, encoding, size, write, low, high, pc } = this.machine.port.access;
    const value = write ? (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) : null;
    const isSystemRegister = encoding >= 0;
    const access = { vcpu, place: isSystemRegister ? encoding : address, isSystemRegister, write, size, value };
    const described = describeCpuAccess(this.controller, access, this.#nameOf);
    return { ...described, index, origin: 'guest', line: null, note: null, pc };
  }

  readonly #nameOf = (encoding: number): string => {
    let name = this.#systemNames.get(encoding);
    if (name === undefined) {
      name = this.machine.gic.systemRegister(encoding)?.name ?? Core.registerName(encoding);
      this.#systemNames.set(encoding, name);
    }
    return name;
  };

  outcome(index: number): Outcome {
    return index < this.position ? this.#decided(index) : Outcome.Ahead;
  }

  remark(): string | null {
    return null;
  }

  cpuFacts(vcpu: number): CpuFacts {
    return cpuFactsOf(this.controller, this.machine.core, vcpu, this.present);
  }

  lastEntryOf(vcpu: number, index: number): number {
    return lastAccessOf(this.#history, vcpu, index);
  }

  /** @throws GuestStateError where the controller shows the past */
  edit(steps: readonly EditStep[], text: string): void {
    if (this.#behind > 0) {
      throw new GuestStateError(
        `the controller shows the past, ${String(this.#behind)} accesses back: go forward to the present to edit`,
      );
    }
    this.#undo.begin();
    this.#history.pushEdit({ steps, text }, this.machine.ticks);
    this.machine.outside(() => {
      for (const step of steps) applyStep(this.machine.gic.controller, step);
    });
    this.#pending = false;
    this.refresh();
  }

  /** An access is about to be made. */
  begin(access: GicAccess): void {
    const { vcpu, pc, address, encoding, size, write } = access;
    this.#undo.begin();
    if (encoding < 0) this.#push(write ? EntryKind.Write : EntryKind.Read, vcpu, pc, address, size);
    else this.#push(write ? EntryKind.RegisterWrite : EntryKind.Register, vcpu, pc, encoding, size);
  }

  /** It has been made. */
  finish(access: GicAccess): boolean {
    this.#history.settle(access.low, access.high);
    return this.#listener?.entered(this.#history.count - 1) ?? false;
  }

  wire(intid: number, vcpu: number, level: boolean): void {
    this.#undo.begin();
    this.#push(EntryKind.Wire, vcpu, 0n, intid, 0);
    this.#history.settle(level ? 1 : 0, 0);
    this.#listener?.entered(this.#history.count - 1);
  }

  output(bytes: Uint8Array): void {
    this.#console?.output(bytes);
  }

  remarked(remark: Remark): void {
    this.#console?.remark(remark);
  }

  #push(kind: EntryKind, vcpu: number, pc: bigint, address: number, size: number): void {
    this.#history.push(kind, vcpu, pc, address, size, this.machine.ticks);
  }

  #decided(entry: number): Outcome {
    return this.#history.outcome(entry, (one) => outcomeOfEntry(this.controller, this.#history, one, this.#nameOf));
  }
}

/** Passes on what a machine tells to the guest that is made around it. */
class EntryRecorder {
  guest: SimulatedGuest | null = null;

  output(byte: number): void {
    this.guest?.output(Uint8Array.of(byte));
  }

  semihosting(bytes: Uint8Array): void {
    this.guest?.output(bytes);
  }

  accessing(access: GicAccess): void {
    this.guest?.begin(access);
  }

  accessed(access: GicAccess): boolean {
    return this.guest?.finish(access) ?? false;
  }

  wire(intid: number, vcpu: number, level: boolean): void {
    this.guest?.wire(intid, vcpu, level);
  }

  remark(remark: Remark): void {
    this.guest?.remarked(remark);
  }
}
