import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../ids.ts';
import { observeFromAdapter, observeToAdapter } from './messages.ts';
import type { SessionStore } from './store.ts';

/** Feeds the store with what happens to the debug sessions of type `gic`. */
export function watchSessions(store: SessionStore): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
      createDebugAdapterTracker(session) {
        store.start(session);
        return {
          onWillReceiveMessage(message: unknown): void {
            const observation = observeToAdapter(message);
            if (observation) store.observe(session.id, observation);
          },
          onDidSendMessage(message: unknown): void {
            const observation = observeFromAdapter(message);
            if (observation) store.observe(session.id, observation);
          },
          onExit(code, signal): void {
            store.end(session.id, exitText(code, signal));
          },
        };
      },
    }),
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.type !== DEBUG_TYPE) return;
      store.start(session);
      store.observe(session.id, { kind: 'ready' });
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (session.type === DEBUG_TYPE) store.end(session.id, 'the connection to the debug adapter was lost');
    }),
  );
}

/** Tells the user when an adapter died: the views have just been emptied, and must not do so without a word. */
export function reportAccidents(store: SessionStore): vscode.Disposable {
  const subscription = store.onDidChange((event) => {
    if (event.kind !== 'removed' || event.accident === undefined) return;
    void vscode.window.showErrorMessage(
      `GIC session “${event.session.name}”: ${event.accident}. Its registers and interrupts were removed from the ` +
        'views; start it again to go on.',
    );
  });
  return new vscode.Disposable(() => subscription.dispose());
}

/** VS Code passes Node's `null` on, whatever its types say. */
function exitText(code: number | null | undefined, signal: string | null | undefined): string {
  if (typeof signal === 'string') return `the debug adapter was killed (${signal})`;
  return typeof code === 'number'
    ? `the debug adapter ended unexpectedly with exit code ${code}`
    : 'the debug adapter ended unexpectedly';
}
