import * as vscode from 'vscode';
import type { Tab, ToHost, ToWebview } from '../../webview/messages.ts';
import { Conversation } from './conversation.ts';
import { panelHtml } from './html.ts';
import type { PanelModel } from './model.ts';

/** The webview view "Interrupts" in VS Code's panel: interrupt table and access log. */
export class IrqPanel implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #viewId: string;
  readonly #conversation: Conversation;
  #view: vscode.WebviewView | undefined;

  constructor(extensionUri: vscode.Uri, viewId: string, model: PanelModel) {
    this.#extensionUri = extensionUri;
    this.#viewId = viewId;
    this.#conversation = new Conversation(model, (message) => void this.#view?.webview.postMessage(message));
  }

  /** The session the panel shows. */
  get selected(): string | undefined {
    return this.#conversation.selected;
  }

  /** Called by VS Code when the view is first shown, and again after it was closed. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const uri = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
    view.onDidDispose(() => {
      if (this.#view !== view) return;
      this.#view = undefined;
      this.#conversation.pause();
    });
    // A hidden webview is destroyed; shown again it starts anew and says that it is ready. One that was retained is asked.
    view.onDidChangeVisibility(() => {
      if (this.#view !== view) return;
      if (view.visible) void webview.postMessage({ type: 'wake' } satisfies ToWebview);
      else this.#conversation.pause();
    });
    webview.onDidReceiveMessage((message: ToHost) => {
      if (this.#view === view) this.#conversation.receive(message);
    });
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      script: uri('webview.js'),
      iconStyles: uri('codicon.css'),
    });
  }

  /** Shows the panel with a tab in front; `find` is looked for in the log, `filter` narrows the table. */
  async show(sessionId: string, tab: Tab, options: { find?: string; filter?: string } = {}): Promise<void> {
    this.#conversation.show(sessionId, tab, options);
    await vscode.commands.executeCommand(`${this.#viewId}.focus`);
  }

  /** Shows the accesses to a register in the access log. */
  showInLog(sessionId: string, register: string): Promise<void> {
    return this.show(sessionId, 'log', { find: register });
  }

  dispose(): void {
    this.#conversation.dispose();
  }
}
