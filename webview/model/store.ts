import type { IrqRow } from '../../adapter/protocol.ts';
import type { Host } from '../host.ts';
import type { PanelSession, Tab, ToHost } from '../messages.ts';
import { columnsOf, type Column, type ColumnId } from './columns.ts';
import { editingOf, editText, propertyExpression, PROPERTY_COLUMN, type Property } from './edits.ts';
import { keyOf, type RowKey, type TableRow } from './irq-table.ts';
import { isSticky } from './notices.ts';
import { receive } from './receive.ts';
import { restore, type SavedSession, type ViewState } from './saved-state.ts';
import { SessionView } from './session-view.ts';
import { VisibleRows } from './visible-rows.ts';

/** Pause in typing after which the adapter is asked what the value would do. */
const PREVIEW_AFTER_MS = 150;

/** How long an applied edit is confirmed at its cell. */
const APPLIED_FOR_MS = 2500;

/**
 * What the webview shows, and what the user can do with it. Views render from it and call it; it alone speaks with the
 * host. Any change calls the listeners once, soon.
 */
export class Store {
  readonly view: ViewState;
  sessions: readonly PanelSession[] = [];
  /** False until the host has said which sessions there are. */
  isConnected = false;
  /** For screen readers: the last thing worth saying. */
  announcement = '';
  readonly #host: Host;
  readonly #views = new Map<string, SessionView>();
  readonly #listeners = new Set<() => void>();
  readonly #visible = new VisibleRows();
  readonly #saved: Record<string, SavedSession>;
  #selected: string | null = null;
  #isChangeDue = false;
  #ids = 0;
  #previewTimer: ReturnType<typeof setTimeout> | undefined;
  /** Replies to an earlier life of this webview must not match: ids differ from life to life. */
  readonly #life = Math.random().toString(36).slice(2, 8);

  constructor(host: Host) {
    this.#host = host;
    const saved = restore(host.load());
    this.view = saved.view;
    this.#saved = saved.sessions;
    host.listen((message) => {
      receive(this, message);
      this.changed();
    });
  }

  /** Asks the host for everything. */
  start(): void {
    this.#host.post({ type: 'ready' });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something changed: the views render and the state is saved, once for all changes of this turn. */
  changed(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    queueMicrotask(() => {
      this.#isChangeDue = false;
      this.#save();
      for (const listener of [...this.#listeners]) listener();
    });
  }

  /** The session that is shown. */
  get current(): SessionView | undefined {
    return this.#selected === null ? undefined : this.#views.get(this.#selected);
  }

  get session(): PanelSession | undefined {
    return this.sessions.find(({ id }) => id === this.#selected);
  }

  viewOf(sessionId: string): SessionView | undefined {
    return this.#views.get(sessionId);
  }

  /** The columns of what is shown. */
  get columns(): readonly Column[] {
    return columnsOf(this.current?.summary);
  }

  /** The rows that pass the filter, in order. */
  get visible(): VisibleRows {
    this.#visible.update(this.current?.table, this.view, this.columns);
    return this.#visible;
  }

  post(message: ToHost): void {
    this.#host.post(message);
  }

  nextId(): string {
    return `${this.#life}-${++this.#ids}`;
  }

  announce(text: string): void {
    this.announcement = text;
    this.changed();
  }

  setView(change: Partial<ViewState>): void {
    Object.assign(this.view, change);
    this.changed();
  }

  showTab(tab: Tab): void {
    this.setView({ tab });
  }

  /** The host's word on which sessions there are, and which is shown. */
  setSessions(sessions: readonly PanelSession[], selected: string | null): void {
    this.isConnected = true;
    this.sessions = sessions;
    const ids = new Set(sessions.map(({ id }) => id));
    for (const id of this.#views.keys()) if (!ids.has(id)) this.#views.delete(id);
    for (const id of Object.keys(this.#saved)) if (!ids.has(id)) Reflect.deleteProperty(this.#saved, id);
    for (const id of ids) if (!this.#views.has(id)) this.#views.set(id, this.#newView(id));
    this.#selected = selected;
  }

  select(sessionId: string): void {
    this.post({ type: 'select', sessionId });
  }

  /* ---- edits -------------------------------------------------------------------------------------------------- */

  /** Starts typing a value into a cell, where that is possible. */
  beginEdit(row: TableRow, column: ColumnId, text?: string): boolean {
    const view = this.current;
    const editing = editingOf(row.irq, column, view?.summary);
    if (!view || editing.how !== 'text') return false;
    const { property, hint } = editing;
    const initial = editText(row.irq, property, view.summary);
    const target = propertyExpression(row.irq, property);
    view.notices.dismiss(row.key, column);
    view.draft = { key: row.key, column, property, target, hint, initial, text: text ?? initial };
    this.changed();
    return true;
  }

  /** The text in the cell's input changed. */
  type(text: string): void {
    const view = this.current;
    if (!view?.draft) return;
    const { key, column, property, target, hint, initial } = view.draft;
    const draft = { key, column, property, target, hint, initial, text };
    view.draft = draft;
    clearTimeout(this.#previewTimer);
    if (text.trim() !== '') {
      this.#previewTimer = setTimeout(() => {
        if (view.draft !== draft) return;
        const id = this.nextId();
        view.draft = { ...draft, previewId: id };
        this.post({ type: 'preview', sessionId: view.id, id, target, value: text.trim() });
      }, PREVIEW_AFTER_MS);
    }
    this.changed();
  }

  cancelEdit(): void {
    clearTimeout(this.#previewTimer);
    const view = this.current;
    if (view) view.draft = undefined;
    this.changed();
  }

  /** Sends what was typed; refuses what the preview found to be an error. */
  commitEdit(): void {
    const view = this.current;
    const draft = view?.draft;
    if (!draft || draft.commitId !== undefined) return;
    clearTimeout(this.#previewTimer);
    const value = draft.text.trim();
    if (draft.text === draft.initial) {
      this.cancelEdit();
    } else if (value === '') {
      draft.refusal = ['Enter a value, or press Escape to keep the old one.'];
    } else if (draft.preview?.ok === false) {
      draft.refusal = draft.preview.problems.map(({ message }) => message);
      this.announce(`Refused: ${draft.refusal.join(' ')}`);
    } else {
      const id = this.nextId();
      view.draft = { ...draft, commitId: id };
      this.post({ type: 'edit', sessionId: view.id, id, target: draft.target, value });
    }
    this.changed();
  }

  /** Edits without typing: switches, choices, menu entries. */
  setProperty(irq: IrqRow, property: Property, value: string): void {
    const view = this.current;
    if (!view) return;
    const column = PROPERTY_COLUMN[property];
    view.notices.set({ key: keyOf(irq), column, kind: 'busy', title: 'Being written', lines: [] });
    const target = propertyExpression(irq, property);
    this.post({ type: 'edit', sessionId: view.id, id: this.nextId(), target, value });
    this.changed();
  }

  dismiss(key: RowKey, column: ColumnId): void {
    this.current?.notices.dismiss(key, column);
    this.changed();
  }

  /** Takes a confirmation away after a while, unless something newer stands there. */
  expire(view: SessionView, key: RowKey, column: ColumnId): void {
    const notice = view.notices.get(key, column);
    setTimeout(() => {
      if (view.notices.get(key, column) !== notice) return;
      view.notices.dismiss(key, column);
      this.changed();
    }, APPLIED_FOR_MS);
  }

  /* ---- questions ---------------------------------------------------------------------------------------------- */

  explain(irq: Pick<IrqRow, 'intid' | 'vcpu'>): void {
    const view = this.current;
    if (!view) return;
    const id = this.nextId();
    const { intid, vcpu } = irq;
    const isSame = view.explanation?.intid === intid && view.explanation.vcpu === vcpu;
    const response = isSame ? view.explanation?.response : undefined;
    view.explanation = { intid, vcpu, id, ...(response ? { response } : {}) };
    this.post({ type: 'explain', sessionId: view.id, id, intid, vcpu });
    this.changed();
  }

  closeExplanation(): void {
    const view = this.current;
    if (view) view.explanation = undefined;
    this.changed();
  }

  reveal(expression: string): void {
    const view = this.current;
    if (view) this.post({ type: 'reveal', sessionId: view.id, expression });
  }

  jump(to: number): void {
    const view = this.current;
    if (view) this.post({ type: 'jump', sessionId: view.id, to });
  }

  find(text: string, from: number, direction: 'forward' | 'backward'): void {
    const view = this.current;
    if (!view) return;
    this.view.find = text;
    view.search = undefined;
    if (text.trim() !== '') {
      const id = this.nextId();
      view.search = { id, text: text.trim() };
      this.post({ type: 'find', sessionId: view.id, id, text: text.trim(), from, direction });
    }
    this.changed();
  }

  /** Asks for the journal's pages that these entries need. */
  wantEntries(first: number, last: number): void {
    const view = this.current;
    if (!view) return;
    for (const start of view.journal.want(first, last)) {
      this.post({ type: 'journal', sessionId: view.id, start, count: 200 });
    }
  }

  /* ---- keeping ------------------------------------------------------------------------------------------------ */

  #newView(id: string): SessionView {
    const view = new SessionView(id);
    for (const notice of this.#saved[id]?.notices ?? []) view.notices.set(notice);
    return view;
  }

  /** A value half typed when the webview was hidden goes on once its row is there again. */
  resumeDraft(view: SessionView): void {
    const draft = this.#saved[view.id]?.draft;
    const row = draft && view === this.current ? view.table.get(draft.key) : undefined;
    if (!draft || !row || view.draft) return;
    this.#saved[view.id] = { notices: [], draft: null };
    if (this.beginEdit(row, draft.column, draft.text)) this.type(draft.text);
  }

  #save(): void {
    const sessions = { ...this.#saved };
    for (const [id, view] of this.#views) {
      const waiting = this.#saved[id]?.draft ?? null;
      const draft = view.draft ? { key: view.draft.key, column: view.draft.column, text: view.draft.text } : waiting;
      sessions[id] = { notices: view.notices.all.filter(isSticky), draft };
    }
    this.#host.save({ view: this.view, sessions });
  }
}
