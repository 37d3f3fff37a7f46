import { html, nothing, type TemplateResult } from 'lit';
import { irqName, type Column } from '../model/columns.ts';
import { editingOf } from '../model/edits.ts';
import type { TableRow } from '../model/irq-table.ts';
import type { Store } from '../model/store.ts';
import { cssVars } from './css-vars.ts';
import type { GridPlace } from './grid-keys.ts';
import { cellContent, cellInput, cellTitle, noticeMark } from './irq-cells.ts';

/** A row of the interrupt table, `top` pixels below the first. */
export function irqRow(
  store: Store,
  row: TableRow | undefined,
  index: number,
  top: number,
  place: GridPlace,
): TemplateResult | typeof nothing {
  if (!row) return nothing;
  const { irq } = row;
  const isCurrent = place.row === index;
  const classes = [
    'row',
    irq.changed ? 'changed' : '',
    irq.state === 'idle' ? '' : 'busy',
    irq.unavailable === undefined ? '' : 'unavailable',
    isCurrent && store.view.cursor ? 'current' : '',
  ];
  return html`<div
    class=${classes.join(' ')}
    role="row"
    data-key=${row.key}
    aria-rowindex=${index + 2}
    aria-selected=${String(isCurrent)}
    ${cssVars({ transform: `translateY(${top}px)` })}
  >
    ${store.columns.map((column, at) => irqCell(store, row, column, at, isCurrent && place.column === at))}
  </div>`;
}

function irqCell(store: Store, row: TableRow, column: Column, at: number, isCurrent: boolean): TemplateResult {
  const { id } = column;
  const view = store.current;
  const notice = view?.notices.get(row.key, id);
  const draft = view?.draft?.key === row.key && view.draft.column === id ? view.draft : undefined;
  const isFixed = editingOf(row.irq, id, view?.summary).how === 'none';
  const classes = [
    'cell',
    `cell-${id}`,
    row.changed.has(id) ? 'cell-changed' : '',
    notice ? `cell-${notice.kind}` : '',
  ];
  return html`<div
    class=${classes.join(' ')}
    role="gridcell"
    data-column=${id}
    aria-colindex=${at + 1}
    aria-readonly=${isFixed ? 'true' : nothing}
    aria-describedby=${notice && isCurrent ? 'cell-note' : nothing}
    tabindex=${isCurrent && !draft ? '0' : '-1'}
    title=${draft ? nothing : cellTitle(store, row.irq, column)}
  >
    ${draft ? cellInput(store, draft, `${column.label} of ${irqName(row.irq)}`) : cellContent(row.irq, column)}${
      notice ? noticeMark(notice) : nothing
    }
  </div>`;
}
