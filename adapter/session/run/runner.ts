import { RequestError } from '../request-error.ts';
import type { Course } from './course.ts';
import type { Leg } from './leg.ts';
import type { Stop } from './stop.ts';
import type { Traps } from './traps.ts';

/** Entries between two looks at what the client wants meanwhile: some milliseconds. */
const SLICE = 20_000;

/** Starts a run along a course. */
export type Embark = (course: Course, traps: Traps) => Leg;

/** Runs the guest in slices, so that a pause or the end of the session is heard in between. */
export class Runner {
  readonly #embark: Embark;
  #running = false;
  #leg: Leg | null = null;
  #elsewhere: () => string | null = () => null;
  #pauseWanted = false;
  #ended = false;

  /** @param embark starts a run */
  constructor(embark: Embark) {
    this.#embark = embark;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Somebody else may run the guest, too. @param why asked each time: null where nobody does */
  shareWith(why: () => string | null): void {
    this.#elsewhere = why;
  }

  /** @throws RequestError while it runs */
  requireStopped(): void {
    const elsewhere = this.#elsewhere();
    if (elsewhere !== null) throw new RequestError(elsewhere, true);
    if (this.#running) throw new RequestError('the guest is running: pause it first');
  }

  /**
   * Runs until something stops. The first slice comes in a later turn: the response of the request that asked goes out
   * before the stop does.
   * @param traps what may stop it
   * @param onLong called once where it takes more than a slice
   * @returns null where the session ended on the way
   * @throws RequestError while it runs already, and where a condition of the course cannot be evaluated
   */
  async run(course: Course, traps: Traps, onLong: () => void): Promise<Stop | null> {
    this.requireStopped();
    this.#running = true;
    try {
      await nextTurn();
      const leg = (this.#leg = this.#embark(course, traps));
      for (let slices = 0; ; slices++) {
        if (this.#isOver()) return null;
        if (this.#pauseWanted && leg.moving !== true) return { reason: 'pause' };
        const stop = await this.#advance(leg);
        if (this.#isOver()) return null;
        if (stop !== null) return stop;
        if (slices === 0) onLong();
        await (leg.idle ? aWhile() : nextTurn());
      }
    } finally {
      this.#running = false;
      this.#leg = null;
      this.#pauseWanted = false;
    }
  }

  /** What fails because the session has ended is nobody's to hear of. */
  async #advance(leg: Leg): Promise<Stop | null> {
    try {
      return await leg.advance(SLICE);
    } catch (error) {
      if (this.#isOver()) return null;
      throw error;
    }
  }

  #isOver(): boolean {
    return this.#ended;
  }

  /** Asks the run to stop where it is. */
  pause(): void {
    this.#pauseWanted = this.#running;
    this.#leg?.interrupt?.();
  }

  /** Ends a run without a stop: nobody listens any more. */
  end(): void {
    this.#ended = true;
    this.#leg?.interrupt?.();
  }
}

/** Between two looks at a guest that waits for something from outside. */
const IDLE_MILLISECONDS = 15;

function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
}

/** Lets what has come in meanwhile be dealt with. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
