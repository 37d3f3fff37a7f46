import type { DescribeResponse, FrameInfo, RegisterInfo, Vcpu } from '../../adapter/protocol.ts';
import { intidsOf, partsOf, type Part } from './parts.ts';

/**
 * The frames that share a register table: one distributor, or the redistributor frames of all vCPUs, which the tree
 * shows as one node with the vCPUs' values side by side.
 */
export interface Family {
  /** "GICD", "GICR.SGI": the frame ids without the vCPU's number. */
  readonly id: string;
  readonly title: string;
  readonly table: string;
  readonly frames: readonly FrameInfo[];
  readonly registers: readonly RegisterInfo[];
  /** Number of vCPUs of the whole session, and its highest INTID. */
  readonly cpus: number;
  readonly lastIntid: number;
}

/** Where one copy of a register lives. */
export interface Bank {
  readonly frame: string;
  readonly vcpu: Vcpu;
}

interface NodeBase {
  /** Unique in the whole tree, and the same at every refresh. */
  readonly id: string;
  /** Names the thing shown, independent of session and of where it appears: formats and pins are kept under it. */
  readonly key: string;
  readonly sessionId: string;
  readonly parent: TreeNode | undefined;
}

export interface SessionNode extends NodeBase {
  readonly kind: 'session';
}

export interface PinnedNode extends NodeBase {
  readonly kind: 'pinned';
}

export interface FamilyNode extends NodeBase {
  readonly kind: 'family';
  readonly family: Family;
}

/** Registers that form an array. */
export interface GroupNode extends NodeBase {
  readonly kind: 'group';
  readonly family: Family;
  readonly name: string;
  readonly registers: readonly RegisterInfo[];
}

export interface RegisterNode extends NodeBase {
  readonly kind: 'register';
  readonly family: Family;
  readonly register: RegisterInfo;
  /** One, or one per vCPU. */
  readonly banks: readonly Bank[];
}

/** One vCPU's copy of a banked register. */
export interface BankNode extends NodeBase {
  readonly kind: 'bank';
  readonly family: Family;
  readonly register: RegisterInfo;
  readonly bank: Bank;
}

export interface PartNode extends NodeBase {
  readonly kind: 'part';
  readonly family: Family;
  readonly register: RegisterInfo;
  readonly bank: Bank;
  readonly part: Part;
}

/** A line that says why there is nothing else. */
export interface MessageNode extends NodeBase {
  readonly kind: 'message';
  readonly text: string;
  readonly error: boolean;
}

/** A node with one value, which can be edited, copied and watched. */
export type ValueNode = RegisterNode | BankNode | PartNode;

export type TreeNode = SessionNode | PinnedNode | FamilyNode | GroupNode | MessageNode | ValueNode;

export function isValueNode(node: TreeNode): node is ValueNode {
  return node.kind === 'register' || node.kind === 'bank' || node.kind === 'part';
}

/** Sorts the frames into families, in address order of their first frames. */
export function familiesOf(describe: DescribeResponse): Family[] {
  const byTable = new Map<string, FrameInfo[]>();
  for (const frame of describe.frames) {
    // Frames of vCPUs are shown together; shared frames each for itself, whatever table they have.
    const key = frame.vcpu === null ? `shared ${frame.id}` : `private ${frame.table}`;
    const frames = byTable.get(key);
    if (frames) frames.push(frame);
    else byTable.set(key, [frame]);
  }
  return [...byTable.values()].map((frames) => {
    const first = frames[0] as FrameInfo;
    const several = frames.length > 1;
    return {
      id: several ? first.id.replace(/\d+/, '') : first.id,
      title: several ? first.title.replace(/ of vCPU \d+/, 's') : first.title,
      table: first.table,
      frames: [...frames].sort((a, b) => (a.vcpu ?? 0) - (b.vcpu ?? 0)),
      registers: [...(describe.tables[first.table] ?? [])].sort((a, b) => a.offset - b.offset),
      cpus: describe.cpus,
      lastIntid: 31 + describe.spis,
    };
  });
}

/** The copies of a register. */
export function banksOf(family: Family, register: RegisterInfo): Bank[] {
  const frame = family.frames[0];
  if (!frame) return [];
  if (frame.vcpu !== null) return family.frames.map(({ id, vcpu }) => ({ frame: id, vcpu }));
  if (!register.banked) return [{ frame: frame.id, vcpu: null }];
  return Array.from({ length: family.cpus }, (_, vcpu) => ({ frame: frame.id, vcpu }));
}

/** The pieces of a register that exist: the last register of an array may have room for more INTIDs than there are. */
export function partsIn(family: Family, register: RegisterInfo): readonly Part[] {
  const parts = partsOf(register);
  const range = intidsOf(register);
  if (!range || range.last <= family.lastIntid) return parts;
  return parts.filter((part) => part.intid === undefined || part.intid <= family.lastIntid);
}
