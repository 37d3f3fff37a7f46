import type { DivergenceModel } from './divergence/model.ts';
import type { Disposable } from './event.ts';
import type { IrqPanel } from './panel/irq-panel.ts';
import type { GicSession } from './sessions/session.ts';
import type { SessionStore } from './sessions/store.ts';
import type { RegisterTree } from './tree/model.ts';
import type { TreeNode } from './tree/nodes.ts';
import type { NodeView } from './tree/present.ts';
import type { RegisterView } from './tree/view.ts';

/** How a tree node reads, as the tests see it. */
export interface ShownNode extends NodeView {
  readonly tooltip: string;
  /** The expression it is addressed by, or another key for nodes that only hold others. */
  readonly key: string;
}

/** The register tree as the tests reach it: the same model the view shows, nodes addressed by labels or expressions. */
export interface RegisterTreeApi {
  /** The nodes at the top. */
  roots(): Promise<ShownNode[]>;
  rootLabels(): Promise<string[]>;
  /** The children of the node that the labels lead to, each label the start of one: "Distributor", "GICD_ISENABLER". */
  expand(...labels: string[]): Promise<ShownNode[]>;
  /** The node an expression addresses, with its value read. */
  find(expression: string, sessionId?: string): Promise<ShownNode | undefined>;
  /** Shows a node in the view and selects it. */
  reveal(expression: string, sessionId?: string): Promise<void>;
  setFilter(text: string): void;
  /** Called after whatever changes the tree. */
  onDidChange(listener: () => void): Disposable;
}

/** What `activate` answers: for the tests that run inside VS Code, and for other extensions at their own risk. */
export interface GicInspectorApi {
  readonly sessions: SessionStore;
  readonly registerTree: RegisterTreeApi;
  readonly divergence: DivergenceModel;
  readonly panel: IrqPanel;
  /** The session in focus. */
  focused(): GicSession | undefined;
}

/** Wraps the model for the tests. */
export function registerTreeApi(tree: RegisterTree, view: RegisterView): RegisterTreeApi {
  const shown = (node: TreeNode): ShownNode => ({ ...tree.view(node), tooltip: tree.tooltip(node), key: node.key });
  const roots = async (): Promise<ShownNode[]> => (await tree.children()).map(shown);
  return {
    roots,
    rootLabels: async () => (await roots()).map(({ label }) => label),
    async expand(...labels) {
      let nodes = await tree.children();
      for (const label of labels) {
        const node = nodes.find((candidate) => tree.view(candidate).label.startsWith(label));
        if (!node) {
          const there = nodes.map((candidate) => tree.view(candidate).label).join(', ');
          throw new Error(`No node ${label} among: ${there}`);
        }
        nodes = await tree.children(node);
      }
      return nodes.map(shown);
    },
    async find(expression, sessionId) {
      const node = await tree.find(expression, sessionId);
      return node && shown(node);
    },
    async reveal(expression, sessionId) {
      const node = await tree.find(expression, sessionId);
      if (!node) throw new Error(`No node ${expression}`);
      await view.reveal(node);
    },
    setFilter: (text) => tree.setFilter(text),
    onDidChange: (listener) => tree.onDidChange(() => listener()),
  };
}
