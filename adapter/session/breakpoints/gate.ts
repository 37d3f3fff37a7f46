import type { Condition } from '../evaluate/language.ts';
import type { HitCondition } from './hit-condition.ts';

/** What lets a breakpoint pass or stop: its condition first, then its count of hits. */
export class Gate {
  readonly #condition: Condition | null;
  readonly #hitCondition: HitCondition | null;
  #hits = 0;

  constructor(condition: Condition | null, hitCondition: HitCondition | null) {
    this.#condition = condition;
    this.#hitCondition = hitCondition;
  }

  /**
   * True where it stops at an entry.
   * @throws RequestError where the condition cannot be evaluated
   */
  stopsAt(entry: number): boolean {
    if (this.#condition !== null && !this.#condition.holds(entry)) return false;
    this.#hits++;
    return this.#hitCondition === null || this.#hitCondition(this.#hits);
  }
}
