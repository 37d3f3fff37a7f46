import { html, nothing, type TemplateResult } from 'lit';
import type { JournalEntry } from '../../adapter/protocol.ts';
import { cssVars } from './css-vars.ts';
import { icon } from './icon.ts';

/** The log's columns: class suffix, header, tooltip of the header. */
export const LOG_COLUMNS = [
  ['index', '#', 'Place in time. Arrow: this operation comes next'],
  ['vcpu', 'vCPU', 'The vCPU that made the access'],
  ['op', 'Operation', 'What was done'],
  ['address', 'Address', 'Physical address of the access'],
  ['register', 'Register', 'The register at that address'],
  ['value', 'Value', 'What was written, or what the guest read'],
  ['text', 'Meaning', 'The access, decoded'],
  ['remark', 'Remark', 'What is remarkable about it'],
] as const;

const KIND = {
  normal: undefined,
  mismatch: {
    icon: 'error',
    tone: 'tone-error',
    text: 'mismatch',
    title: 'The controller disagrees with the recording',
  },
  hole: { icon: 'circle-slash', tone: 'tone-warning', text: 'hole', title: 'No register there, or a bad width' },
  spurious: { icon: 'question', tone: 'tone-special', text: 'spurious', title: 'A spurious acknowledge' },
  unpredicted: {
    icon: 'warning',
    tone: 'tone-warning',
    text: 'unpredicted',
    title: 'The model cannot tell the answer',
  },
} as const;

export interface LogRowState {
  readonly index: number;
  /** Distance from the top of the viewport in pixels. */
  readonly top: number;
  /** Entries there are: the row after the last entry is the end. */
  readonly total: number;
  readonly position: number;
  readonly isCursor: boolean;
  readonly isFound: boolean;
}

export function logRow(state: LogRowState, entry: JournalEntry | undefined): TemplateResult {
  const { index, total, position } = state;
  const isNext = index === position;
  const isEnd = index === total;
  const marks = [
    isNext ? 'next' : index > position ? 'future' : '',
    entry ? `kind-${entry.kind}` : '',
    entry?.origin === 'edit' ? 'edit' : '',
    state.isCursor ? 'current' : '',
    state.isFound ? 'found' : '',
    isEnd ? 'end' : '',
  ];
  return html`<div
    class="log-row ${marks.join(' ')}"
    role="row"
    data-index=${index}
    aria-rowindex=${index + 2}
    aria-current=${isNext ? 'step' : nothing}
    aria-selected=${String(state.isCursor)}
    tabindex=${state.isCursor ? '0' : '-1'}
    title=${isNext ? nothing : isEnd ? 'Go to the end' : `Go to just before operation ${index}`}
    ${cssVars({ transform: `translateY(${state.top}px)` })}
  >
    ${isEnd ? endCells(isNext) : entry ? entryCells(entry, isNext) : loadingCells(index, isNext)}
  </div>`;
}

const marker = (isNext: boolean): TemplateResult =>
  html`<span class="marker"
    >${isNext ? html`${icon('debug-stackframe', 'tone-next')}<span class="sr">comes next</span>` : nothing}</span
  >`;

function endCells(isNext: boolean): TemplateResult {
  return html`<div class="cell log-index" role="gridcell">${marker(isNext)}</div>
    <div class="cell log-end" role="gridcell">${isNext ? 'The end: nothing further is known' : 'The end'}</div>`;
}

function loadingCells(index: number, isNext: boolean): TemplateResult {
  return html`<div class="cell log-index num" role="gridcell">${marker(isNext)}${index}</div>
    <div class="cell log-end dim" role="gridcell">…</div>`;
}

function entryCells(entry: JournalEntry, isNext: boolean): TemplateResult {
  const kind = KIND[entry.kind];
  const title = entry.line === undefined ? nothing : `Line ${entry.line} of the recording`;
  return html`<div class="cell log-index num" role="gridcell" title=${title}>${marker(isNext)}${entry.index}</div>
    <div class="cell log-vcpu num" role="gridcell">${vcpuText(entry)}</div>
    <div class="cell log-op" role="gridcell">
      ${
        entry.origin === 'edit'
          ? html`<span class="badge badge-edit" title="Made by you, not by the guest">${icon('edit')}edit</span>`
          : nothing
      }${entry.op}
    </div>
    <div
      class="cell log-address num"
      role="gridcell"
      title=${entry.length === undefined ? nothing : `${entry.length} bytes`}
    >
      ${entry.address ?? ''}
    </div>
    <div class="cell log-register num" role="gridcell" title=${entry.register ?? nothing}>${entry.register ?? ''}</div>
    <div class="cell log-value num" role="gridcell" title=${entry.value ?? nothing}>${entry.value ?? ''}</div>
    <div class="cell log-text" role="gridcell" title=${entry.text}>${entry.text}</div>
    <div
      class="cell log-remark"
      role="gridcell"
      title=${[kind?.title, entry.remark, codeText(entry)].filter(Boolean).join('\n')}
    >
      ${kind ? html`<span class="kind ${kind.tone}">${icon(kind.icon)}${kind.text}</span>` : nothing}${entry.remark ?? ''}
      ${entry.code ? html`<span class="dim">${codeText(entry)}</span>` : nothing}
    </div>`;
}

/** "gic_end, gic.c:78": which code made the access. */
function codeText({ code }: JournalEntry): string {
  if (code === undefined) return '';
  const file = code.file?.split(/[\\/]/).at(-1);
  const line = file === undefined || code.line === undefined ? '' : `, ${file}:${code.line}`;
  return `${code.function ?? code.pc}${line}`;
}

function vcpuText(entry: JournalEntry): TemplateResult | string {
  if (entry.vcpu !== null) return String(entry.vcpu);
  // Without an address it is a wire or the like: no vCPU is concerned.
  if (entry.address === undefined) return '';
  return html`<span class="unknown" title="CPU unknown: the recording does not tell it"
    >?<span class="sr"> CPU unknown</span></span
  >`;
}
