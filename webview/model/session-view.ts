import type { ExplainResponse, Vcpu } from '../../adapter/protocol.ts';
import type { FailedRequest, Summary } from '../messages.ts';
import type { Draft } from './draft.ts';
import { IrqTable } from './irq-table.ts';
import { Journal } from './journal.ts';
import { Notices } from './notices.ts';

/** The question "why does it not fire?" and its answer, kept up to date while it is shown. */
export interface Explanation {
  readonly intid: number;
  readonly vcpu: Vcpu;
  id: string;
  response?: ExplainResponse;
  failure?: string;
}

/** A search in the access log. */
export interface Search {
  readonly id: string;
  readonly text: string;
  /** Undefined while it goes on, null where nothing was found. */
  index?: number | null;
  /** What to tell the user. */
  message?: string;
}

/** All the webview knows about one session. */
export class SessionView {
  readonly id: string;
  readonly table = new IrqTable();
  readonly journal = new Journal();
  readonly notices = new Notices();
  summary: Summary | undefined;
  draft: Draft | undefined;
  explanation: Explanation | undefined;
  search: Search | undefined;
  /** What could not be read, and why: until it can be read again. */
  readonly failures = new Map<FailedRequest, string>();

  constructor(id: string) {
    this.id = id;
  }
}
