import { findingText, type Finding } from '../../guest/gdb/divergence/finding.ts';
import { GuestStateError, type Operation } from '../../guest/guest.ts';
import type { GdbGuest } from '../../guest/gdb/gdb-guest.ts';
import type { MachineStop } from '../../guest/machine-guest.ts';
import type { MachineBreakpoints } from '../machine/code-breakpoints.ts';
import type { Cursor } from '../machine/cursor.ts';
import type { Stepper } from '../machine/stepper.ts';
import type { MachineWatchpoints } from '../machine/watchpoints.ts';
import type { Course } from '../run/course.ts';
import type { Leg } from '../run/leg.ts';
import { mergeStops, type Stop } from '../run/stop.ts';
import type { Traps } from '../run/traps.ts';
import { factsOf } from '../views/divergence.ts';
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
  /** The latest finding that was looked at. */
  #finding: number;
  #interrupted = false;
  #isUnwatchable = false;

  /** @param stepper set for steps of a CPU */
  constructor(parts: TargetLegParts, course: Course, stepper: Stepper | null) {
    this.#parts = parts;
    this.#course = course;
    this.#stepper = stepper;
    this.#entries = parts.guest.position;
    this.#left = course.entries;
    this.#finding = parts.guest.divergence.count;
    parts.guest.divergence.depart();
    parts.guest.stopsAtFindings = parts.traps.filters.divergence;
  }

  async advance(): Promise<Stop | null> {
    if (this.#course.direction === 'backward') {
      return { reason: 'pause', description: 'A target behind a stub goes forward only', exhausted: true };
    }
    try {
      if (this.#stepper !== null) {
        const meaning = async (one: MachineStop): Promise<Stop | null> => (await this.#meaning(one)) ?? this.#asked();
        const stop = await this.#stepper.advance(meaning);
        return stop === 'arrived' ? { reason: 'step' } : stop;
      }
      return await this.#meaning(await this.#run());
    } catch (error) {
      if (!(error instanceof GuestStateError)) throw error;
      return { reason: 'pause', description: error.message, text: error.message };
    }
  }

  #run(): Promise<MachineStop> {
    const { guest } = this.#parts;
    if (this.#course.motion === undefined) return guest.toAccess(this.#course.until?.register ?? null);
    return this.#isWatched ? this.#runWatched() : guest.run();
  }

  /** All accesses are to be seen on the way, for the sake of what differs. */
  get #isWatched(): boolean {
    return this.#parts.traps.filters.divergence && !this.#isUnwatchable;
  }

  /** From access to access: freely where no CPU maps the frames yet. */
  async #runWatched(): Promise<MachineStop> {
    const { guest, say } = this.#parts;
    try {
      return await guest.toAccess();
    } catch (error) {
      if (!(error instanceof GuestStateError)) throw error;
      this.#isUnwatchable = true;
      say(`Target and model are not compared on the way: ${error.message}`);
      return guest.run();
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
    const hasFindings = guest.divergence.count > this.#finding;
    const remarkable = this.#newFindings() ?? this.#newEntries();
    switch (stop.kind) {
      case 'budget':
      case 'idle':
        return remarkable;
      case 'halted':
        // An access was made on the way; or the target was stopped by somebody's hand.
        if (guest.running || this.#stepper !== null) return remarkable;
        // It stopped for what differs, and the filter lets that pass.
        if (remarkable === null && hasFindings && this.#isWatched && !this.#interrupted) return null;
        cursor.vcpu = stop.vcpu;
        return remarkable ?? { reason: 'pause' };
      case 'access': {
        const arrives = this.#atAccess();
        if (arrives || remarkable !== null) cursor.vcpu = stop.vcpu;
        if (!arrives || remarkable !== null) return remarkable;
        const { text } = guest.operation(guest.position);
        return { reason: 'step', description: 'Before an access to the controller', text };
      }
      case 'breakpoint': {
        const found = breakpoints.arrive(guest.cpus.pc(stop.vcpu));
        if (found !== null) cursor.vcpu = stop.vcpu;
        return mergeStops([remarkable, found].filter((one) => one !== null));
      }
      case 'watchpoint': {
        const found = watchpoints.arrive(stop.address, stop.size, stop.write);
        if (found !== null) cursor.vcpu = stop.vcpu;
        return mergeStops([remarkable, found].filter((one) => one !== null));
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

  /** What the exception filter says of differences found on the way. */
  #newFindings(): Stop | null {
    const { guest, traps } = this.#parts;
    let stop: Stop | null = null;
    for (const finding of guest.divergence.findings) {
      if (finding.id <= this.#finding) continue;
      this.#finding = finding.id;
      if (!traps.filters.divergence) continue;
      stop ??= traps.filters.differ(
        finding.position,
        factsOf(finding, this.#operationOf(finding)),
        findingText(finding),
      );
    }
    return stop;
  }

  #operationOf({ access }: Finding): Operation | null {
    const { guest } = this.#parts;
    return access === null || access.entry < guest.first ? null : guest.operation(access.entry);
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
