import { html, nothing, type TemplateResult } from 'lit';
import type { Column } from '../model/columns.ts';
import type { Sort } from '../model/sort.ts';
import { icon } from './icon.ts';

/** The header's place among the row keys. */
export const HEADER = 'header';

/** The header row: part of the grid for the keyboard, so that columns can be sorted without a mouse. */
export function gridHeader(columns: readonly Column[], sort: Sort, focused: number | undefined): TemplateResult {
  return html`<div class="header" role="row" aria-rowindex="1">
    ${columns.map((column, at) => {
      const isSorted = sort.column === column.id;
      const order = !isSorted ? 'none' : sort.descending ? 'descending' : 'ascending';
      return html`<div
        class="head head-${column.id}"
        role="columnheader"
        data-column=${column.id}
        aria-colindex=${at + 1}
        aria-sort=${order}
        tabindex=${focused === at ? '0' : '-1'}
        title="${column.title}. Click or press Enter to sort."
      >
        <span>${column.label}</span>${isSorted ? icon(sort.descending ? 'chevron-down' : 'chevron-up') : nothing}
      </div>`;
    })}
  </div>`;
}
