import type { Condition } from '../evaluate/language.ts';

/** What a run is asked for. */
export interface Course {
  readonly direction: 'forward' | 'backward';
  /** Entries at most: 1 for a step, Infinity to go on until something stops. */
  readonly entries: number;
  /** Stop at an entry that this holds for. The one the run starts at does not count. */
  readonly until?: Condition;
  /** For guests with CPUs: which of them moves, and how far. Without it a course is one over accesses. */
  readonly motion?: Motion;
}

/** A movement of a CPU. */
export interface Motion {
  readonly kind: 'continue' | 'over' | 'into' | 'out';
  /** Steps are lines of source, or instructions. */
  readonly unit: 'line' | 'instruction';
  readonly thread: number;
}

export const CONTINUE: Course = { direction: 'forward', entries: Infinity };
export const REVERSE: Course = { direction: 'backward', entries: Infinity };
export const STEP: Course = { direction: 'forward', entries: 1 };
export const STEP_BACK: Course = { direction: 'backward', entries: 1 };
