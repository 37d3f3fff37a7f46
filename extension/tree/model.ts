import type { ChangedEvent } from '../../adapter/protocol.ts';
import { Emitter, type Listen } from '../event.ts';
import { messageOf, type GicSession } from '../sessions/session.ts';
import type { SessionEvent, SessionStore } from '../sessions/store.ts';
import { keepsNode, parseFilter, type Filter } from './filter.ts';
import type { MessageNode, PinnedNode, SessionNode, TreeNode, ValueNode } from './nodes.ts';
import { presentNode, sessionSummary, tooltipOf, type NodeView, type PresentContext } from './present.ts';
import { differsFromReset } from './reading.ts';
import type { TreeSettings } from './settings.ts';
import { Snapshot, type Need } from './snapshot.ts';
import { TreeStructure } from './structure.ts';

/** What the tree keeps for one session. */
interface SessionTree {
  readonly session: GicSession;
  readonly root: SessionNode;
  readonly pinned: PinnedNode;
  readonly snapshot: Snapshot;
  /** Texts about the last edits, by node key, until the next stop. */
  readonly notes: Map<string, string>;
  structure: TreeStructure | undefined;
}

/** The register tree of all sessions, without VS Code: what there is, in what order, and how it reads. */
export class RegisterTree {
  readonly #store: SessionStore;
  readonly #settings: TreeSettings;
  readonly #trees = new Map<string, SessionTree>();
  readonly #emitter = new Emitter<TreeNode | undefined>();
  /** Nodes the user opened or closed, by their path without the session. */
  readonly #expanded = new Map<string, boolean>();
  #filter: Filter | undefined;
  #generation = 0;

  /** Fires with the node whose subtree changed, or undefined for the whole tree. */
  readonly onDidChange: Listen<TreeNode | undefined> = this.#emitter.event;

  constructor(store: SessionStore, settings: TreeSettings) {
    this.#store = store;
    this.#settings = settings;
    settings.onDidChange(() => this.#emitter.fire(undefined));
    store.onDidChange((event) => this.#follow(event));
  }

  get filter(): Filter | undefined {
    return this.#filter;
  }

  /** Grows with each new filter: nodes then count as new, so that they open by themselves. */
  get generation(): number {
    return this.#generation;
  }

  setFilter(text: string): void {
    this.#filter = parseFilter(text);
    this.#generation++;
    this.#emitter.fire(undefined);
  }

  /** The children of a node, or the roots, with their values read. */
  async children(node?: TreeNode): Promise<readonly TreeNode[]> {
    if (node) return this.#childrenOf(node);
    const trees = this.#store.all().map((session) => this.#treeOf(session));
    const [only, ...others] = trees;
    if (!only) return [];
    return others.length === 0 ? this.#top(only) : trees.map((tree) => tree.root);
  }

  /** The node above, as the tree is shown now: with a single session its own node is left out. */
  parentOf(node: TreeNode): TreeNode | undefined {
    return node.parent?.kind === 'session' && this.#store.all().length < 2 ? undefined : node.parent;
  }

  /** How a node reads now. */
  view(node: TreeNode): NodeView {
    return presentNode(node, this.#contextOf(node));
  }

  /** What a pointer resting on the node shows now, as Markdown. */
  tooltip(node: TreeNode): string {
    return tooltipOf(node, this.#contextOf(node));
  }

  /** Finds what an expression addresses, and reads it. */
  async find(expression: string, sessionId?: string): Promise<ValueNode | undefined> {
    const sessions = this.#store.all().filter(({ id }) => sessionId === undefined || id === sessionId);
    for (const session of sessions) {
      const tree = this.#treeOf(session);
      const node = (await this.#structureOf(tree)).find(expression);
      if (!node) continue;
      await tree.snapshot.ensure(needsOf(node));
      return node;
    }
    return undefined;
  }

  /** The structure of every session, for searching. */
  async structures(): Promise<{ session: GicSession; structure: TreeStructure }[]> {
    const trees = this.#store.all().map((session) => this.#treeOf(session));
    return Promise.all(
      trees.map(async (tree) => ({ session: tree.session, structure: await this.#structureOf(tree) })),
    );
  }

  /** The values of a session as they are read so far. */
  snapshotOf(sessionId: string): Snapshot | undefined {
    return this.#trees.get(sessionId)?.snapshot;
  }

  /** Shows a text at a node until the next stop. */
  setNote(sessionId: string, key: string, text: string): void {
    this.#trees.get(sessionId)?.notes.set(key, text);
    this.#emitter.fire(undefined);
  }

  /** Remembers what the user opened and closed, also for the next session. */
  setExpanded(node: TreeNode, expanded: boolean): void {
    if (!this.#filter) this.#expanded.set(pathOf(node), expanded);
  }

  /** Reads everything visible again. */
  refresh(): void {
    for (const tree of this.#trees.values()) tree.snapshot.invalidate();
    this.#emitter.fire(undefined);
  }

  #contextOf(node: TreeNode): PresentContext {
    const tree = this.#trees.get(node.sessionId);
    const describe = tree?.structure?.describe;
    return {
      snapshot: tree?.snapshot ?? new Snapshot(() => Promise.reject(new Error('the debug session has ended'))),
      settings: this.#settings,
      filter: this.#filter,
      hasReset: describe?.knows.reset !== false,
      note: ({ key }) => tree?.notes.get(key),
      isExpanded: (candidate) => this.#isExpanded(candidate),
      session: { name: tree?.session.name ?? '', summary: describe ? sessionSummary(describe) : '' },
    };
  }

  #isExpanded(node: TreeNode): boolean {
    if (this.#filter) return node.kind === 'family' || node.kind === 'group';
    // The distributor is what everybody looks at first.
    return this.#expanded.get(pathOf(node)) ?? (node.kind === 'family' && node.family.id === 'GICD');
  }

  async #childrenOf(node: TreeNode): Promise<readonly TreeNode[]> {
    const session = this.#store.get(node.sessionId);
    if (!session) return [];
    const tree = this.#treeOf(session);
    if (node.kind === 'session') return this.#top(tree);
    const structure = await this.#structureOf(tree);
    if (node.kind === 'pinned') return this.#pinnedChildren(tree, structure);
    await tree.snapshot.ensure(needsOf(node));
    const children = structure.children(node).filter((child) => this.#keeps(tree, child));
    return children.length > 0 || node.kind !== 'family' ? children : [this.#emptyFrame(node)];
  }

  async #top(tree: SessionTree): Promise<readonly TreeNode[]> {
    try {
      const structure = await this.#structureOf(tree);
      const { filter } = this;
      const frames = structure.frames().filter((frame) => !filter || keepsNode(filter, frame));
      if (filter && frames.length === 0) return [message(tree.root, `Nothing matches “${filter.text}”.`, false)];
      const pinned = this.#settings.pins.some((pin) => structure.find(pin) !== undefined);
      return pinned ? [tree.pinned, ...frames] : frames;
    } catch (error) {
      if (tree.session.state === 'ended') return [];
      return [message(tree.root, `The registers cannot be shown: ${messageOf(error)}`, true)];
    }
  }

  async #pinnedChildren(tree: SessionTree, structure: TreeStructure): Promise<readonly TreeNode[]> {
    const nodes = this.#settings.pins
      .map((pin) => structure.find(pin))
      .filter((node) => node !== undefined)
      .map((node) => structure.copyBelow(tree.pinned, node));
    await tree.snapshot.ensure(nodes.flatMap(needsOf));
    return nodes;
  }

  #keeps(tree: SessionTree, node: TreeNode): boolean {
    if (isBelowPinned(node)) return true;
    if (this.#filter && !keepsNode(this.#filter, node)) return false;
    // Where reset is not known, anything may differ from it.
    const isComparable = tree.structure?.describe.knows.reset !== false;
    return !this.#settings.onlyNonReset || !isComparable || differsFromReset(tree.snapshot, node);
  }

  #emptyFrame(node: TreeNode): MessageNode {
    return message(node, this.#settings.onlyNonReset ? 'Every register is as after reset.' : 'No registers.', false);
  }

  #treeOf(session: GicSession): SessionTree {
    let tree = this.#trees.get(session.id);
    if (!tree) {
      const { id } = session;
      const root: SessionNode = { kind: 'session', id, key: 'session', sessionId: id, parent: undefined };
      tree = {
        session,
        root,
        pinned: { kind: 'pinned', id: `${id}/pinned`, key: 'pinned', sessionId: id, parent: root },
        snapshot: new Snapshot((args) => session.request('gic/read', args)),
        notes: new Map(),
        structure: undefined,
      };
      this.#trees.set(id, tree);
    }
    return tree;
  }

  async #structureOf(tree: SessionTree): Promise<TreeStructure> {
    const describe = await tree.session.describe();
    // Two callers may wait for the same description: the nodes have to be the same for both.
    tree.structure ??= new TreeStructure(tree.root, describe);
    return tree.structure;
  }

  #follow(event: SessionEvent): void {
    const { session } = event;
    if (event.kind === 'state') return;
    if (event.kind === 'changed') this.#changed(session, event.change);
    if (event.kind === 'removed') this.#trees.delete(session.id);
    const several = this.#store.all().length > 1;
    this.#emitter.fire(event.kind === 'changed' && several ? this.#treeOf(session).root : undefined);
  }

  #changed(session: GicSession, change: ChangedEvent): void {
    const tree = this.#treeOf(session);
    tree.snapshot.invalidate();
    if (change.cause !== 'edit') tree.notes.clear();
  }
}

/** What has to be read before a node's children can be shown, or the node itself. */
function needsOf(node: TreeNode): Need[] {
  switch (node.kind) {
    case 'family':
      return node.family.frames.map(({ id }) => ({ frame: id }));
    case 'group': {
      const registers = node.registers.map(({ name }) => name);
      return node.family.frames.map(({ id }) => ({ frame: id, registers }));
    }
    case 'register':
      return node.banks.map(({ frame }) => ({ frame, registers: [node.register.name] }));
    case 'bank':
    case 'part':
      return [{ frame: node.bank.frame, registers: [node.register.name] }];
    default:
      return [];
  }
}

function isBelowPinned(node: TreeNode): boolean {
  for (let at: TreeNode | undefined = node; at; at = at.parent) if (at.kind === 'pinned') return true;
  return false;
}

function pathOf(node: TreeNode): string {
  return node.id.slice(node.sessionId.length);
}

function message(parent: TreeNode, text: string, error: boolean): MessageNode {
  return {
    kind: 'message',
    id: `${parent.id}/message`,
    key: 'message',
    sessionId: parent.sessionId,
    parent,
    text,
    error,
  };
}
