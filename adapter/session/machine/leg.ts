import type { MachineStop } from '../../guest/machine-guest.ts';
import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import type { Course } from '../run/course.ts';
import type { Leg } from '../run/leg.ts';
import { RecordedLeg } from '../run/leg.ts';
import type { Stop } from '../run/stop.ts';
import type { Traps } from '../run/traps.ts';
import type { MachineBreakpoints } from './code-breakpoints.ts';
import type { Cursor } from './cursor.ts';
import type { Stepper } from './stepper.ts';
import type { MachineWatchpoints } from './watchpoints.ts';

/** Instructions between two looks at what the client wants meanwhile: some tens of milliseconds. */
const SLICE = 2_000_000;

/** What a run of a machine works with. */
export interface MachineLegParts {
  readonly guest: SimulatedGuest;
  readonly cursor: Cursor;
  readonly breakpoints: MachineBreakpoints;
  readonly watchpoints: MachineWatchpoints;
  readonly traps: Traps;
  /** Says something to the user. */
  readonly say: (text: string) => void;
}

/**
 * One run of a machine: backward, and forward up to the present, over the entries of the past; from there on the CPUs
 * run.
 */
export class MachineLeg implements Leg {
  readonly #parts: MachineLegParts;
  readonly #course: Course;
  readonly #past: RecordedLeg | null;
  readonly #stepper: Stepper | null;
  /** A stop that an entry asked for, behind its instruction. */
  #wanted: Stop | null = null;
  #accesses = 0;
  #saidIdle = false;
  idle = false;

  /** @param stepper set for steps of a CPU */
  constructor(parts: MachineLegParts, course: Course, stepper: Stepper | null) {
    this.#parts = parts;
    this.#course = course;
    this.#stepper = stepper;
    const { guest, traps } = parts;
    const inPast = course.direction === 'backward' || (course.motion === undefined && !guest.present);
    this.#past = inPast ? new RecordedLeg(guest, traps, course) : null;
    traps.data.rebase();
  }

  async advance(budget: number): Promise<Stop | null> {
    const { guest } = this.#parts;
    if (this.#past !== null && (this.#course.direction === 'backward' || !guest.present)) {
      const stop = this.#past.advance(budget);
      if (stop === null) return null;
      if (stop.exhausted !== true) return stop;
      if (this.#course.direction === 'backward') {
        return { ...stop, description: 'Nothing further back is remembered' };
      }
    }
    this.idle = false;
    try {
      return await this.#present();
    } finally {
      guest.machine.port.stopBefore(null);
      guest.listen(null);
      guest.refresh();
    }
  }

  async #present(): Promise<Stop | null> {
    const { guest } = this.#parts;
    guest.toPresent();
    this.#listen();
    if (this.#stepper !== null) {
      const stop = await this.#stepper.advance((machineStop) => this.#meaning(machineStop));
      return stop === 'arrived' ? this.#arrived() : stop;
    }
    if (this.#course.motion === undefined) guest.machine.port.stopBefore(() => this.#atAccess());
    return this.#meaning(guest.run(SLICE));
  }

  /** A step that ends before an access shows it; any other ends plainly. */
  #arrived(): Stop {
    return { reason: 'step' };
  }

  #listen(): void {
    const { guest, traps } = this.#parts;
    const { data, filters } = traps;
    guest.listen({
      entered: (entry) => {
        let stop: Stop | null = null;
        if (data.armed) {
          guest.refresh();
          if (data.changed()) stop = data.settle(entry);
        }
        if (filters.mask !== 0) {
          const outcome = guest.outcome(entry);
          if ((filters.mask & (1 << outcome)) !== 0) stop ??= filters.arrive(entry, outcome);
        }
        this.#wanted ??= stop;
        return stop !== null;
      },
    });
  }

  /** Asked before an access to the controller, on a way over accesses. */
  #atAccess(): boolean {
    const { guest } = this.#parts;
    const { until, entries } = this.#course;
    if (until !== undefined) {
      guest.refresh();
      return guest.lookAhead(() => until.holds(guest.position));
    }
    return ++this.#accesses >= entries;
  }

  /** What a machine's stop means to the user; null: nothing, go on. */
  #meaning(stop: MachineStop): Stop | null {
    const { guest, cursor, breakpoints } = this.#parts;
    switch (stop.kind) {
      case 'budget':
        return this.#takeWanted();
      case 'halted':
        cursor.vcpu = stop.vcpu;
        return this.#takeWanted();
      case 'access':
        cursor.vcpu = stop.vcpu;
        return { reason: 'step', description: 'Before an access to the controller' };
      case 'breakpoint': {
        const found = breakpoints.arrive(guest.machine.core.pc(stop.vcpu));
        if (found !== null) cursor.vcpu = stop.vcpu;
        return found;
      }
      case 'watchpoint': {
        const found = this.#parts.watchpoints.arrive(stop.address, stop.size, stop.write);
        if (found !== null) cursor.vcpu = stop.vcpu;
        return found;
      }
      case 'idle':
        this.idle = true;
        if (!this.#saidIdle) this.#parts.say(stop.listens ? IDLE_LISTENS : IDLE);
        this.#saidIdle = true;
        return this.#takeWanted();
      case 'off':
        this.#parts.say('The guest powered its machine off.');
        return { reason: 'pause', ended: 0 };
      case 'reset':
        this.#parts.say('The guest asked for a reset: the session ends here.');
        return { reason: 'pause', ended: 0 };
      case 'exit':
        this.#parts.say(`The guest exited with code ${stop.code}.`);
        return { reason: 'pause', ended: stop.code };
    }
  }

  #takeWanted(): Stop | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }
}

const IDLE = 'Every vCPU waits for an interrupt, and none is on its way: pause to look why.';
const IDLE_LISTENS =
  'Every vCPU waits for an interrupt: type into the terminal of the UART, or pause to look why none is on its way.';
