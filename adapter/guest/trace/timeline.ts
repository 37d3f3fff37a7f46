import type { EditStep } from '../../gic/edit/step.ts';
import { Outcome } from '../guest.ts';

/** A user's edit: one entry of time, however many accesses it takes. */
export interface Edit {
  readonly steps: readonly EditStep[];
  readonly text: string;
}

/** Remarks kept at most; beyond it an entry keeps its outcome only. */
const MOST_REMARKS = 100_000;

/**
 * The entries of time: the operations of a recording in their order, and the edits made in between. Entry e is an
 * edit, or operation e minus the edits before it. Entries before `position` have been executed.
 */
export class Timeline {
  readonly #operations: number;
  /** Entry indices of the edits, ascending, and the edits. */
  readonly #editAt: number[] = [];
  readonly #edits: Edit[] = [];
  #outcomes: Uint8Array;
  readonly #remarks = new Map<number, string>();
  #position = 0;
  /** Remark of a look ahead, valid at `position` until time moves. */
  foreseen: string | null = null;

  constructor(operations: number) {
    this.#operations = operations;
    this.#outcomes = new Uint8Array(operations + 64).fill(Outcome.Ahead);
  }

  get position(): number {
    return this.#position;
  }

  get total(): number {
    return this.#operations + this.#edits.length;
  }

  editAt(entry: number): Edit | null {
    if (this.#edits.length === 0) return null;
    const nth = this.#editsBefore(entry);
    return this.#editAt[nth] === entry ? (this.#edits[nth] ?? null) : null;
  }

  /** The operation an entry is; it must not be an edit. */
  operationOf(entry: number): number {
    return this.operationsBefore(entry);
  }

  /** Operations among the entries before `entry`. */
  operationsBefore(entry: number): number {
    return this.#edits.length === 0 ? entry : entry - this.#editsBefore(entry);
  }

  /** The entry an operation is. */
  entryOf(operation: number): number {
    let entry = operation;
    for (const at of this.#editAt) if (at <= entry) entry++;
    return entry;
  }

  outcome(entry: number): Outcome {
    return entry < this.#position ? (this.#outcomes[entry] as Outcome) : Outcome.Ahead;
  }

  remark(entry: number): string | null {
    if (entry === this.#position) return this.foreseen;
    return entry < this.#position ? (this.#remarks.get(entry) ?? null) : null;
  }

  advance(outcome: Outcome, remark: string | null): void {
    this.#outcomes[this.#position] = outcome;
    if (remark !== null && this.#remarks.size < MOST_REMARKS) this.#remarks.set(this.#position, remark);
    else if (this.#remarks.size > 0) this.#remarks.delete(this.#position);
    this.#position++;
    this.foreseen = null;
  }

  retreat(): void {
    this.#position--;
    this.foreseen = null;
  }

  rewind(): void {
    this.#position = 0;
    this.foreseen = null;
  }

  /** Puts an edit at `position` and forgets those that lay ahead. */
  insertEdit(edit: Edit): void {
    const keep = this.#editsBefore(this.#position);
    this.#editAt.length = keep;
    this.#edits.length = keep;
    this.#editAt.push(this.#position);
    this.#edits.push(edit);
    if (this.total > this.#outcomes.length) {
      const bigger = new Uint8Array(this.#outcomes.length + 1024).fill(Outcome.Ahead);
      bigger.set(this.#outcomes);
      this.#outcomes = bigger;
    }
  }

  /** Edits at entries before `entry`. */
  #editsBefore(entry: number): number {
    let low = 0;
    let high = this.#editAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#editAt[middle] as number) < entry) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
