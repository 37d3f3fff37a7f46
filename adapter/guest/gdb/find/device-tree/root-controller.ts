import { propertyOf, stringsOf } from '../../../device-tree/fdt-reader.ts';
import type { FdtNode } from '../../../device-tree/fdt.ts';
import { Miss } from '../candidate.ts';
import { listed } from '../words.ts';
import { GIC_COMPATIBLES, UNKNOWN_GICS, V2M_COMPATIBLE, type GicCompatible } from './compatibles.ts';
import { interruptParentOf, isReachable, phandleOf, placedNodes, type PlacedNode } from './placed-node.ts';

/** A GIC of a tree. */
export interface GicNode {
  readonly placed: PlacedNode;
  readonly compatible: string;
  readonly kind: GicCompatible;
}

export interface RootController {
  readonly gic: GicNode;
  /** The other controllers and why they are not it, a sentence each. */
  readonly notes: readonly string[];
}

/** Each is compared with the others. */
const MAX_GICS = 64;

/**
 * The GIC the CPUs are wired to. A tree may have more: behind the first, or for other processors.
 * @throws Miss
 */
export function rootController(root: FdtNode): RootController {
  const nodes = [...placedNodes(root)];
  const gics = nodes.map(gicOf).filter((gic) => gic !== null);
  const there = gics.filter(({ placed }) => isReachable(placed));
  if (there.length === 0) throw new Miss(whyNone(nodes, gics));

  if (there.length > MAX_GICS) throw new Miss(`${there.length} GICs: no machine has so many`);

  const byPhandle = new Map(nodes.map((placed) => [phandleOf(placed.node), placed]));
  byPhandle.delete(null);
  const above = new Map(there.map((gic) => [gic, controllerAbove(gic, there, byPhandle)]));
  const roots = there.filter((gic) => above.get(gic) === null && !gic.kind.secondary);
  const preferred = devicesParent(root, roots, byPhandle);
  const gic = preferred ?? roots[0];
  if (!gic) throw new Miss(`${listed(there.map(named))}: behind other controllers, and none is what CPUs are wired to`);
  return {
    gic,
    notes: [
      ...there.filter((other) => other !== gic).map((other) => whyNot(other, gic, above.get(other) ?? null)),
      ...msiFrames(nodes),
    ],
  };
}

function gicOf(placed: PlacedNode): GicNode | null {
  for (const compatible of stringsOf(placed.node, 'compatible') ?? []) {
    const kind = GIC_COMPATIBLES.get(compatible);
    if (kind) return { placed, compatible, kind };
  }
  return null;
}

/** The next GIC on the way of the interrupt parents; null for what has none above it. */
function controllerAbove(
  gic: GicNode,
  gics: readonly GicNode[],
  byPhandle: ReadonlyMap<number | null, PlacedNode>,
): GicNode | null {
  const passed = new Set<PlacedNode>([gic.placed]);
  // A root names no parent, or itself, or a controller in between (for wake-up, say) whose parent it is.
  for (let at = parentOf(gic.placed, byPhandle); at && !passed.has(at); at = parentOf(at, byPhandle)) {
    passed.add(at);
    const here = at;
    const other = gics.find(({ placed }) => placed === here);
    if (other) return isWired(gic) ? other : null;
  }
  return null;
}

/** Without `interrupts` a controller inherits a parent but uses none. */
function isWired({ placed: { node } }: GicNode): boolean {
  return propertyOf(node, 'interrupts') !== null || propertyOf(node, 'interrupts-extended') !== null;
}

function parentOf(placed: PlacedNode, byPhandle: ReadonlyMap<number | null, PlacedNode>): PlacedNode | null {
  const phandle = interruptParentOf(placed);
  return phandle === null ? null : (byPhandle.get(phandle) ?? null);
}

/** Among several roots: the one to which the root node sends the interrupts of devices. */
function devicesParent(
  root: FdtNode,
  roots: readonly GicNode[],
  byPhandle: ReadonlyMap<number | null, PlacedNode>,
): GicNode | null {
  const passed = new Set<PlacedNode>();
  let at = parentOf({ node: root, parent: null, path: '/' }, byPhandle);
  for (; at && !passed.has(at); at = parentOf(at, byPhandle)) {
    passed.add(at);
    const here = at;
    const gic = roots.find(({ placed }) => placed === here);
    if (gic) return gic;
  }
  return null;
}

function msiFrames(nodes: readonly PlacedNode[]): readonly string[] {
  const frames = nodes.filter(
    (placed) => stringsOf(placed.node, 'compatible')?.includes(V2M_COMPATIBLE) && isReachable(placed),
  );
  if (frames.length === 0) return [];
  return [`${listed(frames.map(({ path }) => path))}: MSIs become SPIs there (GICv2m), no controller of its own`];
}

function named({ placed, compatible }: GicNode): string {
  return `${placed.path} (${compatible})`;
}

function whyNot(other: GicNode, root: GicNode, above: GicNode | null): string {
  if (above) return `${named(other)} is behind ${above.placed.path}: a secondary controller, not shown`;
  if (other.kind.secondary) return `${named(other)} is a secondary controller, not shown`;
  return `${named(other)} is another controller beside ${root.placed.path}, not shown`;
}

function whyNone(nodes: readonly PlacedNode[], gics: readonly GicNode[]): string {
  if (gics.length > 0) return `${listed(gics.map(named))}: not enabled`;
  for (const { node, path } of nodes) {
    for (const compatible of stringsOf(node, 'compatible') ?? []) {
      const name = UNKNOWN_GICS.get(compatible);
      if (name) return `${path} is a ${name}, which is not supported`;
    }
  }
  return 'the tree has no GIC';
}
