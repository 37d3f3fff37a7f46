import { GuestStateError } from '../../guest/guest.ts';
import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { MachineStop } from '../../guest/machine-guest.ts';
import type { MachineBreakpoints } from '../machine/code-breakpoints.ts';
import type { Cursor } from '../machine/cursor.ts';
import type { Stepper } from '../machine/stepper.ts';
import type { MachineWatchpoints } from '../machine/watchpoints.ts';
import type { Course } from '../run/course.ts';
import type { Leg } from '../run/leg.ts';
import type { Stop } from '../run/stop.ts';
import type { Traps } from '../run/traps.ts';
import { demandOf } from './demand.ts';

/** What a run of a target works with. */
export interface TargetLegParts {
  readonly guest: GdbGuest;
  readonly cursor: Cursor;
  readonly breakpoints: MachineBreakpoints;
  readonly watchpoints: MachineWatchpoints;
  readonly traps: Traps;
  readonly say: (text: string) => void;
}

/** One run of a target behind a stub: freely, by steps of a CPU, or from one access to the controller to the next. */
export class TargetLeg implements Leg {
  readonly idle = false;
  readonly #parts: TargetLegParts;
  readonly #course: Course;
  readonly #stepper: Stepper | null;
  #entries: number;
  #left: number;
  #interrupted = false;

  /** @param stepper set for steps of a CPU */
  constructor(parts: TargetLegParts, course: Course, stepper: Stepper | null) {
    this.#parts = parts;
    this.#course = course;
    this.#stepper = stepper;
    this.#entries = parts.guest.position;
    this.#left = course.entries;
  }

  async advance(): Promise<Stop | null> {
    const { guest } = this.#parts;
    if (this.#course.direction === 'backward') {
      return { reason: 'pause', description: 'A target behind a stub goes forward only', exhausted: true };
    }
    try {
      if (this.#stepper !== null) {
        const meaning = async (one: MachineStop): Promise<Stop | null> => (await this.#meaning(one)) ?? this.#asked();
        const stop = await this.#stepper.advance(meaning);
        return stop === 'arrived' ? { reason: 'step' } : stop;
      }
      const stop = await (this.#course.motion === undefined
        ? guest.toAccess(this.#course.until?.register ?? null)
        : guest.run());
      return await this.#meaning(stop);
    } catch (error) {
      if (!(error instanceof GuestStateError)) throw error;
      return { reason: 'pause', description: error.message, text: error.message };
    }
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#parts.guest.interrupt();
  }

  get moving(): boolean {
    return this.#parts.guest.running;
  }

  /** Single steps are not interrupted, but end. */
  #asked(): Stop | null {
    return this.#interrupted && !this.moving ? { reason: 'pause' } : null;
  }

  /** Fetches what conditions speak of. */
  async #prepare(stop: MachineStop): Promise<void> {
    const { guest, breakpoints } = this.#parts;
    const texts: string[] = [];
    if (stop.kind === 'access' && this.#course.until !== undefined) texts.push(this.#course.until.text);
    if (stop.kind === 'breakpoint') texts.push(...breakpoints.textsAt(guest.cpus.pc(stop.vcpu)));
    if (texts.length > 0) await guest.shadow.bring(demandOf(texts.join(' '), guest));
  }

  async #meaning(stop: MachineStop): Promise<Stop | null> {
    const { guest, cursor, breakpoints, watchpoints } = this.#parts;
    await this.#prepare(stop);
    const remarkable = this.#newEntries();
    switch (stop.kind) {
      case 'budget':
      case 'idle':
        return remarkable;
      case 'halted':
        // An access was made on the way; or the target was stopped by somebody's hand.
        if (guest.running || this.#stepper !== null) return remarkable;
        cursor.vcpu = stop.vcpu;
        return remarkable ?? { reason: 'pause' };
      case 'access': {
        const arrives = this.#atAccess();
        if (arrives) cursor.vcpu = stop.vcpu;
        if (!arrives) return null;
        const { text } = guest.operation(guest.position);
        return { reason: 'step', description: 'Before an access to the controller', text };
      }
      case 'breakpoint': {
        const found = breakpoints.arrive(guest.cpus.pc(stop.vcpu));
        if (found !== null) cursor.vcpu = stop.vcpu;
        return found;
      }
      case 'watchpoint': {
        const found = watchpoints.arrive(stop.address, stop.size, stop.write);
        if (found !== null) cursor.vcpu = stop.vcpu;
        return found;
      }
      case 'off':
      case 'reset':
        this.#parts.say('The target has ended.');
        return { reason: 'pause', ended: 0 };
      case 'exit':
        this.#parts.say(`The target has ended with code ${stop.code}.`);
        return { reason: 'pause', ended: stop.code };
    }
  }

  #atAccess(): boolean {
    const { guest } = this.#parts;
    const { until } = this.#course;
    if (until !== undefined) return until.holds(guest.position);
    return --this.#left <= 0;
  }

  /** What exception filters say of entries made on the way. */
  #newEntries(): Stop | null {
    const { guest, traps } = this.#parts;
    let stop: Stop | null = null;
    for (; this.#entries < guest.position; this.#entries++) {
      const outcome = guest.outcome(this.#entries);
      if ((traps.filters.mask & (1 << outcome)) !== 0) stop ??= traps.filters.arrive(this.#entries, outcome);
    }
    return stop;
  }
}
