import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';
import { focusedSession } from '../sessions/choose.ts';
import type { SessionEvent, SessionStore } from '../sessions/store.ts';
import type { RegisterTree } from '../tree/model.ts';
import type { RegisterView } from '../tree/view.ts';
import type { PanelEvent, PanelModel } from './model.ts';

/** What the panel sees of the extension: its sessions, its register tree, its commands. */
export function storeModel(store: SessionStore, tree: RegisterTree, view: RegisterView): PanelModel {
  return {
    sessions: () => store.all().flatMap(({ id, name, state }) => (state === 'ended' ? [] : [{ id, name, state }])),
    focused: () => focusedSession(store)?.id,
    onDidChange(listener) {
      return vscode.Disposable.from(
        store.onDidChange((event) => listener(panelEvent(event))),
        vscode.debug.onDidChangeActiveDebugSession(() => listener({ kind: 'focused' })),
      );
    },
    request(sessionId, command, args) {
      const session = store.get(sessionId);
      if (!session) return Promise.reject(new Error('The debug session has ended.'));
      return session.request(command, args);
    },
    async reveal(sessionId, expression) {
      const node = await tree.find(expression, sessionId);
      if (!node) throw new Error(`There is no register ${expression}.`);
      await view.reveal(node);
    },
    open(what) {
      void vscode.commands.executeCommand(what === 'example' ? COMMANDS.openExample : COMMANDS.debugFile);
    },
  };
}

function panelEvent(event: SessionEvent): PanelEvent {
  if (event.kind === 'changed') return { kind: 'changed', sessionId: event.session.id, change: event.change };
  return { kind: 'sessions' };
}
