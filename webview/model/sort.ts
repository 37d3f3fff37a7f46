import { COLUMNS, type ColumnId } from './columns.ts';
import type { TableRow } from './irq-table.ts';

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

export const DEFAULT_SORT: Sort = { column: 'intid', descending: false };

/** What a click on a column's header makes of the order: ascending first, then descending, then by INTID again. */
export function nextSort(sort: Sort, column: ColumnId): Sort {
  if (sort.column !== column) return { column, descending: false };
  if (!sort.descending) return { column, descending: true };
  return column === DEFAULT_SORT.column ? DEFAULT_SORT : { ...DEFAULT_SORT };
}

/** Sorts rows that come by INTID; stable both ways, so that equals stay by INTID. */
export function sortRows(rows: readonly TableRow[], sort: Sort): readonly TableRow[] {
  const column = COLUMNS.find(({ id }) => id === sort.column);
  if (!column || (column.id === 'intid' && !sort.descending)) return rows;
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * (column.rank(a.irq) - column.rank(b.irq)));
}
