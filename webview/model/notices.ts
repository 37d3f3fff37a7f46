import type { PreviewResponse, Problem, WriteResponse } from '../../adapter/protocol.ts';
import type { ColumnId } from './columns.ts';
import type { RowKey } from './irq-table.ts';

/** What a cell says about the edit that was made in it. */
export interface CellNotice {
  readonly key: RowKey;
  readonly column: ColumnId;
  readonly kind: 'busy' | 'applied' | 'narrowed' | 'ignored' | 'refused';
  readonly title: string;
  readonly lines: readonly string[];
}

export type CellId = `${RowKey}/${ColumnId}`;

export function cellId(key: RowKey, column: ColumnId): CellId {
  return `${key}/${column}`;
}

/** True for notices that stay until they are dismissed or the cell is edited again. */
export function isSticky(notice: CellNotice): boolean {
  return notice.kind !== 'busy' && notice.kind !== 'applied';
}

/** The notices of a session's cells, one a cell. The latest is in front. */
export class Notices {
  readonly #all = new Map<CellId, CellNotice>();

  set(notice: CellNotice): void {
    const id = cellId(notice.key, notice.column);
    this.#all.delete(id);
    this.#all.set(id, notice);
  }

  get(key: RowKey, column: ColumnId): CellNotice | undefined {
    return this.#all.get(cellId(key, column));
  }

  dismiss(key: RowKey, column: ColumnId): void {
    this.#all.delete(cellId(key, column));
  }

  get latest(): CellNotice | undefined {
    return this.all.at(-1);
  }

  get all(): readonly CellNotice[] {
    return [...this.#all.values()];
  }
}

/** What is to be said about an edit that was answered. */
export function outcomeOf(key: RowKey, column: ColumnId, value: string, response: WriteResponse): CellNotice {
  const messages = notable(response.problems).map((problem) => problem.message);
  const lines = (otherwise: string): string[] => (messages.length === 0 ? [otherwise] : messages);
  const at = { key, column };
  if (!response.ok) {
    return { ...at, kind: 'refused', title: 'Refused', lines: lines(`“${value}” cannot be written here.`) };
  }
  switch (response.verdict) {
    case 'ignored':
      return {
        ...at,
        kind: 'ignored',
        title: 'The controller ignored this edit',
        lines: lines(`The value stays ${response.before}.`),
      };
    case 'narrowed':
      return {
        ...at,
        kind: 'narrowed',
        title: 'The controller narrowed this edit',
        lines: lines(`${response.after} was stored instead of ${value}.`),
      };
    case 'applied':
      // Applied, yet something is worth saying: then it stays like a narrowed one.
      if (messages.length > 0) return { ...at, kind: 'narrowed', title: 'Applied', lines: messages };
      return { ...at, kind: 'applied', title: 'Applied', lines: response.effects };
  }
}

function notable(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => problem.severity !== 'info');
}

/** The gravest of a preview's problems. */
export function severityOf(response: PreviewResponse): Problem['severity'] {
  if (!response.ok || response.problems.some(({ severity }) => severity === 'error')) return 'error';
  return response.verdict !== 'applied' || notable(response.problems).length > 0 ? 'warning' : 'info';
}
