import type { Expression } from './evaluate.ts';
import type { Node } from './syntax.ts';

/**
 * The register whose accesses alone an expression can hold at: named by `access.register == NAME`, whatever else is
 * demanded beside it. Null where it may hold at others, too.
 */
export function demandedRegister({ root }: Expression): string | null {
  return demanded(root);
}

function demanded(node: Node): string | null {
  if (node.kind !== 'binary') return null;
  if (node.operator === '&&') return demanded(node.left) ?? demanded(node.right);
  if (node.operator !== '==') return null;
  if (isAccessRegister(node.left)) return named(node.right);
  return isAccessRegister(node.right) ? named(node.left) : null;
}

function isAccessRegister(node: Node): boolean {
  return node.kind === 'member' && node.name === 'register' && node.of.kind === 'name' && node.of.name === 'access';
}

/** As a string, or as the name it is. */
function named(node: Node): string | null {
  if (node.kind === 'string') return node.value;
  return node.kind === 'name' ? node.name : null;
}
