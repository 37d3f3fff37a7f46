import type { MachineStop } from '../guest/machine-guest.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { borrowStops, type Stops } from './stops.ts';
import type { Resumption, TargetStop } from '../rsp/stub/target.ts';

/** Instructions between two looks at what GDB has sent: some milliseconds. */
const SLICE = 500_000;
/** The same where vCPUs are stepped one by one. */
const ROUNDS = 20_000;
const IDLE_MILLISECONDS = 5;
/** Exit code told for a reset, which this machine does not carry out. */
const RESET = 1;

/** Lets a guest execute in slices, so that whatever else is there has its turn between them. */
export class GuestRun {
  readonly #guest: SimulatedGuest;
  #stopped: ((stop: TargetStop) => void) | null = null;
  #resumption: Resumption = { run: [], step: [] };
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #exit: TargetStop | null = null;
  /** Where it stops besides. */
  stops: Stops = { breakpoints: [], watchpoints: [] };

  constructor(guest: SimulatedGuest) {
    this.#guest = guest;
  }

  get running(): boolean {
    return this.#stopped !== null;
  }

  /** @param stopped called once, never before this returns */
  start(resumption: Resumption, stopped: (stop: TargetStop) => void): void {
    this.#resumption = resumption;
    this.#stopped = stopped;
    this.#soon();
  }

  interrupt(): void {
    if (this.running) this.#end({ kind: 'interrupted', thread: this.#guest.machine.turn + 1 });
  }

  #soon(): void {
    this.#immediate = setImmediate(() => this.#slice());
  }

  #slice(): void {
    if (this.#exit !== null) {
      this.#end(this.#exit);
      return;
    }
    const stop = borrowStops(this.#guest.machine.core, this.stops, () => this.#advance());
    const end = this.#told(stop);
    if (end !== null) {
      if (end.kind === 'exited') this.#exit = end;
      this.#end(end);
    } else if (stop.kind === 'idle') this.#timer = setTimeout(() => this.#slice(), IDLE_MILLISECONDS);
    else this.#soon();
  }

  #end(stop: TargetStop): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    const stopped = this.#stopped;
    this.#stopped = null;
    stopped?.(stop);
  }

  #advance(): MachineStop {
    const { run, step } = this.#resumption;
    if (step.length === 0 && run.length === this.#guest.vcpus.length) return this.#guest.run(SLICE);
    // A step is one round: those that run meanwhile execute one instruction too, so that nobody waits for them forever.
    const rounds = step.length > 0 ? 1 : ROUNDS;
    for (let round = 0; round < rounds; round++) {
      for (const thread of [...step, ...run]) {
        const vcpu = thread - 1;
        if (!step.includes(thread) && step.length > 0 && this.#guest.machine.sleeps(vcpu)) continue;
        const stop = this.#guest.step(vcpu);
        if (stop.kind !== 'budget') return stop;
      }
    }
    return { kind: 'budget' };
  }

  /** What there is to tell the debugger; null: go on. */
  #told(stop: MachineStop): TargetStop | null {
    const [stepped] = this.#resumption.step;
    switch (stop.kind) {
      case 'breakpoint':
        return { kind: 'breakpoint', thread: stop.vcpu + 1 };
      case 'watchpoint':
        return { kind: 'watchpoint', thread: stop.vcpu + 1, address: stop.address, write: stop.write };
      case 'access':
      case 'halted':
        return { kind: 'trap', thread: stop.vcpu + 1 };
      case 'off':
        return { kind: 'exited', code: 0 };
      case 'exit':
        return { kind: 'exited', code: stop.code };
      case 'reset':
        return { kind: 'exited', code: RESET };
      // Where every vCPU sleeps for good, input or the user's hand may still wake one.
      case 'idle':
      case 'budget':
        return stepped === undefined ? null : { kind: 'trap', thread: stepped };
    }
  }
}
