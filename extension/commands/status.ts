import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';
import { focusedSession } from '../sessions/choose.ts';
import type { SessionStore } from '../sessions/store.ts';
import { statusText } from './status-text.ts';

/** "op 120/3518 · vCPU 0" in the status bar, for the session in focus. */
export class PositionStatus {
  readonly #store: SessionStore;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable;
  #latest = 0;

  constructor(store: SessionStore) {
    this.#store = store;
    this.#item = vscode.window.createStatusBarItem('gic.position', vscode.StatusBarAlignment.Left, 50);
    this.#item.name = 'GIC: Position';
    this.#item.command = COMMANDS.jumpTo;
    const update = (): void => void this.#update();
    this.#subscriptions = vscode.Disposable.from(
      vscode.debug.onDidChangeActiveDebugSession(update),
      store.onDidChange(update),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#item.dispose();
  }

  async #update(): Promise<void> {
    const turn = ++this.#latest;
    const session = focusedSession(this.#store);
    if (session?.position === undefined) {
      this.#item.hide();
      return;
    }
    try {
      const journal = await session.request('gic/journal', { start: session.position, count: 1 });
      // A later update is on its way: its answer counts.
      if (turn !== this.#latest) return;
      const { kind } = await session.describe();
      if (turn !== this.#latest) return;
      const text = statusText(journal, session.state === 'running', kind);
      this.#item.text = text.text;
      this.#item.tooltip = text.tooltip;
    } catch {
      if (turn !== this.#latest) return;
      // The views report why; a number that may be wrong is worse than none.
      this.#item.text = '$(warning) op ?';
      this.#item.tooltip = 'The debug adapter did not tell the position.';
    }
    this.#item.show();
  }
}
