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
      `${baseName(resource.path)} is no recording GIC Inspector knows: no gic-trace, QEMU trace, ftrace or vgic-state text.`,
    );
    return false;
  }
  const picked = await pickRecording();
  return picked ? start(picked) : false;
}

async function isRecording(uri: vscode.Uri): Promise<boolean> {
  return judgeName(uri.path) === 'certain' || (await recogniseFile(uri)) !== undefined;
}

async function start(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return vscode.debug.startDebugging(folder, complete({ type: DEBUG_TYPE }, uri.fsPath));
}

/** Debugs one of the recordings that come with the extension. */
async function openExample(extension: vscode.Uri, name: unknown): Promise<boolean> {
  const examples = await listExamples(vscode.Uri.joinPath(extension, EXAMPLES_PATH));
  if (typeof name === 'string') {
    const named = examples.find((example) => example.label === name);
    if (!named) throw new Error(`There is no example ${name}.`);
    return start(named.uri);
  }
  if (examples.length === 0) {
    void vscode.window.showErrorMessage('No examples came with this installation of GIC Inspector.');
    return false;
  }
  const picked = await vscode.window.showQuickPick(examples, {
    title: 'Examples',
    placeHolder: 'Which recorded run?',
  });
  return picked ? start(picked.uri) : false;
}

interface Example extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

async function listExamples(folder: vscode.Uri): Promise<Example[]> {
  let entries: [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
  const files = entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
  const examples = await Promise.all(
    files.map(async (label): Promise<Example[]> => {
      const uri = vscode.Uri.joinPath(folder, label);
      const recognised = await recogniseFile(uri);
      return recognised ? [{ label, description: recognised.summary, uri }] : [];
    }),
  );
  return examples.flat();
}
