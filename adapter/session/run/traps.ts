import type { AccessFacts } from '../../gic/expression/scope.ts';
import type { Outcome } from '../../guest/guest.ts';
import type { Stop } from './stop.ts';

/** Everything that can stop a run on its way. */
export interface Traps {
  readonly lines: LineTraps;
  readonly data: DataTraps;
  readonly filters: FilterTraps;
  /** To be called before a run: entries may have been shifted by edits. */
  prepare(): void;
}

/** Breakpoints at entries. */
export interface LineTraps {
  /** The nearest entry with a breakpoint at or behind `entry` (Infinity: none), or at or before it (-1: none). */
  next(entry: number): number;
  previous(entry: number): number;
  /** Called on arrival at an entry with breakpoints, before it is executed. */
  arrive(entry: number, direction: 'forward' | 'backward'): Stop | null;
}

/** Breakpoints on what the controller holds. */
export interface DataTraps {
  readonly armed: boolean;
  /** Takes the values as they are now for the ones to compare with. */
  rebase(): void;
  /** True where a value is not the one it was; `settle` says what to make of it. */
  changed(): boolean;
  /**
   * Decides whether the changes stop, and takes the values for the ones to compare with.
   * @param entry the entry that made the changes, just executed
   */
  settle(entry: number): Stop | null;
}

/** Exception filters. */
export interface FilterTraps {
  /** Bit `1 << outcome` for each outcome that may stop. */
  readonly mask: number;
  /** Called before the entry is executed, with what executing it shows. */
  arrive(entry: number, outcome: Outcome): Stop | null;
  /** True where a stop is wanted as target and model are found to differ. */
  readonly divergence: boolean;
  /**
   * They do.
   * @param access the one that parted them, its register and INTIDs those that differ
   * @param text what differs
   */
  differ(position: number, access: AccessFacts, text: string): Stop | null;
}

/** For going somewhere: nothing stops on the way. */
export const NO_TRAPS: Traps = {
  lines: { next: () => Infinity, previous: () => -1, arrive: () => null },
  data: { armed: false, rebase() {}, changed: () => false, settle: () => null },
  filters: { mask: 0, arrive: () => null, divergence: false, differ: () => null },
  prepare() {},
};
