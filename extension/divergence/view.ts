import * as vscode from 'vscode';
import { COMMANDS, CONTEXT, VIEWS } from '../ids.ts';
import { messageOf } from '../sessions/session.ts';
import type { RegisterTree } from '../tree/model.ts';
import type { RegisterView } from '../tree/view.ts';
import type { Difference, DivergenceModel } from './model.ts';
import { present } from './present.ts';

/** The "Divergence" view: where a target behind a GDB stub and the model differ, the latest first. */
export class DivergenceView implements vscode.TreeDataProvider<Difference> {
  readonly #model: DivergenceModel;
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Difference>;
  readonly #subscriptions: vscode.Disposable;
  #hasTargets = false;

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(model: DivergenceModel, registers: { readonly tree: RegisterTree; readonly view: RegisterView }) {
    this.#model = model;
    this.#view = vscode.window.createTreeView(VIEWS.divergence, { treeDataProvider: this });
    const watch = (): void => void model.watch(this.#view.visible);
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      this.#changes,
      this.#view.onDidChangeVisibility(watch),
      model.onDidChange(() => this.#show()),
      vscode.commands.registerCommand(COMMANDS.clearDivergence, () => model.clear()),
      vscode.commands.registerCommand(COMMANDS.revealDivergence, async (expression: unknown, sessionId: unknown) => {
        if (typeof expression !== 'string' || typeof sessionId !== 'string') return;
        try {
          const node = await registers.tree.find(expression, sessionId);
          if (node) await registers.view.reveal(node);
        } catch (error) {
          void vscode.window.showErrorMessage(messageOf(error));
        }
      }),
    );
  }

  getChildren(node?: Difference): Difference[] {
    return node === undefined ? [...this.#model.differences] : [];
  }

  getTreeItem({ session, divergence }: Difference): vscode.TreeItem {
    const isAmongSeveral = this.#model.differences.some((other) => other.session !== session);
    const shown = present(divergence, isAmongSeveral ? session.name : undefined);
    const item = new vscode.TreeItem(shown.label);
    item.id = `${session.id}:${divergence.id}`;
    item.description = shown.description;
    item.tooltip = new vscode.MarkdownString(shown.tooltip);
    item.accessibilityInformation = { label: shown.accessibility };
    const color = divergence.isNew ? new vscode.ThemeColor('list.warningForeground') : undefined;
    item.iconPath = new vscode.ThemeIcon('diff', color);
    item.command = {
      command: COMMANDS.revealDivergence,
      title: 'Show Register',
      arguments: [divergence.expression, session.id],
    };
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #show(): void {
    this.#view.message = this.#model.note;
    const count = this.#model.differences.length;
    this.#view.badge = count === 0 ? undefined : { value: count, tooltip: `${count} differences` };
    this.#changes.fire(undefined);
    if (this.#hasTargets === this.#model.hasTargets) return;
    this.#hasTargets = this.#model.hasTargets;
    void vscode.commands.executeCommand('setContext', CONTEXT.hasTarget, this.#hasTargets);
  }
}
