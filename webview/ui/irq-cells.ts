import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { IrqRow } from '../../adapter/protocol.ts';
import {
  hasLine,
  irqName,
  NOT_KNOWN,
  priorityText,
  queuedText,
  sourcesText,
  stateText,
  type Column,
} from '../model/columns.ts';
import type { Draft } from '../model/draft.ts';
import { adviceOf } from '../model/draft.ts';
import { editingOf } from '../model/edits.ts';
import type { CellNotice } from '../model/notices.ts';
import type { Store } from '../model/store.ts';
import { icon } from './icon.ts';

const STATE_ICON = {
  idle: 'circle-large-outline',
  pending: 'bell-dot',
  active: 'play-circle',
  'pending+active': 'sync',
} as const;

/** What a cell shows. */
export function cellContent(row: IrqRow, column: Column): TemplateResult | string {
  if (row.unavailable !== undefined && column.id !== 'intid') return NOT_KNOWN;
  switch (column.id) {
    case 'intid':
      return html`<span class="num intid">${row.intid}</span><span class="badge badge-${row.type}">${row.type}</span>
        ${row.vcpu === null ? nothing : html`<span class="dim">vCPU ${row.vcpu}</span>`}
        <button
          class="row-menu"
          data-action="menu"
          tabindex="-1"
          aria-label="Actions for ${irqName(row)}"
          title="Actions (Shift+F10)"
        >
          ${icon('ellipsis')}
        </button>`;
    case 'state':
      return html`<span class="state state-${row.state.replace('+', '-')}"
          >${icon(STATE_ICON[row.state])}${stateText(row)}</span
        >${row.softPending ? html`<span class="tag" title="Pending by software (ISPENDR)">soft</span>` : nothing}${
          row.sources === 0 ? nothing : html`<span class="dim">${sourcesText(row)}</span>`
        }`;
    case 'line':
      if (!hasLine(row)) return html`<span class="dim">–</span>`;
      return row.line
        ? html`<span class="line-high">${icon('arrow-up')}high</span>`
        : html`<span class="dim">${icon('arrow-down')}low</span>`;
    case 'enabled':
      return html`<span
        class="check"
        role="checkbox"
        data-action="toggle"
        aria-checked=${String(row.enabled)}
        aria-label="${irqName(row)} enabled"
        >${row.enabled ? icon('check') : nothing}</span
      >`;
    case 'priority':
      return html`<span class="num">${priorityText(row.priority)}</span>`;
    case 'trigger':
      return row.trigger;
    case 'group':
      return html`<span class="num">${row.group}</span>`;
    case 'target':
      return row.target === null ? html`<span class="nobody">nobody</span>` : `vCPU ${row.target}`;
    case 'queued':
      return html`${queuedText(row)}${
        row.listRegister === null
          ? nothing
          : html`<span class="badge badge-lr" title="In list register ${row.listRegister} of vCPU ${row.queuedOn}"
              >LR${row.listRegister}</span
            >`
      }`;
  }
}

/** The tooltip: what the cell does not show, and why it cannot be edited. */
export function cellTitle(store: Store, row: IrqRow, column: Column): string {
  if (row.unavailable !== undefined) return `${irqName(row)} is not known: ${row.unavailable}`;
  const parts = [column.text(row)];
  if (column.id === 'target' && row.route !== null) {
    const isV2 = store.current?.summary?.gic === 'v2';
    parts[0] = `${isV2 ? 'ITARGETSR byte' : 'IROUTER affinity'} ${row.route}: goes to ${column.text(row)}`;
  } else if (column.id === 'priority') {
    parts[0] = `Priority ${priorityText(row.priority)} (${row.priority})`;
  } else if (column.id === 'queued' && row.queuedOn === null) {
    parts[0] = 'In no vCPU’s queue';
  } else if (column.id === 'line' && hasLine(row)) {
    parts[0] = `The wire is ${row.line ? 'high' : 'low'}`;
  }
  const editing = editingOf(row, column.id, store.current?.summary);
  if (editing.how === 'none' && column.id !== 'intid') parts.push(editing.why);
  if (editing.how === 'text' || editing.how === 'choice') parts.push('Enter, F2 or a double click edits it.');
  if (editing.how === 'switch') parts.push('Space or Enter switches it.');
  if (editing.how === 'menu') parts.push('Enter shows what can be done.');
  return parts.join('\n');
}

/** The input in a cell that is being edited. */
export function cellInput(store: Store, draft: Draft, name: string): TemplateResult {
  const isWrong = adviceOf(draft).severity === 'error';
  return html`<input
    class="cell-input"
    type="text"
    spellcheck="false"
    autocomplete="off"
    aria-label=${name}
    aria-invalid=${isWrong ? 'true' : nothing}
    aria-describedby="cell-note"
    ?readonly=${draft.commitId !== undefined}
    .value=${live(draft.text)}
    @input=${(event: InputEvent) => store.type((event.target as HTMLInputElement).value)}
  />`;
}

const NOTICE_ICON = {
  busy: ['sync', 'spin', 'being written'],
  applied: ['pass', 'tone-ok', 'applied'],
  narrowed: ['warning', 'tone-warning', 'narrowed'],
  ignored: ['warning', 'tone-warning', 'ignored'],
  refused: ['error', 'tone-error', 'refused'],
} as const;

/** The mark of an edit's outcome in its cell. */
export function noticeMark(notice: CellNotice): TemplateResult {
  const [name, tone, text] = NOTICE_ICON[notice.kind];
  return html`<span class="mark" data-action="notice" title=${[notice.title, ...notice.lines].join('\n')}
    >${icon(name, tone)}<span class="sr">${text}</span></span
  >`;
}
