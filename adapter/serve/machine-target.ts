import { MAX_BREAKPOINTS, MAX_WATCHPOINTS } from '../guest/simulated/core/layout.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import {
  TargetError,
  type AddressSpace,
  type FlagsType,
  type Resumption,
  type StubBreakpoint,
  type StubRegister,
  type StubTarget,
  type StubThread,
  type StubWatchpoint,
  type TargetStop,
} from '../rsp/stub/target.ts';
import { gicRegisters } from './gic-registers.ts';
import { readMemory, writeMemory } from './memory.ts';
import { Monitor } from './monitor.ts';
import { cpuRegisters, systemRegisters } from './registers.ts';
import { GuestRun } from './run.ts';
import type { GuestSharing } from './sharing.ts';

/** A simulated guest as GDB debugs it: vCPU n is thread n + 1. */
export class MachineTarget implements StubTarget {
  readonly threads: readonly StubThread[];
  readonly registers: readonly StubRegister[];
  readonly types: readonly FlagsType[];
  readonly #guest: SimulatedGuest;
  readonly #sharing: GuestSharing;
  readonly #run: GuestRun;
  readonly #monitor: Monitor;
  #ended = false;

  constructor(guest: SimulatedGuest, sharing: GuestSharing = {}) {
    this.#guest = guest;
    this.#sharing = sharing;
    this.#run = new GuestRun(guest);
    this.#monitor = new Monitor(guest);
    this.threads = guest.vcpus.map(({ id, name }) => ({ id: id + 1, name }));
    const cpu = cpuRegisters(guest);
    const system = systemRegisters(guest);
    const guarded = [...cpu.registers, ...system.registers].map((one) => this.#guarded(one));
    this.registers = [...guarded, ...gicRegisters(guest)];
    this.types = [...cpu.types, ...system.types];
  }

  /** True while the guest executes on GDB's behalf, or on its own after GDB has left it. */
  get running(): boolean {
    return this.#run.running;
  }

  activity(thread: number): string {
    const { machine } = this.#guest;
    const vcpu = thread - 1;
    if (machine.power(vcpu) !== 'on') return 'powered off';
    return machine.sleeps(vcpu) ? 'waits for an interrupt' : `EL${machine.core.el(vcpu)}`;
  }

  readMemory(thread: number, space: AddressSpace, address: bigint, length: number): Uint8Array {
    return readMemory(this.#guest, { vcpu: thread - 1, space, address }, length);
  }

  writeMemory(thread: number, space: AddressSpace, address: bigint, bytes: Uint8Array): void {
    this.#requireFree();
    writeMemory(this.#guest, { vcpu: thread - 1, space, address }, bytes);
    this.#sharing.changed?.();
  }

  setStops(breakpoints: readonly StubBreakpoint[], watchpoints: readonly StubWatchpoint[]): void {
    const addresses = [...new Set(breakpoints.map(({ address }) => address))];
    if (addresses.length > MAX_BREAKPOINTS)
      throw new TargetError(`at most ${MAX_BREAKPOINTS} breakpoints are possible`);
    if (watchpoints.length > MAX_WATCHPOINTS)
      throw new TargetError(`at most ${MAX_WATCHPOINTS} watchpoints are possible`);
    this.#run.stops = {
      breakpoints: addresses,
      watchpoints: watchpoints.map(({ kind, address, length }) => {
        return { address, length, read: kind !== 'write', write: kind !== 'read' };
      }),
    };
  }

  resume(resumption: Resumption, stopped: (stop: TargetStop) => void): void {
    this.#requireFree();
    if (this.running) throw new TargetError('the guest is running');
    this.#run.start(resumption, (stop) => {
      this.#sharing.changed?.();
      stopped(stop);
      if (stop.kind !== 'exited' || this.#ended) return;
      this.#ended = true;
      this.#sharing.exited?.(stop.code);
    });
  }

  interrupt(): void {
    this.#run.interrupt();
  }

  release(): void {
    this.setStops([], []);
    this.interrupt();
    // Whoever else has it lets it run.
    if (typeof this.#sharing.busy?.() === 'string') return;
    this.resume({ run: this.threads.map(({ id }) => id), step: [] }, () => undefined);
  }

  kill(): void {
    this.interrupt();
    this.#sharing.killed?.();
  }

  command(text: string, thread: number): string {
    const changes = this.#monitor.changes(text);
    if (changes) this.#requireFree();
    const answer = this.#monitor.answer(text, thread - 1);
    if (changes) this.#sharing.changed?.();
    return answer;
  }

  /** @throws TargetError while someone else has the guest */
  #requireFree(): void {
    const reason = this.#sharing.busy?.() ?? null;
    if (reason !== null) throw new TargetError(reason);
  }

  #guarded(one: StubRegister): StubRegister {
    const { write } = one;
    if (write === null) return one;
    return {
      ...one,
      write: (thread, value) => {
        this.#requireFree();
        const taken = write(thread, value);
        this.#sharing.changed?.();
        return taken;
      },
    };
  }
}
