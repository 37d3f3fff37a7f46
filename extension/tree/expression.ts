import type { RegisterInfo } from '../../adapter/protocol.ts';
import type { Bank, Family, TreeNode } from './nodes.ts';
import { arrayName, type Part } from './parts.ts';

/** The expression that addresses a register, or one vCPU's copy of it. */
export function registerExpression(family: Family, register: RegisterInfo, bank?: Bank): string {
  const vcpu = bank?.vcpu ?? null;
  // With a single vCPU there is nothing to tell apart, and the short form reads better.
  return vcpu === null || family.cpus === 1 ? register.name : `cpu(${vcpu}).${register.name}`;
}

/** The expression that addresses a field, or one interrupt's bits. */
export function partExpression(family: Family, register: RegisterInfo, bank: Bank, part: Part): string {
  const prefix = bank.vcpu === null || family.cpus === 1 ? '' : `cpu(${bank.vcpu}).`;
  return part.intid === undefined
    ? `${prefix}${register.name}.${part.field.name}`
    : `${prefix}${arrayName(register)}[${part.intid}]`;
}

/** The expression of a node; undefined for nodes that only hold others. */
export function expressionOf(node: TreeNode): string | undefined {
  switch (node.kind) {
    case 'register':
      return registerExpression(node.family, node.register);
    case 'bank':
      return registerExpression(node.family, node.register, node.bank);
    case 'part':
      return partExpression(node.family, node.register, node.bank, node.part);
    default:
      return undefined;
  }
}

/** An expression taken apart as far as the tree needs it. */
export interface Address {
  readonly vcpu: number | undefined;
  /** Register name, or the array's name with `intid`. */
  readonly name: string;
  readonly field?: string;
  readonly intid?: number;
}

/** Takes apart the expressions the tree itself makes; undefined for others. */
export function parseAddress(expression: string): Address | undefined {
  const match = /^\s*(?:cpu\(\s*(\d+)\s*\)\s*\.\s*)?(\w+)(?:\s*\[\s*(\d+)\s*\]|\s*\.\s*(\w+))?\s*$/.exec(expression);
  const name = match?.[2];
  if (!match || name === undefined) return undefined;
  return {
    vcpu: match[1] === undefined ? undefined : Number(match[1]),
    name,
    ...(match[3] === undefined ? {} : { intid: Number(match[3]) }),
    ...(match[4] === undefined ? {} : { field: match[4] }),
  };
}
