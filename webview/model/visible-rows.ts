import { COLUMNS, type Column } from './columns.ts';
import { parseFilter, type Filter } from './filter.ts';
import type { IrqTable, RowKey, TableRow } from './irq-table.ts';
import type { ViewState } from './saved-state.ts';
import { DEFAULT_SORT, sortRows, type Sort } from './sort.ts';

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
  #columns = '';
  #index: Map<RowKey, number> | undefined;

  /** @param columns those that are shown: what is not is neither sorted by nor searched */
  update(table: IrqTable | undefined, view: ViewState, columns: readonly Column[] = COLUMNS): void {
    const ids = columns.map(({ id }) => id).join();
    const source = table?.rows ?? NO_ROWS;
    const toggles = `${view.notIdle} ${view.onlyChanged}`;
    if (
      source === this.#source &&
      view.filter === this.#text &&
      toggles === this.#toggles &&
      view.sort === this.#sort &&
      ids === this.#columns
    ) {
      return;
    }
    if (view.filter !== this.#text || ids !== this.#columns) this.filter = parseFilter(view.filter, columns);
    this.#source = source;
    this.#text = view.filter;
    this.#toggles = toggles;
    this.#sort = view.sort;
    this.#columns = ids;
    this.#index = undefined;
    this.total = source.length;
    const { filter } = this;
    const passing = source.filter(
      ({ irq }) => (!view.notIdle || irq.state !== 'idle') && (!view.onlyChanged || irq.changed) && filter.matches(irq),
    );
    const isSortable = columns.some(({ id }) => id === view.sort.column);
    this.rows = sortRows(passing, isSortable ? view.sort : DEFAULT_SORT);
  }

  indexOf(key: RowKey): number {
    this.#index ??= new Map(this.rows.map((row, index) => [row.key, index]));
    return this.#index.get(key) ?? -1;
  }
}
