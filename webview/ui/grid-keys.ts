/** A place in a grid: row -1 is the header. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that Page Up and Page Down move by. */
  readonly page: number;
}

/** Where a navigation key leads to, as the ARIA grid pattern has it; undefined for other keys. */
export function moveInGrid(
  event: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  { row, column }: GridPlace,
  { rows, columns, page }: GridSize,
): GridPlace | undefined {
  const isFar = event.ctrlKey || event.metaKey;
  const inRows = (wanted: number): number => Math.min(Math.max(wanted, 0), rows - 1);
  const lastColumn = columns - 1;
  switch (event.key) {
    case 'ArrowUp':
      // From the first row up into the header; the header is the top.
      return { row: Math.max(-1, isFar ? inRows(0) : row - 1), column };
    case 'ArrowDown':
      return { row: isFar ? inRows(rows - 1) : Math.min(row + 1, rows - 1), column };
    case 'ArrowLeft':
      return { row, column: isFar ? 0 : Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: isFar ? lastColumn : Math.min(lastColumn, column + 1) };
    case 'Home':
      return isFar ? { row: inRows(0), column: 0 } : { row, column: 0 };
    case 'End':
      return isFar ? { row: inRows(rows - 1), column: lastColumn } : { row, column: lastColumn };
    case 'PageUp':
      return { row: inRows(row - page), column };
    case 'PageDown':
      return { row: inRows(row + page), column };
    default:
      return undefined;
  }
}
