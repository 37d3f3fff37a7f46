import { html, nothing, type TemplateResult } from 'lit';
import { adviceOf } from '../model/draft.ts';
import type { CellNotice } from '../model/notices.ts';
import type { SessionView } from '../model/session-view.ts';
import type { Store } from '../model/store.ts';
import { icon } from './icon.ts';

const SEVERITY_ICON = { error: 'error', warning: 'warning', info: 'info' } as const;

/** Which cell the note below belongs to, and what it says. */
export interface CellNote {
  readonly key: string;
  readonly column: string;
  readonly content: TemplateResult;
}

/**
 * The one note that is open: advice on what is being typed; else the outcome at the cell with the focus; else the latest
 * outcome that has not been dismissed.
 */
export function openNote(store: Store, view: SessionView): CellNote | undefined {
  const { draft } = view;
  if (draft) {
    const { severity, lines } = adviceOf(draft);
    const content = html`<div
      id="cell-note"
      class="note note-${severity}"
      role=${severity === 'info' ? 'note' : 'alert'}
    >
      ${icon(SEVERITY_ICON[severity])}
      <div class="note-text">${lines.map((line) => html`<p>${line}</p>`)}</div>
    </div>`;
    return { key: draft.key, column: draft.column, content };
  }
  const { cursor } = store.view;
  const notice = (cursor && sticky(view.notices.get(cursor.key, cursor.column))) ?? sticky(view.notices.latest);
  return notice && { key: notice.key, column: notice.column, content: outcome(store, notice) };
}

function sticky(notice: CellNotice | undefined): CellNotice | undefined {
  return notice && notice.kind !== 'busy' && notice.kind !== 'applied' ? notice : undefined;
}

function outcome(store: Store, notice: CellNotice): TemplateResult {
  const severity = notice.kind === 'refused' ? 'error' : 'warning';
  return html`<div id="cell-note" class="note note-${severity}" role="note">
    ${icon(SEVERITY_ICON[severity])}
    <div class="note-text">
      <p class="note-title">${notice.title}</p>
      ${notice.lines.length === 0 ? nothing : notice.lines.map((line) => html`<p>${line}</p>`)}
    </div>
    <button
      class="icon-button"
      aria-label="Dismiss"
      title="Dismiss (Escape)"
      @click=${() => store.dismiss(notice.key, notice.column)}
    >
      ${icon('close')}
    </button>
  </div>`;
}
