import type { Guest } from '../../guest/guest.ts';
import type { Course } from './course.ts';
import { BEGINNING, END, mergeStops, type Stop } from './stop.ts';
import type { Traps } from './traps.ts';

/** A run that is under way. */
export interface Leg {
  /**
   * Goes on for a while; null where nothing stopped yet.
   * @param budget entries at most
   */
  advance(budget: number): Stop | null | Promise<Stop | null>;
  /** Makes an `advance` under way come to its end: absent where that takes no time. */
  interrupt?(): void;
  /** True while what is debugged goes on by itself: its stop is yet to come, and is waited for where a pause is wanted. */
  readonly moving?: boolean;
  /** True where nothing moves until something comes from outside: there is no hurry to go on. */
  readonly idle: boolean;
}

/**
 * One run through time, in slices. Where nothing but line breakpoints can stop it, it jumps from one to the next;
 * otherwise it goes entry by entry. No operation is decoded on the way unless a condition asks for it.
 */
export class RecordedLeg implements Leg {
  readonly idle = false;
  readonly #guest: Guest;
  readonly #traps: Traps;
  readonly #course: Course;
  /** The entry the run starts at: what would stop there has done so already. */
  readonly #start: number;
  #left: number;

  constructor(guest: Guest, traps: Traps, course: Course) {
    this.#guest = guest;
    this.#traps = traps;
    this.#course = course;
    this.#start = guest.position;
    this.#left = course.entries;
    traps.prepare();
    traps.data.rebase();
  }

  /** Goes on for at most `budget` entries; null where nothing stopped yet. */
  advance(budget: number): Stop | null {
    const forward = this.#course.direction === 'forward';
    for (let spent = 0; spent < budget;) {
      const from = this.#guest.position;
      if (forward ? from >= this.#guest.total : from <= 0) return forward ? END : BEGINNING;
      const reach = Math.min(budget - spent, this.#left);
      const stop = this.#quiet ? this.#jump(from, reach) : forward ? this.#forward(from) : this.#backward(from);
      const passed = Math.abs(this.#guest.position - from);
      spent += Math.max(1, passed);
      this.#left -= passed;
      const arrival = this.#arrive(stop, passed > 0);
      if (arrival !== null) return arrival;
    }
    return null;
  }

  /** True where entries need no look one by one. */
  get #quiet(): boolean {
    const { data, filters } = this.#traps;
    return !data.armed && filters.mask === 0 && this.#course.until === undefined;
  }

  #jump(from: number, reach: number): null {
    const { lines } = this.#traps;
    const to =
      this.#course.direction === 'forward'
        ? Math.min(from + reach, this.#guest.total, lines.next(from + 1))
        : Math.max(from - reach, 0, lines.previous(from - 1));
    this.#guest.jump(to);
    return null;
  }

  #forward(from: number): Stop | null {
    const { data, filters } = this.#traps;
    const outcome = this.#guest.forward();
    if ((filters.mask & (1 << outcome)) !== 0 && from !== this.#start) {
      // A filter stops before its entry: its condition sees the state before it, too.
      this.#guest.backward();
      const stop = filters.arrive(from, outcome);
      if (stop !== null) return stop;
      this.#guest.forward();
    }
    return data.armed && data.changed() ? data.settle(from) : null;
  }

  #backward(from: number): Stop | null {
    const { data, filters } = this.#traps;
    const outcome = this.#guest.outcome(from - 1);
    this.#guest.backward();
    if (data.armed && data.changed()) {
      if (from === this.#start) data.rebase();
      else {
        // The stop is just behind the entry that made the change, in either direction: go there from before it.
        data.rebase();
        this.#guest.forward();
        const stop = data.settle(from - 1);
        if (stop !== null) return stop;
        this.#guest.backward();
        data.rebase();
      }
    }
    return (filters.mask & (1 << outcome)) !== 0 ? filters.arrive(from - 1, outcome) : null;
  }

  /**
   * What stops at the place the run is at, besides `already`.
   * @param moved false where the run turned back to a place whose breakpoints have been looked at
   */
  #arrive(already: Stop | null, moved: boolean): Stop | null {
    const { direction, until } = this.#course;
    const { lines, filters } = this.#traps;
    const at = this.#guest.position;
    const atEnd = at >= this.#guest.total;
    const stops: Stop[] = already === null ? [] : [already];
    if (moved && !atEnd && lines.next(at) === at) {
      const stop = lines.arrive(at, direction);
      if (stop !== null) stops.push(stop);
    }
    if (stops.length > 0) return mergeStops(stops);
    if (until !== undefined && !atEnd && until.holds(at)) return { reason: 'step' };
    if (this.#left > 0) return null;
    const faulty = direction === 'forward' && !atEnd && filters.mask !== 0 ? this.#foreseen(at) : null;
    return faulty ?? { reason: 'step' };
  }

  /** A step that ends before an entry a filter is for stops for that reason. */
  #foreseen(at: number): Stop | null {
    const outcome = this.#guest.foresee();
    return (this.#traps.filters.mask & (1 << outcome)) !== 0 ? this.#traps.filters.arrive(at, outcome) : null;
  }
}
