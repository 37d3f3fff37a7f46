import * as vscode from 'vscode';
import type { RegisterTree } from './model.ts';
import { decorationUri } from './decorations.ts';
import type { TreeNode } from './nodes.ts';
import type { NodeView } from './present.ts';

const STATES: Record<NodeView['collapsible'], vscode.TreeItemCollapsibleState> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** How long no request has to come before the tree counts as settled, and how long that is waited for. */
const TURN_MS = 25;
const QUIET_TURNS = 6;
const MAX_TURNS = 120;

/** Hands the register tree to VS Code. */
export class RegisterTreeProvider implements vscode.TreeDataProvider<TreeNode> {
  readonly #tree: RegisterTree;
  readonly #changes = new vscode.EventEmitter<TreeNode | undefined>();

  readonly onDidChangeTreeData = this.#changes.event;
  #loading = 0;

  constructor(tree: RegisterTree) {
    this.#tree = tree;
    tree.onDidChange((node) => this.#changes.fire(node));
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    this.#loading++;
    try {
      return [...(await this.#tree.children(node))];
    } finally {
      this.#loading--;
    }
  }

  /** Resolves when VS Code has had everything it asked for, and asks for nothing more for a moment. */
  async settled(): Promise<void> {
    for (let quiet = 0, turn = 0; quiet < QUIET_TURNS && turn < MAX_TURNS; turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      quiet = this.#loading === 0 ? quiet + 1 : 0;
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#tree.parentOf(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const view = this.#tree.view(node);
    const item = new vscode.TreeItem({ label: view.label, highlights: view.highlights }, STATES[view.collapsible]);
    // While a filter is on, nodes count as new ones: what matches opens by itself, and what was open stays remembered.
    item.id = this.#tree.filter ? `${this.#tree.generation}:${node.id}` : node.id;
    item.description = view.description;
    item.iconPath = new vscode.ThemeIcon(view.icon);
    item.contextValue = view.contextValue;
    item.accessibilityInformation = { label: view.accessibility };
    const uri = decorationUri(node, view);
    if (uri) item.resourceUri = uri;
    return item;
  }

  /** Tooltips are made when the pointer rests on a node: a thousand of them would slow each step down. */
  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(this.#tree.tooltip(node), true);
    return item;
  }
}
