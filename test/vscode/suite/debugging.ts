import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import * as ui from '../host/client.ts';
import type { GicInspectorApi } from '../../../extension/api.ts';
import type { GicSession } from '../../../extension/sessions/session.ts';

const EXTENSION = 'gic-inspector.gic-inspector';

/** The extension under test, activated. */
export async function inspector(): Promise<GicInspectorApi> {
  const extension = vscode.extensions.getExtension<GicInspectorApi>(EXTENSION);
  assert.ok(extension, `${EXTENSION} is not there`);
  return extension.activate();
}

/** The repository: the extension runs from where it is developed. */
export function extensionRoot(): string {
  return vscode.extensions.getExtension(EXTENSION)?.extensionPath ?? '';
}

/** A recording in the workspace. */
export function recording(name: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no folder is open');
  return path.join(folder.uri.fsPath, name);
}

/** Starts a session on a recording and waits until it has stopped for the first time. */
export async function debug(name: string, more: Record<string, unknown> = {}): Promise<GicSession> {
  const api = await inspector();
  const before = new Set(api.sessions.all().map(({ id }) => id));
  const configuration = { type: 'gic', request: 'launch', name, program: recording(name), ...more };
  assert.ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration));
  return until(`the session on ${name} stops`, () =>
    api.sessions.all().find((session) => !before.has(session.id) && session.state === 'stopped'),
  );
}

/** Ends every session and waits until the extension has forgotten them. */
export async function endAll(): Promise<void> {
  const api = await inspector();
  // A session that is ending by itself cancels the request: what counts is that it ends.
  await vscode.debug.stopDebugging().then(undefined, () => undefined);
  await until('all sessions end', () => (api.sessions.all().length === 0 ? true : undefined));
  // VS Code itself is a moment behind: until then F5 means "continue".
  await ui.wait('.debug-toolbar', { gone: true });
}

/** Polls until something is there; fails with what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  seconds = 20,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${String(seconds)} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a debugger's commands make VS Code ask of an adapter. */
const MOVES = new Set(['continue', 'reverseContinue', 'next', 'stepIn', 'stepOut', 'stepBack', 'pause']);

/** How often each session was asked to move. */
const moves = new Map<string, number>();

vscode.debug.registerDebugAdapterTrackerFactory('gic', {
  createDebugAdapterTracker: ({ id }) => ({
    onWillReceiveMessage({ type, command }: { type: string; command?: string }) {
      if (type === 'request' && MOVES.has(command ?? '')) moves.set(id, (moves.get(id) ?? 0) + 1);
    },
  }),
});

/**
 * Runs a command of VS Code's debugger, and waits until the session's adapter was asked. VS Code drops a command without
 * a word where no frame is in focus, and while it still draws the last stop: it is then run again.
 */
export async function press(session: GicSession, command: string): Promise<void> {
  const before = moves.get(session.id);
  const asked = (): true | undefined => (moves.get(session.id) === before ? undefined : true);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (session.state === 'stopped') {
      await until('a frame in focus', () =>
        vscode.debug.activeStackItem instanceof vscode.DebugStackFrame ? true : undefined,
      );
    }
    await vscode.commands.executeCommand(command);
    if (await until(command, asked, 4).catch(() => false)) return;
  }
  throw new Error(`VS Code asked nothing of ${session.name}: ${command}`);
}

/** The guest may have stopped again, or ended, before anybody could see it run. */
export function goOn(session: GicSession): Promise<void> {
  return press(session, 'workbench.action.debug.continue');
}

/** Runs a command of VS Code's debugger and waits until the session has gone to `position`. */
export async function go(session: GicSession, command: string, position: number): Promise<void> {
  await press(session, command);
  await until(`${command} goes to ${String(position)}, now ${String(session.position)}`, () =>
    session.position === position && session.state === 'stopped' ? true : undefined,
  );
}
