/**
 * What the panel's two halves say to each other: the extension host, which knows the debug sessions, and the webview,
 * which shows one of them. Types only. Every message about a session names it: nothing is ever about "the active one".
 */
import type {
  DescribeResponse,
  ExplainResponse,
  IrqsResponse,
  JournalResponse,
  PreviewResponse,
  Vcpu,
  WriteResponse,
} from '../adapter/protocol.ts';

/** A debug session the panel may show. */
export interface PanelSession {
  id: string;
  name: string;
  state: 'starting' | 'running' | 'stopped';
}

/** What is debugged, as far as the panel's views need it. */
export type Summary = Pick<DescribeResponse, 'gic' | 'profile' | 'cpus' | 'spis' | 'title' | 'canStepBack' | 'knows'>;

export type Tab = 'interrupts' | 'log';

/** What was asked for when a request failed. `id` is absent where the host asked by itself. */
export type FailedRequest =
  'describe' | 'irqs' | 'journal' | 'edit' | 'preview' | 'explain' | 'jump' | 'reveal' | 'find';

export type ToWebview =
  /** Asks for `ready`: the webview may have outlived being hidden. */
  | { type: 'wake' }
  | { type: 'sessions'; sessions: PanelSession[]; selected: string | null }
  | { type: 'describe'; sessionId: string; summary: Summary }
  /** `newStop`: the guest moved since the rows sent before, so rows that are not among these no longer count as changed. */
  | { type: 'irqs'; sessionId: string; irqs: IrqsResponse; newStop: boolean }
  /** The state changed: journal entries held may be out of date, and the position moved. */
  | { type: 'moved'; sessionId: string; version: number; position: number }
  | { type: 'journal'; sessionId: string; start: number; journal: JournalResponse }
  | { type: 'edited'; sessionId: string; id: string; target: string; value: string; response: WriteResponse }
  | { type: 'previewed'; sessionId: string; id: string; response: PreviewResponse }
  | { type: 'explained'; sessionId: string; id: string; intid: number; vcpu: Vcpu; response: ExplainResponse }
  /** `index` is null where nothing was found. `searched` counts the entries looked at. */
  | { type: 'found'; sessionId: string; id: string; index: number | null; searched: number; complete: boolean }
  | {
      type: 'failed';
      sessionId: string;
      request: FailedRequest;
      id?: string;
      /** Of an edit: what was to be edited. */
      target?: string;
      /** Of journal pages: where the page starts. */
      start?: number;
      message: string;
    }
  /** Brings a tab to the front, with a text to find in the log or a filter for the table. */
  | { type: 'show'; sessionId: string; tab: Tab; find?: string; filter?: string };

export type ToHost =
  /** The webview has just been (re)built: it knows nothing. */
  | { type: 'ready' }
  | { type: 'select'; sessionId: string }
  | { type: 'edit'; sessionId: string; id: string; target: string; value: string }
  | { type: 'preview'; sessionId: string; id: string; target: string; value: string }
  | { type: 'journal'; sessionId: string; start: number; count: number }
  | { type: 'jump'; sessionId: string; to: number }
  | { type: 'explain'; sessionId: string; id: string; intid: number; vcpu: Vcpu }
  | { type: 'reveal'; sessionId: string; expression: string }
  /** Looks for text in the log, from `from` on (included) and around its end. */
  | { type: 'find'; sessionId: string; id: string; text: string; from: number; direction: 'forward' | 'backward' }
  /** Buttons of the empty state. */
  | { type: 'open'; what: 'recording' | 'example' };
