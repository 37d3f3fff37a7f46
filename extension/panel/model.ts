import type { ChangedEvent, GicCommand, GicRequests } from '../../adapter/protocol.ts';
import type { PanelSession } from '../../webview/messages.ts';

/** What happened to the sessions. */
export type PanelEvent =
  /** Sessions came or went, or one started or stopped running. */
  | { kind: 'sessions' }
  /** The user turned to another session, as in VS Code's call stack. */
  | { kind: 'focused' }
  /** A session's adapter sent `gic/changed`. */
  | { kind: 'changed'; sessionId: string; change: ChangedEvent };

/** What the panel needs of the rest of the extension. */
export interface PanelModel {
  /** The sessions there are, oldest first. */
  sessions(): readonly PanelSession[];
  /** The session the user has in focus; undefined where that is none of ours. */
  focused(): string | undefined;
  onDidChange(listener: (event: PanelEvent) => void): { dispose(): void };
  /** Sends a request to a session's adapter. Rejects with an error whose message the user can read. */
  request<C extends GicCommand>(
    sessionId: string,
    command: C,
    args: GicRequests[C]['arguments'],
  ): Promise<GicRequests[C]['response']>;
  /** Shows a register in the register tree. */
  reveal(sessionId: string, expression: string): Promise<void>;
  /** Lets the user choose a recording or an example to debug. */
  open(what: 'recording' | 'example'): void;
}
