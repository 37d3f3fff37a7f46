import type { IrqRow, IrqsResponse } from '../../adapter/protocol.ts';
import type { ColumnId } from './columns.ts';
import { COLUMNS } from './columns.ts';

/** Identifies a row: private interrupts have one per vCPU. */
export type RowKey = string;

export function keyOf(row: Pick<IrqRow, 'intid' | 'vcpu'>): RowKey {
  return row.vcpu === null ? String(row.intid) : `${row.intid}.${row.vcpu}`;
}

/** A row and what changed in it since the last stop. */
export interface TableRow {
  readonly key: RowKey;
  readonly irq: IrqRow;
  /** Columns that changed; empty where only "something" is known to have changed. */
  readonly changed: ReadonlySet<ColumnId>;
}

const NONE: ReadonlySet<ColumnId> = new Set();

/**
 * The interrupt table as last told by the adapter. Takes full tables and deltas, refuses older versions, and finds out
 * by itself which cells changed since the last stop: it still has the rows of that stop.
 */
export class IrqTable {
  readonly #rows = new Map<RowKey, TableRow>();
  /** Rows as they were at the last stop, for those that changed since. */
  readonly #before = new Map<RowKey, IrqRow>();
  #version = -1;
  #ordered: readonly TableRow[] | undefined;

  /** Version of the controller's state these rows are; -1 before the first. */
  get version(): number {
    return this.#version;
  }

  /** Rows by INTID, then vCPU. The array is the same one until something changes. */
  get rows(): readonly TableRow[] {
    this.#ordered ??= [...this.#rows.values()].sort(
      (a, b) => a.irq.intid - b.irq.intid || (a.irq.vcpu ?? -1) - (b.irq.vcpu ?? -1),
    );
    return this.#ordered;
  }

  get(key: RowKey): TableRow | undefined {
    return this.#rows.get(key);
  }

  clear(): void {
    this.#rows.clear();
    this.#before.clear();
    this.#version = -1;
    this.#ordered = undefined;
  }

  /** Takes an answer. Returns false where it is older than what is known, and was dropped. */
  apply(response: IrqsResponse, newStop: boolean): boolean {
    if (response.version < this.#version) return false;
    if (!response.full && this.#version === -1) return false;
    if (newStop) this.#forgetChanges();
    const gone = response.full ? new Set(this.#rows.keys()) : undefined;
    for (const irq of response.rows) {
      const key = keyOf(irq);
      gone?.delete(key);
      this.#put(key, irq);
    }
    for (const key of gone ?? []) this.#rows.delete(key);
    this.#version = response.version;
    this.#ordered = undefined;
    return true;
  }

  #put(key: RowKey, irq: IrqRow): void {
    const now = this.#rows.get(key)?.irq;
    if (now && !this.#before.has(key)) this.#before.set(key, now);
    const before = this.#before.get(key);
    const changed = irq.changed && before ? differences(before, irq) : NONE;
    this.#rows.set(key, { key, irq, changed });
  }

  /** A new stop: what the rows say now is what later changes are compared with. */
  #forgetChanges(): void {
    this.#before.clear();
    for (const [key, row] of this.#rows) {
      if (row.irq.changed) this.#rows.set(key, { key, irq: { ...row.irq, changed: false }, changed: NONE });
    }
  }
}

function differences(before: IrqRow, now: IrqRow): ReadonlySet<ColumnId> {
  if (before.unavailable !== undefined) return NONE;
  const changed = COLUMNS.filter((column) => column.text(before) !== column.text(now)).map((column) => column.id);
  return changed.length === 0 ? NONE : new Set(changed);
}
