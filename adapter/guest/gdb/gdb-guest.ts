import { Controller } from '../../gic/controller.ts';
import type { EditStep } from '../../gic/edit/step.ts';
import type { PlacedRegister, RegisterMap } from '../../gic/inspect/register-map.ts';
import type { RspClient } from '../../rsp/client/client.ts';
import type { StopReply } from '../../rsp/client/stop-reply.ts';
import type { StopPoint } from '../../rsp/client/stops.ts';
import { dropsWrites } from './dropped-writes.ts';
import { GuestStateError, Outcome, type EditModel, type Operation, type VcpuInfo } from '../guest.ts';
import type { MachineGuest, MachineStop, WatchedMemory } from '../machine-guest.ts';
import type { InterfaceRegisters } from './borrow/interface-registers.ts';
import { cpuFactsOf, type CpuFacts } from './cpu-facts.ts';
import { Divergence } from './divergence/divergence.ts';
import type { KnownOfTarget } from './divergence/shape.ts';
import type { Execution } from './execution.ts';
import type { FrameAccess } from './frame-access.ts';
import { FrameMappings } from './frame-mapping.ts';
import { elementsIn, valueOf, valuesAround } from './observed-access.ts';
import { SeenAccesses, type PendingAccess, type Seen } from './seen-accesses.ts';
import type { Shadow } from './shadow.ts';
import { Standing } from './standing.ts';
import type { TargetCpus } from './target-cpus.ts';
import { readBack, refuseOthers, writeSteps } from './target-edit.ts';
import { overlaps, watchOf } from './watched.ts';

/** What a guest behind a stub is made of. */
export interface GdbGuestParts {
  readonly title: string;
  readonly client: RspClient;
  readonly cpus: TargetCpus;
  readonly execution: Execution;
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly access: FrameAccess;
  readonly shadow: Shadow;
  /** GICv3's CPU interface; null on GICv2, where it is a frame. */
  readonly interfaceRegisters: InterfaceRegisters | null;
  /** Finds where the CPUs map the frames now. */
  readonly locate: () => Promise<FrameMappings>;
  /** Told when CPUs go on: all of them, or one by a step. */
  readonly departed: (moved: 'all' | 'one') => void;
  /** What a model that predicts the target is made by. */
  readonly known: KnownOfTarget;
}

/** Milliseconds of a run after which it is said that nothing has stopped it yet. */
const SLICE = 50;
const BREAKPOINT_BYTES = 4;
const DROPS_WRITES =
  'The stub answers OK to writes of registers and drops them, as QEMU before 10 does at virtual addresses: ' +
  'set "memoryAccess" to "physical" in the launch configuration, or use a newer QEMU.';

/** What a run is for. */
type Goal = 'continue' | 'access';

/**
 * A target behind a GDB stub. Its registers are read as views ask for them, and forgotten as it goes on. An entry of time
 * is an access to the controller that was stepped to, or an edit: what the target does while it runs freely is not seen.
 */
export class GdbGuest implements MachineGuest {
  readonly kind = 'gdb';
  readonly title: string;
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly capabilities = { stepBack: false, seesAll: false };
  readonly vcpus: readonly VcpuInfo[];
  readonly cpus: TargetCpus;
  readonly shadow: Shadow;
  readonly interfaceRegisters: InterfaceRegisters | null;
  /** Where target and model differ. */
  readonly divergence: Divergence;
  readonly #client: RspClient;
  readonly #execution: Execution;
  readonly #access: FrameAccess;
  readonly #locate: () => Promise<FrameMappings>;
  readonly #departed: GdbGuestParts['departed'];
  readonly #seen: SeenAccesses;
  readonly #standing: Standing;
  #breakpoints: readonly bigint[] = [];
  #watched: readonly WatchedMemory[] = [];
  #mappings = new FrameMappings([]);
  /** The register whose accesses a run is to stop at. */
  #wanted: string | null = null;
  #left = false;
  #dropsWrites: boolean | null = null;
  /** Somebody wants it to stop, where it has not been set going yet. */
  #stopWanted = false;
  /** A run ends where target and model are found to differ. */
  stopsAtFindings = false;

  constructor(parts: GdbGuestParts) {
    this.title = parts.title;
    this.controller = parts.controller;
    this.registers = parts.registers;
    this.cpus = parts.cpus;
    this.shadow = parts.shadow;
    this.interfaceRegisters = parts.interfaceRegisters;
    this.#client = parts.client;
    this.#execution = parts.execution;
    this.#access = parts.access;
    this.#locate = parts.locate;
    this.#departed = parts.departed;
    this.#seen = new SeenAccesses(parts.controller);
    this.#standing = new Standing(parts.cpus);
    this.divergence = new Divergence({ ...parts, seen: this.#seen });
    this.vcpus = parts.cpus.threads.map((_, id) => ({ id, name: `vCPU ${id}` }));
  }

  get position(): number {
    return this.#seen.position;
  }

  get first(): number {
    return this.#seen.first;
  }

  get total(): number {
    return this.#seen.total;
  }

  get running(): boolean {
    return this.#execution.running;
  }

  /** Nobody is there any more to say goodbye to: it has ended, or was left. */
  get left(): boolean {
    return this.#left;
  }

  /** Time goes on in the target alone: `run`, `toAccess`. */
  forward(): Outcome {
    return Outcome.End;
  }

  backward(): boolean {
    return false;
  }

  jump(): void {
    // A target goes nowhere but on.
  }

  foresee(): Outcome {
    return this.#seen.pending === null ? Outcome.End : Outcome.Normal;
  }

  refresh(): void {
    // Views ask for what they look at: it is read then.
  }

  setBreakpoints(addresses: readonly bigint[]): void {
    this.#breakpoints = addresses;
  }

  setWatchpoints(watched: readonly WatchedMemory[]): void {
    this.#watched = watched;
  }

  #forget(reason?: string): void {
    this.shadow.forget(reason);
    this.interfaceRegisters?.forget();
    this.divergence.moved();
  }

  /** Fetches what a session needs at a stop. @throws RspError where the connection is gone */
  async arrive(vcpu = 0): Promise<void> {
    this.#forget();
    await this.cpus.fetchAll(vcpu);
    await this.cpus.fetchActivities();
  }

  /** Lets the target run, and waits a while for its stop. */
  run(): Promise<MachineStop> {
    return this.#advance('continue');
  }

  /**
   * The same, up to the next access of any vCPU to the controller.
   * @param register the only one that matters, by name: then the target runs through accesses to others; null: all do
   */
  toAccess(register: string | null = null): Promise<MachineStop> {
    this.#wanted = register;
    return this.#advance('access');
  }

  async #advance(goal: Goal): Promise<MachineStop> {
    if (!this.#execution.isUnderWay) {
      this.#stopWanted = false;
      const stop = await this.#begin(goal);
      if (stop !== null) return stop;
    }
    const end = await this.#execution.wait(SLICE);
    if (end === null) return { kind: 'budget' };
    return this.#meaning(end.stop);
  }

  /** @returns a stop on the first step, or before anything has happened */
  async #begin(goal: Goal): Promise<MachineStop | null> {
    const { count } = this.divergence;
    for (const vcpu of this.vcpus.keys()) {
      const stop = await this.#stepOff(vcpu);
      if (stop !== null) return stop;
      if (this.#stopWanted || (this.stopsAtFindings && this.divergence.count > count)) return { kind: 'halted', vcpu };
    }
    const points: StopPoint[] = [
      ...this.#breakpoints.map((address) => ({ kind: 'software' as const, address, length: BREAKPOINT_BYTES })),
      ...this.#watched.map(watchOf),
    ];
    if (goal === 'access') {
      points.push(...(await this.#watchFrames()));
      const stop = this.#wanted === null ? await this.#otherBeforeAccess() : null;
      if (stop !== null) return stop;
    }
    await this.divergence.look();
    this.divergence.ran(goal === 'access' && this.#wanted === null);
    this.#forget('the target runs');
    this.#departed('all');
    await this.#execution.begin(points);
    if (this.#stopWanted) this.#execution.interrupt();
    return null;
  }

  /** A vCPU that stands at a breakpoint, or before an access, would stop there again at once. */
  async #stepOff(vcpu: number): Promise<MachineStop | null> {
    const isPending = this.#seen.pending?.vcpu === vcpu;
    if (!isPending && !this.#breakpoints.includes(this.cpus.pc(vcpu))) return null;
    const stop = await this.step(vcpu);
    return stop.kind === 'budget' || stop.kind === 'halted' ? null : stop;
  }

  /**
   * A CPU that stood before an access when another one stopped them all: QEMU lets it make the access before it stops
   * again, and nobody would have seen it.
   */
  async #otherBeforeAccess(): Promise<MachineStop | null> {
    const pending = this.vcpus.length === 1 ? null : await this.#standing.firstAtFrame(this.#mappings);
    if (pending === null) return null;
    this.#seen.pending = pending;
    return { kind: 'access', vcpu: pending.vcpu };
  }

  async #watchFrames(): Promise<StopPoint[]> {
    this.#mappings = await this.#locate();
    const placed = this.#wanted === null ? [] : this.registers.named(this.#wanted);
    const parts = placed.length === 0 ? this.#mappings.all : placed.flatMap((one) => this.#mappings.of(one));
    if (parts.length === 0) {
      throw new GuestStateError(
        'No CPU maps the frames of the interrupt controller yet: their accesses cannot be watched. Run on until it does.',
      );
    }
    return parts.map(({ virtual, size }) => ({ kind: 'access', address: virtual, length: size }));
  }

  /**
   * Executes one instruction of a vCPU; an access it stands before becomes an entry.
   * @throws GuestStateError where the vCPU executes nothing
   */
  async step(vcpu: number): Promise<MachineStop> {
    await this.divergence.look();
    const pending = this.#seen.pending?.vcpu === vcpu ? this.#seen.pending : await this.#foreseen(vcpu);
    const before = pending === null ? [] : await valuesAround(pending, this);
    const place = this.cpus.pc(vcpu);
    this.#seen.pending = null;
    this.#forget();
    this.#departed('one');
    const { stop, interrupted } = await this.#execution.step(vcpu);
    if (stop.kind !== 'stopped') return this.#meaning(stop);
    await this.cpus.fetchAll(vcpu);
    if (interrupted !== null && this.cpus.pc(vcpu) === place) {
      // It was stopped before it could: what it stood before is before it still.
      this.#seen.pending = pending;
      if (interrupted === 'asked') return { kind: 'halted', vcpu };
      throw new GuestStateError(`vCPU ${vcpu} executes nothing: it is powered off, or waits for an interrupt.`);
    }
    if (pending === null) return { kind: 'budget' };
    // Loads and stores go on behind themselves. A stub that went farther tells registers of a later moment.
    const isOne = this.cpus.pc(vcpu) === BigInt.asUintN(64, place + 4n);
    if (!isOne) this.divergence.missed('A step went farther than the access');
    await this.#record(pending, before, isOne);
    await this.divergence.look();
    return { kind: 'halted', vcpu };
  }

  /** What a step is about to do to the controller, where somebody compares it: it need not have been stopped at. */
  async #foreseen(vcpu: number): Promise<PendingAccess | null> {
    if (!this.divergence.isWatched) return null;
    if (await this.#standing.usesInterface(vcpu)) this.divergence.missedInterface();
    return this.#standing.frameAccessAt(vcpu, await this.#locate());
  }

  /** @param isOne the access, and nothing after it */
  async #record(pending: PendingAccess, before: readonly (bigint | null)[], isOne: boolean): Promise<void> {
    const { vcpu, access, elements } = pending;
    const after = await valuesAround(pending, this);
    const seen = elements.map((element, i): Seen => {
      const was = before[i] ?? null;
      const isKnown = isOne || access.kind === 'store';
      const value = isKnown ? valueOf(access, element, (name) => this.cpus.register(vcpu, name), was) : null;
      return { value, before: was, after: after[i] ?? null };
    });
    this.#seen.record(pending, seen);
    this.divergence.accessed(pending, seen);
  }

  /** What a stop of the target is: to be told to whoever let it run. */
  async #meaning(stop: StopReply): Promise<MachineStop> {
    if (stop.kind !== 'stopped') this.#left = true;
    if (stop.kind === 'exited') return stop.code === 0 ? { kind: 'off' } : { kind: 'exit', code: stop.code };
    if (stop.kind === 'signalled') return { kind: 'exit', code: 128 + stop.signal };
    const vcpu = stop.thread === null ? 0 : Math.max(this.cpus.vcpuOf(stop.thread), 0);
    await this.arrive(vcpu);
    const pc = this.cpus.pc(vcpu);
    await this.#lookAtMappings();
    const meaning = await this.#placeOfStop(vcpu, pc, stop.watch?.address ?? null);
    await this.divergence.look();
    return meaning;
  }

  async #placeOfStop(vcpu: number, pc: bigint, watched: bigint | null): Promise<MachineStop> {
    if (watched !== null) return this.#watchHit(vcpu, pc, watched);
    if (this.#breakpoints.includes(pc)) return { kind: 'breakpoint', vcpu };
    return { kind: 'halted', vcpu };
  }

  /** Frames that were mapped elsewhere meanwhile may have been accessed there. */
  async #lookAtMappings(): Promise<void> {
    if (!this.divergence.isWatched) return;
    if (!(await this.#locate()).isLike(this.#mappings)) {
      this.divergence.missed('The frames are mapped elsewhere than where they were watched');
    }
  }

  /** The stub tells where what is watched begins; the instruction tells what it is about to do. */
  async #watchHit(vcpu: number, pc: bigint, watched: bigint): Promise<MachineStop> {
    const access = await this.#standing.accessAt(vcpu);
    if (access !== null) {
      const elements = elementsIn(access, this.#mappings);
      if (elements.length > 0) {
        this.#seen.pending = { vcpu, pc, access, elements };
        return { kind: 'access', vcpu };
      }
    }
    const address = access?.address ?? watched;
    const size = access?.elements.reduce((sum, element) => sum + element.size, 0) ?? 1;
    // QEMU may tell of a watchpoint that a CPU met while another one stopped the machine, when that CPU is elsewhere by now.
    if (!this.#watched.some((one) => overlaps(one, address, size))) {
      this.divergence.missed('A CPU made an access before it could be stopped');
      return { kind: 'budget' };
    }
    return { kind: 'watchpoint', vcpu, address, size, write: access !== null && access.kind !== 'load' };
  }

  /** Asks a target that runs to stop. */
  interrupt(): void {
    this.#stopWanted = true;
    this.#execution.interrupt();
  }

  operation(index: number): Operation {
    return this.#seen.operation(index);
  }

  outcome(index: number): Outcome {
    return this.#seen.outcome(index);
  }

  remark(index: number): string | null {
    return this.#seen.remark(index);
  }

  lastEntryOf(vcpu: number, index: number): number {
    return this.#seen.lastEntryOf(vcpu, index);
  }

  unknown(register: PlacedRegister, vcpu: number): string | null {
    return this.shadow.unknown(register, vcpu);
  }

  cpuFacts = (vcpu: number): CpuFacts => cpuFactsOf(this, vcpu);

  /**
   * Makes an edit's accesses on the target, each once, and reads back what it kept.
   * @throws GuestStateError where it cannot be made, the target refuses it, or what came of it is not known
   */
  async edit(steps: readonly EditStep[], text: string): Promise<void> {
    if (this.running) throw new GuestStateError('the target runs: pause it first');
    refuseOthers(steps);
    await this.divergence.beforeEdit(steps);
    try {
      await writeSteps(steps, this.shadow, this.#access);
    } finally {
      this.#seen.recordEdit(steps, text);
      this.divergence.edited(steps);
      this.#forget();
    }
    await readBack(steps, this.shadow);
    await this.divergence.afterEdit(steps);
  }

  /** What edits are tried on. */
  get model(): EditModel | null {
    return this.divergence.model;
  }

  /** Why an edit was answered OK, and nothing came of it. */
  async whyIgnored(): Promise<string | null> {
    this.#dropsWrites ??= await dropsWrites(this.controller, this.registers, this.shadow, this.#access);
    return this.#dropsWrites === true ? DROPS_WRITES : null;
  }

  /** Leaves the target, which runs on. */
  async detach(): Promise<void> {
    if (this.#left) {
      // A stub may keep the line of a target that has ended.
      this.#client.close();
      return;
    }
    this.#left = true;
    if (!(await this.#execution.halt())) this.#client.close();
    else await this.#client.detach(this.cpus.threads[0]?.process ?? null);
  }

  /** Ends the target. */
  async kill(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    await this.#client.kill();
  }
}
