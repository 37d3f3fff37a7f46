import type { AccessFacts } from '../../gic/expression/scope.ts';
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
   * @param access what its condition speaks of instead
   * @throws RequestError where the condition cannot be evaluated
   */
  stopsAt(entry: number, access?: AccessFacts): boolean {
    if (this.#condition !== null && !this.#condition.holds(entry, access)) return false;
    this.#hits++;
    return this.#hitCondition === null || this.#hitCondition(this.#hits);
  }
}
