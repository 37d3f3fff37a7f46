import * as vscode from 'vscode';
import { activeFile, recogniseFile } from '../configuration/active.ts';
import { baseName, complete } from '../configuration/decide.ts';
import { pickRecording } from '../configuration/picker.ts';
import { judgeName } from '../configuration/recognise.ts';
import { COMMANDS, DEBUG_TYPE, EXAMPLES_PATH, FROM_F5 } from '../ids.ts';

/** The commands that start a session. */
export function registerOpenCommands(extension: vscode.Uri): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(COMMANDS.debugFile, debugFile),
    vscode.commands.registerCommand(COMMANDS.pickRecording, async () => (await pickRecording())?.fsPath),
    vscode.commands.registerCommand(COMMANDS.openExample, (name?: unknown) => openExample(extension, name)),
  );
}

/** Debugs a file: the one given by a menu, the one in front of the user, or one to be picked. */
async function debugFile(resource?: unknown): Promise<boolean> {
  const given = resource instanceof vscode.Uri ? resource : activeFile();
  const uri = given && (await isRecording(given)) ? given : undefined;
  if (uri) return start(uri);
  // Our key binding took F5 from VS Code because of the file's name alone: give it back.
  if (resource === FROM_F5) return (await vscode.commands.executeCommand('workbench.action.debug.start')) !== false;
  if (resource instanceof vscode.Uri) {
    void vscode.window.showErrorMessage(
      `${baseName(resource.path)} is nothing GIC Inspector can debug: no AArch64 program, and no gic-trace, QEMU trace, ftrace or vgic-state text.`,
    );
    return false;
  }
  const picked = await pickRecording();
  return picked ? start(picked) : false;
}

async function isRecording(uri: vscode.Uri): Promise<boolean> {
  return judgeName(uri.path) === 'certain' || (await recogniseFile(uri)) !== undefined;
}

async function start(uri: vscode.Uri, more: Record<string, unknown> = {}): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return vscode.debug.startDebugging(folder, complete({ type: DEBUG_TYPE, ...more }, uri.fsPath));
}

/** Debugs one of the guests and recordings that come with the extension. */
async function openExample(extension: vscode.Uri, name: unknown): Promise<boolean> {
  const examples = await listExamples(vscode.Uri.joinPath(extension, EXAMPLES_PATH));
  if (typeof name === 'string') {
    const named = examples.find((example) => example.label === name);
    if (!named) throw new Error(`There is no example ${name}.`);
    return start(named.uri, named.configuration);
  }
  if (examples.length === 0) {
    void vscode.window.showErrorMessage('No examples came with this installation of GIC Inspector.');
    return false;
  }
  const picked = await vscode.window.showQuickPick(examples, {
    title: 'Examples',
    placeHolder: 'Which guest, or which recorded run?',
  });
  return picked ? start(picked.uri, picked.configuration) : false;
}

interface Example extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
  /** What its launch configuration says besides. */
  readonly configuration: Record<string, unknown>;
}

/** Guests lie in a folder of their own, with their sources; they have two vCPUs. */
const GUESTS = 'guest';

async function listExamples(folder: vscode.Uri): Promise<Example[]> {
  const guests = await examplesIn(vscode.Uri.joinPath(folder, GUESTS), `${GUESTS}/`, { cpus: 2 });
  return [...guests, ...(await examplesIn(folder, '', {}))];
}

async function examplesIn(
  folder: vscode.Uri,
  prefix: string,
  configuration: Record<string, unknown>,
): Promise<Example[]> {
  let entries: [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
  const files = entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
  const examples = await Promise.all(
    files.map(async (name): Promise<Example[]> => {
      const uri = vscode.Uri.joinPath(folder, name);
      const recognised = await recogniseFile(uri);
      return recognised ? [{ label: prefix + name, description: recognised.summary, uri, configuration }] : [];
    }),
  );
  return examples.flat();
}
