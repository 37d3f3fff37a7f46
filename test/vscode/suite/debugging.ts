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

/** Runs a command of VS Code's debugger and waits until the session has gone to `position`. */
export async function go(session: GicSession, command: string, position: number): Promise<void> {
  // Without a frame in focus VS Code knows no thread to step, and does nothing.
  await until('a frame in focus', () =>
    vscode.debug.activeStackItem instanceof vscode.DebugStackFrame ? true : undefined,
  );
  const from = session.position;
  const arrived = (): true | undefined =>
    session.position === position && session.state === 'stopped' ? true : undefined;
  await vscode.commands.executeCommand(command);
  // A command that comes while VS Code still draws the last stop is dropped without a word.
  const moved = await until(command, () => (session.position === from ? undefined : true), 4).catch(() => false);
  if (!moved && session.state === 'stopped') await vscode.commands.executeCommand(command);
  await until(`${command} goes to ${String(position)}, now ${String(session.position)}`, arrived);
}
