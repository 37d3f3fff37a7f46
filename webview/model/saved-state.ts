import type { Tab } from '../messages.ts';
import { COLUMNS, type ColumnId } from './columns.ts';
import type { RowKey } from './irq-table.ts';
import type { CellNotice } from './notices.ts';
import { DEFAULT_SORT, type Sort } from './sort.ts';

/** The cell that has (or would get) the focus. */
export interface Cursor {
  readonly key: RowKey;
  readonly column: ColumnId;
}

/** How the user set up the panel. Survives the webview being hidden, closed and opened again. */
export interface ViewState {
  tab: Tab;
  filter: string;
  notIdle: boolean;
  onlyChanged: boolean;
  sort: Sort;
  cursor: Cursor | null;
  scrollTop: number;
  follow: boolean;
  find: string;
}

/** What must not be lost of a session: outcomes not yet dismissed, a value half typed. */
export interface SavedSession {
  notices: CellNotice[];
  draft: { key: RowKey; column: ColumnId; text: string } | null;
}

export interface SavedState {
  view: ViewState;
  sessions: Record<string, SavedSession>;
}

export function defaultView(): ViewState {
  return {
    tab: 'interrupts',
    filter: '',
    notIdle: false,
    onlyChanged: false,
    sort: DEFAULT_SORT,
    cursor: null,
    scrollTop: 0,
    follow: true,
    find: '',
  };
}

/** Reads what an earlier life saved, perhaps one of an older release: whatever does not fit is left out. */
export function restore(raw: unknown): SavedState {
  const saved = asRecord(raw);
  const view = asRecord(saved['view']);
  const sort = asRecord(view['sort']);
  const state = defaultView();
  if (view['tab'] === 'log') state.tab = 'log';
  if (typeof view['filter'] === 'string') state.filter = view['filter'];
  if (typeof view['find'] === 'string') state.find = view['find'];
  if (typeof view['scrollTop'] === 'number') state.scrollTop = view['scrollTop'];
  state.notIdle = view['notIdle'] === true;
  state.onlyChanged = view['onlyChanged'] === true;
  state.follow = view['follow'] !== false;
  if (isColumn(sort['column'])) state.sort = { column: sort['column'], descending: sort['descending'] === true };
  const cursor = asRecord(view['cursor']);
  if (typeof cursor['key'] === 'string' && isColumn(cursor['column'])) {
    state.cursor = { key: cursor['key'], column: cursor['column'] };
  }
  const sessions = Object.entries(asRecord(saved['sessions'])).map(([id, value]) => [id, restoreSession(value)]);
  return { view: state, sessions: Object.fromEntries(sessions) as Record<string, SavedSession> };
}

function restoreSession(raw: unknown): SavedSession {
  const saved = asRecord(raw);
  const notices = Array.isArray(saved['notices']) ? saved['notices'].filter(isNotice) : [];
  const draft = asRecord(saved['draft']);
  const isDraft = typeof draft['key'] === 'string' && isColumn(draft['column']) && typeof draft['text'] === 'string';
  return { notices, draft: isDraft ? (draft as unknown as NonNullable<SavedSession['draft']>) : null };
}

function isNotice(raw: unknown): raw is CellNotice {
  const notice = asRecord(raw);
  const kinds: unknown[] = ['narrowed', 'ignored', 'refused'];
  return (
    typeof notice['key'] === 'string' &&
    isColumn(notice['column']) &&
    kinds.includes(notice['kind']) &&
    typeof notice['title'] === 'string' &&
    Array.isArray(notice['lines'])
  );
}

function isColumn(raw: unknown): raw is ColumnId {
  return COLUMNS.some((column) => column.id === raw);
}

function asRecord(raw: unknown): Record<string, unknown> {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
}
