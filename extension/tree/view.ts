import * as vscode from 'vscode';
import { CONTEXT, VIEWS } from '../ids.ts';
import type { SessionStore } from '../sessions/store.ts';
import { registerDecorations } from './decorations.ts';
import type { RegisterTree } from './model.ts';
import type { TreeNode, ValueNode } from './nodes.ts';
import { RegisterTreeProvider } from './provider.ts';
import type { TreeSettings } from './settings.ts';

/** The "Registers" view: the tree itself, and what stands around it. */
export class RegisterView {
  readonly #tree: RegisterTree;
  readonly #store: SessionStore;
  readonly #settings: TreeSettings;
  readonly #provider: RegisterTreeProvider;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #subscriptions: vscode.Disposable;
  readonly #contexts = new Map<string, boolean>();

  constructor(tree: RegisterTree, store: SessionStore, settings: TreeSettings) {
    this.#tree = tree;
    this.#store = store;
    this.#settings = settings;
    this.#provider = new RegisterTreeProvider(tree);
    this.#view = vscode.window.createTreeView(VIEWS.registers, {
      treeDataProvider: this.#provider,
      showCollapseAll: true,
    });
    const frame = (): void => this.#frame();
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      registerDecorations(),
      this.#view.onDidExpandElement(({ element }) => tree.setExpanded(element, true)),
      this.#view.onDidCollapseElement(({ element }) => tree.setExpanded(element, false)),
      store.onDidChange(frame),
      tree.onDidChange(frame),
      settings.onDidChange(frame),
    );
    this.#frame();
  }

  /** The node the user has selected. */
  get selected(): TreeNode | undefined {
    return this.#view.selection[0];
  }

  /** Shows a node, whatever is hidden now: a filter that hides it is taken off. */
  async reveal(node: ValueNode): Promise<void> {
    if (this.#tree.filter) this.#tree.setFilter('');
    if (this.#settings.onlyNonReset && !(await this.#isListed(node))) this.#settings.onlyNonReset = false;
    if (!this.#view.visible) await vscode.commands.executeCommand(`${VIEWS.registers}.focus`);
    // A node revealed while VS Code still loads the tree leaves its parents open and empty.
    await this.#provider.settled();
    await this.#view.reveal(node, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #isListed(node: TreeNode): Promise<boolean> {
    const parent = this.#tree.parentOf(node);
    const siblings = await this.#tree.children(parent);
    return siblings.includes(node) && (parent === undefined || (await this.#isListed(parent)));
  }

  /** Sets title, message and context keys. */
  #frame(): void {
    const sessions = this.#store.all();
    const { filter } = this.#tree;
    const only = sessions.length === 1 ? sessions[0] : undefined;
    const running = sessions.some((session) => session.state === 'running');
    this.#view.description = [only?.name, running ? 'running…' : undefined].filter((word) => word).join(' · ');
    const lines: string[] = [];
    if (sessions.length > 0 && filter) lines.push(`Only what matches “${filter.text}”.`);
    if (sessions.length > 0 && this.#settings.onlyNonReset) lines.push('Only what differs from reset.');
    this.#view.message = lines.join(' ');
    this.#setContext(CONTEXT.hasSession, sessions.length > 0);
    this.#setContext(CONTEXT.hasRegisterFilter, filter !== undefined);
    this.#setContext(CONTEXT.onlyNonReset, this.#settings.onlyNonReset);
  }

  /** Each call crosses to another process: only what changed is told. */
  #setContext(key: string, value: boolean): void {
    if (this.#contexts.get(key) === value) return;
    this.#contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
