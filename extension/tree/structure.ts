import type { DescribeResponse, RegisterInfo } from '../../adapter/protocol.ts';
import { parseAddress, partExpression, registerExpression } from './expression.ts';
import {
  banksOf,
  familiesOf,
  partsIn,
  type Bank,
  type BankNode,
  type Family,
  type FamilyNode,
  type GroupNode,
  type PartNode,
  type RegisterNode,
  type SessionNode,
  type TreeNode,
} from './nodes.ts';
import { arrayName } from './parts.ts';

/**
 * The tree of one session as the description makes it, without any value: nodes are made when first asked for and stay
 * the same objects until the session ends.
 */
export class TreeStructure {
  readonly describe: DescribeResponse;
  readonly families: readonly Family[];
  readonly #root: SessionNode;
  readonly #children = new Map<string, readonly TreeNode[]>();

  constructor(root: SessionNode, describe: DescribeResponse) {
    this.#root = root;
    this.describe = describe;
    this.families = familiesOf(describe);
  }

  /** The frames. */
  frames(): readonly FamilyNode[] {
    return this.#cached(this.#root.id, () =>
      this.families.map((family): FamilyNode => ({
        kind: 'family',
        id: `${this.#root.id}/${family.id}`,
        key: `frame ${family.id}`,
        sessionId: this.#root.sessionId,
        parent: this.#root,
        family,
      })),
    );
  }

  /** A node's children; those of session and pinned nodes are the caller's to arrange. */
  children(node: TreeNode): readonly TreeNode[] {
    switch (node.kind) {
      case 'family':
        return this.#cached(node.id, () => this.#familyChildren(node));
      case 'group':
        return this.#cached(node.id, () => node.registers.map((register) => registerNode(node, node.family, register)));
      case 'register':
        return this.#cached(node.id, () => registerChildren(node));
      case 'bank':
        return this.#cached(node.id, () => partNodes(node, node.bank));
      default:
        return [];
    }
  }

  /** The node an expression addresses, at its place in the tree; undefined where there is none. */
  find(expression: string): RegisterNode | BankNode | PartNode | undefined {
    const address = parseAddress(expression);
    if (!address) return undefined;
    const { intid } = address;
    const register = this.#findRegister((candidate, family) =>
      intid === undefined
        ? candidate.name === address.name
        : arrayName(candidate) === address.name && partsIn(family, candidate).some((part) => part.intid === intid),
    );
    if (!register) return undefined;
    const banked = register.banks.length > 1;
    const holder = banked
      ? this.children(register).find((node) => node.kind === 'bank' && node.bank.vcpu === address.vcpu)
      : register;
    if (intid === undefined && address.field === undefined) {
      return address.vcpu === undefined ? register : asValue(holder);
    }
    if (!holder) return undefined;
    return asValue(
      this.children(holder).find(
        (node) =>
          node.kind === 'part' &&
          (intid === undefined ? node.part.field.name === address.field : node.part.intid === intid),
      ),
    );
  }

  /** The same node again below another parent: what "Pinned" shows. */
  copyBelow(parent: TreeNode, node: RegisterNode | BankNode | PartNode): RegisterNode | BankNode | PartNode {
    const id = `${parent.id}/${node.key}`;
    const [copy] = this.#cached(`copy ${id}`, () => [{ ...node, id, parent }]);
    return copy as RegisterNode | BankNode | PartNode;
  }

  #findRegister(matches: (register: RegisterInfo, family: Family) => boolean): RegisterNode | undefined {
    for (const frame of this.frames()) {
      const register = frame.family.registers.find((candidate) => matches(candidate, frame.family));
      if (!register) continue;
      for (const child of this.children(frame)) {
        if (child.kind === 'register' && child.register === register) return child;
        if (child.kind === 'group' && child.registers.includes(register)) {
          return this.children(child).find(
            (node): node is RegisterNode => node.kind === 'register' && node.register === register,
          );
        }
      }
    }
    return undefined;
  }

  #familyChildren(node: FamilyNode): TreeNode[] {
    const groups = new Map<string, RegisterInfo[]>();
    for (const register of node.family.registers) {
      if (register.group === undefined) continue;
      const members = groups.get(register.group);
      if (members) members.push(register);
      else groups.set(register.group, [register]);
    }
    const children: TreeNode[] = [];
    for (const register of node.family.registers) {
      const members = register.group === undefined ? undefined : groups.get(register.group);
      if (!members || members.length === 1) children.push(registerNode(node, node.family, register));
      // A group stands where its first register would.
      else if (members[0] === register) children.push(groupNode(node, register.group ?? '', members));
    }
    return children;
  }

  #cached<N extends TreeNode>(id: string, make: () => readonly N[]): readonly N[] {
    let children = this.#children.get(id);
    if (!children) {
      children = make();
      this.#children.set(id, children);
    }
    return children as readonly N[];
  }
}

function groupNode(parent: FamilyNode, name: string, registers: readonly RegisterInfo[]): GroupNode {
  return {
    kind: 'group',
    id: `${parent.id}/${name}[]`,
    key: `group ${name}`,
    sessionId: parent.sessionId,
    parent,
    family: parent.family,
    name,
    registers,
  };
}

function registerNode(parent: FamilyNode | GroupNode, family: Family, register: RegisterInfo): RegisterNode {
  return {
    kind: 'register',
    id: `${parent.id}/${register.name}`,
    key: registerExpression(family, register),
    sessionId: parent.sessionId,
    parent,
    family,
    register,
    banks: banksOf(family, register),
  };
}

function registerChildren(node: RegisterNode): TreeNode[] {
  const [only, ...others] = node.banks;
  if (only && others.length === 0) return partNodes(node, only);
  return node.banks.map((bank): BankNode => ({
    kind: 'bank',
    id: `${node.id}/${bank.vcpu ?? '-'}`,
    key: registerExpression(node.family, node.register, bank),
    sessionId: node.sessionId,
    parent: node,
    family: node.family,
    register: node.register,
    bank,
  }));
}

function partNodes(parent: RegisterNode | BankNode, bank: Bank): PartNode[] {
  return partsIn(parent.family, parent.register).map((part): PartNode => ({
    kind: 'part',
    id: `${parent.id}/${part.intid ?? ''}.${part.field.name}`,
    key: partExpression(parent.family, parent.register, bank, part),
    sessionId: parent.sessionId,
    parent,
    family: parent.family,
    register: parent.register,
    bank,
    part,
  }));
}

function asValue(node: TreeNode | undefined): RegisterNode | BankNode | PartNode | undefined {
  return node?.kind === 'register' || node?.kind === 'bank' || node?.kind === 'part' ? node : undefined;
}
