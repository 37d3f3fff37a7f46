import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { irqName, type Column, type ColumnId } from '../model/columns.ts';
import { editingOf } from '../model/edits.ts';
import type { RowKey, TableRow } from '../model/irq-table.ts';
import type { Cursor } from '../model/saved-state.ts';
import { nextSort } from '../model/sort.ts';
import { openNote } from './cell-note.ts';
import { cssVars } from './css-vars.ts';
import { StoreElement } from './element.ts';
import { moveInGrid, type GridPlace } from './grid-keys.ts';
import { gridHeader, HEADER } from './grid-header.ts';
import { choiceMenu, rowMenu } from './irq-menu.ts';
import { irqRow } from './irq-row.ts';
import { GicMenu, type MenuGroups } from './menu.ts';
import { placeNote } from './note-place.ts';

export const ROW_HEIGHT = 22;

/** What is left out is the style sheet's to know: it lays the columns out. */
function gridClasses(columns: readonly Column[]): string {
  const isShown = (id: ColumnId): boolean => columns.some((column) => column.id === id);
  return `grid${isShown('line') ? '' : ' without-line'}${isShown('queued') ? '' : ' without-queued'}`;
}

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;

/** The interrupt table itself: an ARIA grid that draws only the rows in view. */
export class IrqGrid extends StoreElement {
  readonly #virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
  #unmount: (() => void) | undefined;
  #wantsFocus = false;
  #hadFocus = false;
  #shownDraft: string | undefined;
  #isScrollRestored = false;
  #scrollTimer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unmount = this.#virtualizer._didMount();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unmount?.();
  }

  /** Puts the focus on the cell of the cursor. */
  focusCursor(): void {
    this.#wantsFocus = true;
    this.requestUpdate();
  }

  #options(): Options {
    return {
      count: this.isConnected ? this.store.visible.rows.length : 0,
      getScrollElement: () => this.querySelector<HTMLElement>('.grid'),
      estimateSize: () => ROW_HEIGHT,
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.requestUpdate(),
      // The row of the cursor is always drawn: an element that scrolled out of existence would drop the focus.
      rangeExtractor: (range) => {
        const indexes = defaultRangeExtractor(range);
        const extra = [this.store.view.cursor?.key, this.store.current?.draft?.key]
          .map((key) => (key === undefined ? -1 : this.store.visible.indexOf(key)))
          .filter((index) => index >= 0 && !indexes.includes(index));
        return extra.length === 0 ? indexes : [...new Set([...indexes, ...extra])].sort((a, b) => a - b);
      },
    };
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.querySelector('.grid')?.contains(document.activeElement) ?? false;
    this.#virtualizer.setOptions(this.#options());
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const { columns } = store;
    const { rows } = store.visible;
    const view = store.current;
    const place = this.#place();
    return html`<div
        class=${gridClasses(columns)}
        role="grid"
        aria-label="Interrupts"
        aria-rowcount=${rows.length + 1}
        aria-colcount=${columns.length}
        aria-busy=${store.session?.state === 'running' ? 'true' : 'false'}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
        @dblclick=${this.#onDoubleClick}
        @contextmenu=${this.#onContextMenu}
        @focusout=${this.#onFocusOut}
        @scroll=${this.#onScroll}
      >
        ${gridHeader(columns, store.view.sort, place.row === -1 ? place.column : undefined)}
        <div class="canvas" role="rowgroup" ${cssVars({ height: `${this.#virtualizer.getTotalSize()}px` })}>
          ${repeat(
            this.#virtualizer.getVirtualItems(),
            (item) => rows[item.index]?.key,
            (item) => irqRow(store, rows[item.index], item.index, item.start, place),
          )}
        </div>
      </div>
      ${view ? (openNote(store, view)?.content ?? nothing) : nothing}
      <gic-menu></gic-menu>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#virtualizer._willUpdate();
    const grid = this.querySelector<HTMLElement>('.grid');
    if (!grid) return;
    if (!this.#isScrollRestored && this.store.visible.rows.length > 0 && grid.clientHeight > 0) {
      this.#isScrollRestored = true;
      grid.scrollTop = this.store.view.scrollTop;
    }
    this.#moveFocus(grid);
    const view = this.store.current;
    placeNote(this, grid, view && openNote(this.store, view));
  }

  #moveFocus(grid: HTMLElement): void {
    const draft = this.store.current?.draft;
    const draftId = draft && `${draft.key}/${draft.column}`;
    if (draftId !== this.#shownDraft) {
      this.#shownDraft = draftId;
      const input = grid.querySelector<HTMLInputElement>('.cell-input');
      input?.focus();
      input?.select();
    }
    const isLost = this.#hadFocus && document.activeElement === document.body;
    if ((!this.#wantsFocus && !isLost) || draft) return;
    this.#wantsFocus = false;
    const cell = grid.querySelector<HTMLElement>('[tabindex="0"]');
    cell?.focus({ preventScroll: true });
    // What the user did not ask for must not scroll: the row may have been sorted elsewhere by a change.
    if (!isLost) cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Where the cursor is among the rows in view; the first cell where it is nowhere. */
  #place(): GridPlace {
    const { cursor } = this.store.view;
    const column = Math.max(0, cursor ? this.store.columns.findIndex(({ id }) => id === cursor.column) : 0);
    if (cursor?.key === HEADER) return { row: -1, column };
    const row = cursor ? this.store.visible.indexOf(cursor.key) : -1;
    if (row >= 0) return { row, column };
    return { row: this.store.visible.rows.length > 0 ? 0 : -1, column };
  }

  #moveTo(place: GridPlace): void {
    const key: RowKey = place.row < 0 ? HEADER : (this.store.visible.rows[place.row]?.key ?? HEADER);
    this.#wantsFocus = true;
    this.store.setView({ cursor: { key, column: this.store.columns[place.column]?.id ?? 'intid' } });
  }

  get #current(): { row: TableRow; column: ColumnId } | undefined {
    const place = this.#place();
    const row = this.store.visible.rows[place.row];
    const column = this.store.columns[place.column]?.id;
    return row && column ? { row, column } : undefined;
  }

  #onKey = (event: KeyboardEvent): void => {
    if ((event.target as HTMLElement).matches('.cell-input')) this.#onInputKey(event);
    else if (this.#onGridKey(event)) event.preventDefault();
  };

  #onInputKey(event: KeyboardEvent): void {
    // The grid's keys and the panel's shortcuts do not apply while something is typed.
    event.stopPropagation();
    if (event.key === 'Enter') this.store.commitEdit();
    else if (event.key === 'Escape') {
      this.#wantsFocus = true;
      this.store.cancelEdit();
    } else return;
    event.preventDefault();
  }

  #onGridKey(event: KeyboardEvent): boolean {
    if (event.altKey) return false;
    const { clientHeight } = event.currentTarget as HTMLElement;
    const page = Math.max(1, Math.floor(clientHeight / ROW_HEIGHT) - 2);
    const place = this.#place();
    const to = moveInGrid(event, place, {
      rows: this.store.visible.rows.length,
      columns: this.store.columns.length,
      page,
    });
    if (to) {
      this.#moveTo(to);
      return true;
    }
    const at = this.#current;
    if (place.row === -1 && (event.key === 'Enter' || event.key === ' '))
      this.#sortBy(this.store.columns[place.column]?.id);
    else if (!at) return false;
    else if (event.key === 'Enter' || event.key === 'F2') this.#activate(at.row, at.column);
    else if (event.key === ' ') this.#switch(at.row, at.column === 'line' ? 'line' : 'enabled');
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      this.#openRowMenu(at.row, at.column);
    else if (event.key === 'Escape') return this.#dismiss(at.row, at.column);
    else return false;
    return true;
  }

  #dismiss(row: TableRow, column: ColumnId): boolean {
    const view = this.store.current;
    const notice = view?.notices.get(row.key, column) ?? view?.notices.latest;
    if (!notice) return false;
    this.store.dismiss(notice.key, notice.column);
    return true;
  }

  /** Enter, F2 and the double click: whatever editing means in this cell. */
  #activate(row: TableRow, column: ColumnId): void {
    const editing = editingOf(row.irq, column, this.store.current?.summary);
    switch (editing.how) {
      case 'text':
        this.store.beginEdit(row, column);
        return;
      case 'switch':
        this.#switch(row, column);
        return;
      case 'choice':
        this.#openMenu(`Trigger of ${irqName(row.irq)}`, choiceMenu(this.store, row.irq, column));
        return;
      case 'menu':
        this.#openRowMenu(row, column);
        return;
      case 'none':
        this.store.announce(editing.why);
    }
  }

  #switch(row: TableRow, column: ColumnId): void {
    const editing = editingOf(row.irq, column, this.store.current?.summary);
    if (editing.how === 'switch') this.store.setProperty(row.irq, editing.property, editing.on ? '0' : '1');
    else if (editing.how === 'none') this.store.announce(editing.why);
  }

  #openRowMenu(row: TableRow, column: ColumnId, at?: { x: number; y: number }): void {
    this.#openMenu(`Actions for ${irqName(row.irq)}`, rowMenu(this.store, row.irq, column), at);
  }

  #openMenu(label: string, groups: MenuGroups, at?: { x: number; y: number }): void {
    const anchor = this.querySelector('.grid [tabindex="0"]')?.getBoundingClientRect();
    const rect = at ? { left: at.x, top: at.y, bottom: at.y } : anchor;
    const menu = this.querySelector('gic-menu');
    if (rect && menu instanceof GicMenu) menu.open(label, groups, rect, () => this.focusCursor());
  }

  #sortBy(column: ColumnId | undefined): void {
    if (column !== undefined) this.store.setView({ sort: nextSort(this.store.view.sort, column) });
  }

  /** The cell an event happened in. Puts the cursor there. */
  #cellOf(event: Event): { row: TableRow; column: ColumnId } | undefined {
    const target = event.target as HTMLElement;
    const key = target.closest<HTMLElement>('.row')?.dataset['key'];
    const column = this.store.columns.find(
      ({ id }) => id === target.closest<HTMLElement>('.cell')?.dataset['column'],
    )?.id;
    const row = key === undefined ? undefined : this.store.current?.table.get(key);
    if (!row || !column || target.matches('.cell-input')) return undefined;
    const cursor: Cursor = { key: row.key, column };
    this.#wantsFocus = true;
    this.store.setView({ cursor });
    return { row, column };
  }

  #onClick = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const header = target.closest<HTMLElement>('[role="columnheader"]')?.dataset['column'];
    if (header !== undefined) this.#sortBy(this.store.columns.find(({ id }) => id === header)?.id);
    const cell = this.#cellOf(event);
    if (!cell) return;
    const action = target.closest<HTMLElement>('[data-action]')?.dataset['action'];
    if (action === 'toggle') this.#switch(cell.row, cell.column);
    if (action === 'menu') {
      const { left, bottom } = target.getBoundingClientRect();
      this.#openRowMenu(cell.row, cell.column, { x: left, y: bottom });
    }
  };

  #onDoubleClick = (event: MouseEvent): void => {
    if ((event.target as HTMLElement).closest('[data-action]')) return;
    const cell = this.#cellOf(event);
    // The cursor has to be there before a menu can open at it.
    if (cell) void this.updateComplete.then(() => this.#activate(cell.row, cell.column));
  };

  #onContextMenu = (event: MouseEvent): void => {
    if ((event.target as HTMLElement).matches('.cell-input')) return;
    event.preventDefault();
    const cell = this.#cellOf(event);
    if (cell) this.#openRowMenu(cell.row, cell.column, { x: event.clientX, y: event.clientY });
  };

  /** An input that was not changed closes when it is left. One that was stays: nothing typed is lost. */
  #onFocusOut = (event: FocusEvent): void => {
    const draft = this.store.current?.draft;
    const isInput = (event.target as HTMLElement).matches('.cell-input');
    if (isInput && draft?.text === draft?.initial && document.hasFocus()) this.store.cancelEdit();
  };

  #onScroll = (event: Event): void => {
    const { scrollTop } = event.currentTarget as HTMLElement;
    this.store.view.scrollTop = scrollTop;
    const view = this.store.current;
    placeNote(this, event.currentTarget as HTMLElement, view && openNote(this.store, view));
    clearTimeout(this.#scrollTimer);
    this.#scrollTimer = setTimeout(() => this.store.changed(), 300);
  };
}

customElements.define('gic-irq-grid', IrqGrid);
