import * as vscode from 'vscode';
import { readHead } from './head.ts';
import type { Surroundings } from './decide.ts';
import { recogniseProgram, recogniseRecording, type Recognised } from './recognise.ts';

/** The file in front of the user. A gzipped file opens no text editor, so the active tab counts too. */
export function activeFile(): vscode.Uri | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = tabUri(input) ?? vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' ? uri : undefined;
}

/** The file in front of the user, and what it is. */
export async function lookAround(): Promise<Surroundings> {
  const uri = activeFile();
  return { activeFile: uri?.fsPath, recognised: uri && (await recogniseFile(uri)) };
}

/** What a file is; undefined where it is nothing that can be debugged, or cannot be read. */
export async function recogniseFile(uri: vscode.Uri): Promise<Recognised | undefined> {
  try {
    const head = await readHead(uri.fsPath);
    return recogniseProgram(head) ?? recogniseRecording(head.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Text, custom and notebook tabs have a `uri`; others show no file. */
function tabUri(input: unknown): vscode.Uri | undefined {
  if (typeof input !== 'object' || input === null || !('uri' in input)) return undefined;
  return input.uri instanceof vscode.Uri ? input.uri : undefined;
}
