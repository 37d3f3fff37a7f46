import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../ids.ts';
import type { GicSession } from './session.ts';
import type { SessionStore } from './store.ts';

/** The session the user has in focus; undefined where that is none of ours. */
export function focusedSession(store: SessionStore): GicSession | undefined {
  const active = vscode.debug.activeDebugSession;
  return active?.type === DEBUG_TYPE ? store.get(active.id) : undefined;
}

/**
 * The session a command is about: the one named, the one in focus, the only one, or the one the user picks. Says so
 * where there is none.
 */
export async function chooseSession(store: SessionStore, id?: string): Promise<GicSession | undefined> {
  if (id !== undefined) {
    const named = store.get(id);
    if (!named) throw new Error(`There is no GIC session ${id}.`);
    return named;
  }
  const sessions = store.all();
  const session = focusedSession(store) ?? (sessions.length === 1 ? sessions[0] : undefined);
  if (session) return session;
  if (sessions.length === 0) {
    void vscode.window.showInformationMessage('No GIC session is under way. Open a recording and press F5.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    sessions.map((candidate) => ({ label: candidate.name, session: candidate })),
    { placeHolder: 'Which session?' },
  );
  return picked?.session;
}
