import type { ToWebview } from '../messages.ts';
import { irqName } from './columns.ts';
import { parseProperty, PROPERTY_COLUMN } from './edits.ts';
import { keyOf } from './irq-table.ts';
import { outcomeOf, type CellNotice } from './notices.ts';
import type { SessionView } from './session-view.ts';
import type { Store } from './store.ts';

/** Takes a message of the host. What is about a session that is gone, or older than what is known, is dropped. */
export function receive(store: Store, message: ToWebview): void {
  if (message.type === 'wake') {
    store.start();
    return;
  }
  if (message.type === 'sessions') {
    store.setSessions(message.sessions, message.selected);
    return;
  }
  const view = store.viewOf(message.sessionId);
  if (!view) return;
  switch (message.type) {
    case 'describe':
      view.summary = message.summary;
      view.failures.delete('describe');
      return;
    case 'irqs':
      if (!view.table.apply(message.irqs, message.newStop)) return;
      view.failures.delete('irqs');
      store.resumeDraft(view);
      refreshExplanation(store, view, message.irqs.version);
      return;
    case 'moved':
      view.journal.moved(message.version, message.position);
      return;
    case 'journal':
      if (view.journal.take(message.start, message.journal)) view.failures.delete('journal');
      return;
    case 'edited':
      edited(store, view, message);
      return;
    case 'previewed':
      if (view.draft?.previewId === message.id) view.draft = { ...view.draft, preview: message.response };
      return;
    case 'explained':
      if (view.explanation?.id !== message.id) return;
      view.explanation = { ...view.explanation, response: message.response };
      delete view.explanation.failure;
      return;
    case 'found':
      found(store, view, message);
      return;
    case 'failed':
      failed(store, view, message);
      return;
    case 'show':
      store.view.tab = message.tab;
      if (message.filter !== undefined) store.view.filter = message.filter;
      if (message.find !== undefined) store.find(message.find, view.journal.position, 'forward');
  }
}

/** The answer on screen follows the state. */
function refreshExplanation(store: Store, view: SessionView, version: number): void {
  const { explanation } = view;
  if (explanation?.response && explanation.response.version < version && view === store.current) {
    store.explain(explanation);
  }
}

function place(
  store: Store,
  view: SessionView,
  target: string | undefined,
  make: (at: Pick<CellNotice, 'key' | 'column'>) => CellNotice,
): void {
  const parsed = target === undefined ? undefined : parseProperty(target);
  if (!parsed) return;
  const notice = make({ key: keyOf(parsed.irq), column: PROPERTY_COLUMN[parsed.property] });
  view.notices.set(notice);
  if (notice.kind === 'applied') store.expire(view, notice.key, notice.column);
  store.announce(`${irqName(parsed.irq)}, ${parsed.property}: ${notice.title}. ${notice.lines.join(' ')}`);
}

function edited(store: Store, view: SessionView, message: Extract<ToWebview, { type: 'edited' }>): void {
  const { draft } = view;
  const { response } = message;
  if (draft?.commitId === message.id) {
    if (!response.ok) {
      // What was typed stays in its input, with the reason below.
      delete draft.commitId;
      draft.refusal = response.problems.map((problem) => problem.message);
      if (draft.refusal.length === 0) draft.refusal = ['This cannot be written.'];
      store.announce(`Refused: ${draft.refusal.join(' ')}`);
      return;
    }
    view.draft = undefined;
  }
  place(store, view, message.target, ({ key, column }) => outcomeOf(key, column, message.value, response));
}

function found(store: Store, view: SessionView, message: Extract<ToWebview, { type: 'found' }>): void {
  const { search } = view;
  if (search?.id !== message.id) return;
  const { index, complete, searched } = message;
  const nothing = complete
    ? 'No access matches.'
    : `No match in the nearest ${searched.toLocaleString('en')} accesses.`;
  view.search = { ...search, index, message: index === null ? nothing : '' };
  store.announce(index === null ? nothing : `Found at ${index}`);
}

function failed(store: Store, view: SessionView, message: Extract<ToWebview, { type: 'failed' }>): void {
  const { id, request } = message;
  switch (request) {
    case 'preview':
      // Without a preview the edit itself will tell.
      return;
    case 'edit': {
      if (view.draft && view.draft.commitId === id) {
        delete view.draft.commitId;
        view.draft.refusal = [message.message];
        return;
      }
      const lines = [message.message];
      place(store, view, message.target, (at) => ({ ...at, kind: 'refused', title: 'This edit failed', lines }));
      return;
    }
    case 'explain':
      if (view.explanation && view.explanation.id === id) view.explanation.failure = message.message;
      return;
    case 'find':
      if (view.search && view.search.id === id) view.search = { ...view.search, index: null, message: message.message };
      return;
    default:
      view.failures.set(request, message.message);
      store.announce(message.message);
  }
}
