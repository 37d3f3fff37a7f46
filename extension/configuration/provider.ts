import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../ids.ts';
import { debuggers } from '../manifest/debugger.ts';
import { activeFile, lookAround, recogniseFile } from './active.ts';
import { baseName, complete, decide } from './decide.ts';
import { finish } from './finish.ts';
import { pickRecording } from './picker.ts';
import { RECORDING_GLOB } from './recognise.ts';

/** Recordings offered as ready-made configurations. */
const MAX_DYNAMIC = 30;

/** Makes configurations complete: F5 on an open recording just works, and what is missing is asked for. */
export class GicConfigurationProvider implements vscode.DebugConfigurationProvider {
  /** For a new launch.json. */
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const uri = activeFile();
    if (uri && (await recogniseFile(uri))) return [configurationFor(uri, folder)];
    return debuggers.flatMap((entry) => entry.initialConfigurations);
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    raw: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const decision = decide(raw, await lookAround());
    switch (decision.kind) {
      case 'start':
        return decision.configuration;
      case 'ask': {
        const uri = await pickRecording();
        return uri && complete(raw, uri.fsPath);
      }
      case 'error':
        this.#refuse(decision.message, folder);
        return undefined;
    }
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const finished = await finish(configuration, folder?.uri.fsPath);
    // What VS Code needs (type, request, name) went in, and came out again.
    if ('configuration' in finished) return { ...configuration, ...finished.configuration };
    this.#refuse(finished.problem, folder);
    return undefined;
  }

  #refuse(message: string, folder: vscode.WorkspaceFolder | undefined): void {
    const open = 'Open launch.json';
    // The message must not hold the launch back: VS Code waits for this promise.
    void vscode.window.showErrorMessage(message, ...(folder ? [open] : [])).then((choice) => {
      if (choice === open) return vscode.commands.executeCommand('workbench.action.debug.configure');
      return undefined;
    });
  }
}

/** The recordings of the workspace as configurations to pick from. */
export class DynamicConfigurationProvider implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const where = folder ? new vscode.RelativePattern(folder, RECORDING_GLOB) : RECORDING_GLOB;
    const uris = await vscode.workspace.findFiles(where, '**/node_modules/**', MAX_DYNAMIC * 4);
    const known = await Promise.all(uris.map(async (uri) => ((await recogniseFile(uri)) ? [uri] : [])));
    return known
      .flat()
      .slice(0, MAX_DYNAMIC)
      .map((uri) => configurationFor(uri, folder));
  }
}

function configurationFor(uri: vscode.Uri, folder: vscode.WorkspaceFolder | undefined): vscode.DebugConfiguration {
  const inFolder = folder && vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === folder.uri.toString();
  const program = inFolder ? `\${workspaceFolder}/${vscode.workspace.asRelativePath(uri, false)}` : uri.fsPath;
  return complete({ type: DEBUG_TYPE, name: `GIC: ${baseName(uri.path)}` }, program);
}
