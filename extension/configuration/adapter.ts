import * as vscode from 'vscode';
import { ADAPTER_PATH } from '../ids.ts';

/** Starts the bundled debug adapter. `debugServer` in a launch configuration bypasses it: VS Code sees to that. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #path: string;

  constructor(extension: vscode.Uri) {
    this.#path = vscode.Uri.joinPath(extension, ADAPTER_PATH).fsPath;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    // The extension host's own executable: Electron, which the variable makes a plain Node, or a server's Node.
    return new vscode.DebugAdapterExecutable(process.execPath, [this.#path], { env: { ELECTRON_RUN_AS_NODE: '1' } });
  }
}
