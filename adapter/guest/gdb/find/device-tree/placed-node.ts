import type { FdtNode } from '../../../device-tree/fdt.ts';
import { cellsOf, stringsOf } from '../../../device-tree/fdt-reader.ts';

/** A node and its ancestors: what its addresses and interrupts mean depends on them. */
export interface PlacedNode {
  readonly node: FdtNode;
  readonly parent: PlacedNode | null;
  /** "/soc/interrupt-controller@7fff9000". */
  readonly path: string;
}

/** All nodes, parents before children, in the tree's order. */
export function* placedNodes(node: FdtNode, parent: PlacedNode | null = null): Generator<PlacedNode> {
  const path = parent ? `${parent.path === '/' ? '' : parent.path}/${node.name}` : '/';
  const placed = { node, parent, path };
  yield placed;
  for (const child of node.children) yield* placedNodes(child, placed);
}

/** "okay", or says nothing. */
export function isEnabled(node: FdtNode): boolean {
  const status = stringsOf(node, 'status')?.[0];
  return status === undefined || status === 'okay' || status === 'ok';
}

/** A node is there for the CPUs only if all buses on the way are. */
export function isReachable(placed: PlacedNode): boolean {
  for (let at: PlacedNode | null = placed; at; at = at.parent) if (!isEnabled(at.node)) return false;
  return true;
}

export function phandleOf(node: FdtNode): number | null {
  return cellsOf(node, 'phandle')?.[0] ?? cellsOf(node, 'linux,phandle')?.[0] ?? null;
}

/** The node's own interrupt parent, or the nearest ancestor's, as a phandle. */
export function interruptParentOf(placed: PlacedNode): number | null {
  for (let at: PlacedNode | null = placed; at; at = at.parent) {
    const parent = cellsOf(at.node, 'interrupt-parent')?.[0];
    if (parent !== undefined) return parent;
  }
  return null;
}
