import { html, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ScaledScroll } from '../model/scaled-scroll.ts';
import type { Search } from '../model/session-view.ts';
import { cssVars } from './css-vars.ts';
import { StoreElement } from './element.ts';
import { moveInGrid } from './grid-keys.ts';
import { LOG_COLUMNS, logRow } from './log-row.ts';

const ROW_HEIGHT = 22;
const HEADER_HEIGHT = 24;
const OVERSCAN = 4;

/** Dragging the scroll bar passes many pages: only those where it rests are fetched. */
const FETCH_AFTER_MS = 40;

/** Where in the viewport the current position is kept while following: a bit of the future stays in view. */
const FOLLOW_AT = 0.6;

/** The journal as a list of rows, up to millions: see `ScaledScroll`. */
export class LogList extends StoreElement {
  readonly #scroll = new ScaledScroll(ROW_HEIGHT);
  readonly #resizes = new ResizeObserver(() => this.#onResize());
  /** Pixels of the list above the viewport: the truth, from which the scroll bar follows. */
  #offset = 0;
  /** What the scroll bar was set to: a scroll event with this value is our own. */
  #expectedTop = 0;
  #cursor: number | undefined;
  #wantsFocus = false;
  #hadFocus = false;
  #followed = '';
  #search: Search | undefined;
  #fetchTimer: ReturnType<typeof setTimeout> | undefined;

  /** The row that the next search starts from. */
  get cursor(): number {
    return this.#cursor ?? this.store.current?.journal.position ?? 0;
  }

  protected override firstUpdated(): void {
    const log = this.#log;
    if (!log) return;
    this.#resizes.observe(log);
    // Not passive: a scaled list moves itself.
    log.addEventListener('wheel', this.#onWheel, { passive: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    clearTimeout(this.#fetchTimer);
  }

  /** Brings the current position into view. */
  showPosition(): void {
    this.#offset = this.#scroll.place(this.store.current?.journal.position ?? 0, FOLLOW_AT);
    this.requestUpdate();
  }

  get #log(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.log');
  }

  #onResize(): void {
    const height = this.#log?.clientHeight ?? 0;
    this.#scroll.resize(this.#scroll.count, Math.max(0, height - HEADER_HEIGHT));
    // Shown for the first time, or again: the place to be at could not be told while hidden.
    this.#followed = '';
    this.requestUpdate();
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.#log?.contains(document.activeElement) ?? false;
    const view = this.store.current;
    const journal = view?.journal;
    const total = journal?.total;
    this.#scroll.resize(total === undefined ? 0 : total + 1, this.#scroll.viewport);
    this.#offset = this.#scroll.clamp(this.#offset);
    if (!view || !journal || total === undefined) return;
    const place = `${view.id} ${journal.position} ${total}`;
    if (this.store.view.follow && place !== this.#followed && this.#scroll.viewport > 0) {
      this.#followed = place;
      this.#cursor = undefined;
      this.#offset = this.#scroll.place(journal.position, FOLLOW_AT);
    }
    const { search } = view;
    if (search !== this.#search) {
      this.#search = search;
      if (typeof search?.index === 'number') this.#goTo(search.index);
    }
  }

  #goTo(index: number): void {
    this.#cursor = index;
    const { first, last } = this.#scroll.visible(this.#offset);
    if (index <= first || index >= last) this.#offset = this.#scroll.place(index, 0.5);
    if (this.store.view.follow) this.store.setView({ follow: false });
  }

  protected override render(): TemplateResult {
    const total = this.store.current?.journal.total ?? 0;
    const viewport = `${this.#scroll.viewport}px`;
    return html`<div
      class="log"
      role="grid"
      aria-label="Access log"
      aria-rowcount=${total + 2}
      aria-colcount=${LOG_COLUMNS.length}
      @scroll=${this.#onScroll}
      @keydown=${this.#onKey}
      @click=${this.#onClick}
    >
      <div class="log-header" role="row" aria-rowindex="1">
        ${LOG_COLUMNS.map(
          ([id, label, title]) => html`<div class="head log-${id}" role="columnheader" title=${title}>${label}</div>`,
        )}
      </div>
      <div class="log-canvas" role="presentation" ${cssVars({ height: `${this.#scroll.elementHeight}px` })}>
        <div class="log-window" role="rowgroup" ${cssVars({ height: viewport })}>
          ${repeat(
            this.#indexes(),
            (index) => index,
            (index) => this.#row(index, total),
          )}
        </div>
      </div>
    </div>`;
  }

  #indexes(): number[] {
    const { count } = this.#scroll;
    if (count === 0 || this.#scroll.viewport === 0) return [];
    const { first, last } = this.#scroll.visible(this.#offset);
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(count - 1, last + OVERSCAN);
    const indexes = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    // The row of the cursor is always drawn: an element that scrolled out of existence would drop the focus.
    const cursor = Math.min(this.cursor, count - 1);
    if (cursor < from) indexes.unshift(cursor);
    else if (cursor > to) indexes.push(cursor);
    return indexes;
  }

  #row(index: number, total: number): TemplateResult {
    const view = this.store.current;
    const { viewport } = this.#scroll;
    const top = Math.min(Math.max(index * ROW_HEIGHT - this.#offset, -200), viewport + 200);
    return logRow(
      {
        index,
        top,
        total,
        position: view?.journal.position ?? 0,
        isCursor: index === Math.min(this.cursor, total),
        isFound: view?.search?.index === index,
      },
      view?.journal.entry(index),
    );
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const log = this.#log;
    if (!log || this.#scroll.viewport === 0) return;
    const top = this.#scroll.toScrollTop(this.#offset);
    if (Math.abs(log.scrollTop - top) >= 1) log.scrollTop = top;
    this.#expectedTop = log.scrollTop;
    if (this.#wantsFocus || (this.#hadFocus && document.activeElement === document.body)) {
      this.#wantsFocus = false;
      log.querySelector<HTMLElement>('.log-row[tabindex="0"]')?.focus({ preventScroll: true });
    }
    this.#fetchSoon();
  }

  #fetchSoon(): void {
    clearTimeout(this.#fetchTimer);
    this.#fetchTimer = setTimeout(() => {
      const { first, last } = this.#scroll.visible(this.#offset);
      this.store.wantEntries(Math.max(0, first - OVERSCAN), Math.max(0, last + OVERSCAN));
    }, FETCH_AFTER_MS);
  }

  #moveBy(pixels: number): void {
    this.#offset = this.#scroll.clamp(this.#offset + pixels);
    this.#afterUserScroll();
  }

  /** Who scrolls the current position out of view wants to look elsewhere: following stops. */
  #afterUserScroll(): void {
    const { first, last } = this.#scroll.visible(this.#offset);
    const position = this.store.current?.journal.position ?? 0;
    if (this.store.view.follow && (position < first || position > last)) this.store.setView({ follow: false });
    this.requestUpdate();
  }

  #onScroll = (event: Event): void => {
    const { scrollTop } = event.currentTarget as HTMLElement;
    if (Math.abs(scrollTop - this.#expectedTop) < 1) return;
    this.#expectedTop = scrollTop;
    this.#offset = this.#scroll.toOffset(scrollTop);
    this.#afterUserScroll();
  };

  #onWheel = (event: WheelEvent): void => {
    if (!this.#scroll.isScaled || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    this.#moveBy(event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * ROW_HEIGHT : event.deltaY);
  };

  #onKey = (event: KeyboardEvent): void => {
    const { count } = this.#scroll;
    if (count === 0 || event.altKey) return;
    const isHomeOrEnd = event.key === 'Home' || event.key === 'End';
    const keys = { key: event.key, ctrlKey: event.ctrlKey || isHomeOrEnd, metaKey: event.metaKey };
    const size = { rows: count, columns: 1, page: this.#scroll.pageRows };
    const to = moveInGrid(keys, { row: this.cursor, column: 0 }, size);
    if (to) {
      this.#cursor = Math.max(0, to.row);
      this.#offset = this.#scroll.reveal(this.#cursor, this.#offset);
      this.#wantsFocus = true;
      this.#afterUserScroll();
    } else if (event.key === 'Enter') {
      this.store.jump(this.cursor);
    } else return;
    event.preventDefault();
  };

  #onClick = (event: MouseEvent): void => {
    const index = (event.target as HTMLElement).closest<HTMLElement>('.log-row')?.dataset['index'];
    if (index === undefined) return;
    this.#cursor = Number(index);
    this.#wantsFocus = true;
    this.store.jump(this.#cursor);
    this.requestUpdate();
  };
}

customElements.define('gic-log-list', LogList);
