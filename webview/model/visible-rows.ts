import { parseFilter, type Filter } from './filter.ts';
import type { IrqTable, RowKey, TableRow } from './irq-table.ts';
import type { ViewState } from './saved-state.ts';
import { sortRows, type Sort } from './sort.ts';

const NO_ROWS: readonly TableRow[] = [];

/** The rows that pass filter and toggles, in order; computed again only when one of these changed. */
export class VisibleRows {
  rows: readonly TableRow[] = NO_ROWS;
  /** Rows before filtering. */
  total = 0;
  filter: Filter = parseFilter('');
  #source: readonly TableRow[] = NO_ROWS;
  #text = '';
  #toggles = '';
  #sort: Sort | undefined;
  #index: Map<RowKey, number> | undefined;

  update(table: IrqTable | undefined, view: ViewState): void {
    const source = table?.rows ?? NO_ROWS;
    const toggles = `${view.notIdle} ${view.onlyChanged}`;
    if (
      source === this.#source &&
      view.filter === this.#text &&
      toggles === this.#toggles &&
      view.sort === this.#sort
    ) {
      return;
    }
    if (view.filter !== this.#text) this.filter = parseFilter(view.filter);
    this.#source = source;
    this.#text = view.filter;
    this.#toggles = toggles;
    this.#sort = view.sort;
    this.#index = undefined;
    this.total = source.length;
    const { filter } = this;
    const passing = source.filter(
      ({ irq }) => (!view.notIdle || irq.state !== 'idle') && (!view.onlyChanged || irq.changed) && filter.matches(irq),
    );
    this.rows = sortRows(passing, view.sort);
  }

  indexOf(key: RowKey): number {
    this.#index ??= new Map(this.rows.map((row, index) => [row.key, index]));
    return this.#index.get(key) ?? -1;
  }
}
