import type { Condition } from '../evaluate/language.ts';

/** What a run is asked for. */
export interface Course {
  readonly direction: 'forward' | 'backward';
  /** Entries at most: 1 for a step, Infinity to go on until something stops. */
  readonly entries: number;
  /** Stop at an entry that this holds for. The one the run starts at does not count. */
  readonly until?: Condition;
}

export const CONTINUE: Course = { direction: 'forward', entries: Infinity };
export const REVERSE: Course = { direction: 'backward', entries: Infinity };
export const STEP: Course = { direction: 'forward', entries: 1 };
export const STEP_BACK: Course = { direction: 'backward', entries: 1 };
