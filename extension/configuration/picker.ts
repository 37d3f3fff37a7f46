import * as vscode from 'vscode';
import { recogniseFile } from './active.ts';
import { baseName } from './decide.ts';
import { judgeName, RECORDING_GLOB } from './recognise.ts';

/** Files looked into before the list is shown. */
const MAX_FILES = 500;

interface RecordingItem extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

/** Asks for a recording: those in the workspace, or any other. Undefined where the user gave up. */
export async function pickRecording(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showQuickPick<RecordingItem>(itemsOrBrowse(), {
    title: 'Debug a guest',
    placeHolder:
      'Which program or recording? ELF files and Images; gic-trace files and QEMU, ftrace or vgic-state logs',
    matchOnDescription: true,
  });
  if (!picked) return undefined;
  return picked.uri ?? (await browseForRecording());
}

async function itemsOrBrowse(): Promise<RecordingItem[]> {
  return [...(await recordingItems()), { label: '$(folder-opened) Browse…', alwaysShow: true }];
}

async function recordingItems(): Promise<RecordingItem[]> {
  const uris = await vscode.workspace.findFiles(RECORDING_GLOB, '**/node_modules/**', MAX_FILES);
  const items = await Promise.all(uris.map(recordingItem));
  return items.filter((item) => item !== undefined).sort((a, b) => a.label.localeCompare(b.label));
}

async function recordingItem(uri: vscode.Uri): Promise<RecordingItem | undefined> {
  const recognised = await recogniseFile(uri);
  if (!recognised && judgeName(uri.path) !== 'certain') return undefined;
  return {
    label: baseName(uri.path),
    description: vscode.workspace.asRelativePath(uri),
    detail: recognised?.summary ?? 'not recognised',
    uri,
  };
}

async function browseForRecording(): Promise<vscode.Uri | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title: 'Debug a guest',
    openLabel: 'Debug',
    canSelectMany: false,
    filters: {
      Programs: ['elf', 'axf', 'flat', 'bin'],
      Recordings: ['gictrace', 'jsonl', 'log', 'txt', 'gz'],
      'All files': ['*'],
    },
  });
  return uris?.[0];
}
