import type { AccessElement, AtomicOperation, MemoryAccess } from './access.ts';

/** What was on the bus, from what registers hold before and after. */

/** The whole register an element goes to or comes from, "x7" for "w7"; null for the zero register. */
export function wholeRegister({ register }: AccessElement): string | null {
  if (register.endsWith('zr')) return null;
  return register.startsWith('w') ? `x${register.slice(1)}` : register;
}

/**
 * What a load has read, from its register afterwards: without the sign or zeros that extend it, and out of its lane.
 * Where a register is loaded twice, or is written back to as well, it holds what came last.
 * @param registerValue of the whole register
 * @returns null where the register is the zero register, which keeps nothing
 */
export function loadedValue(element: AccessElement, registerValue: bigint): bigint | null {
  if (wholeRegister(element) === null) return null;
  const width = 8 * element.size;
  return BigInt.asUintN(width, registerValue >> BigInt(width * element.lane));
}

/**
 * What a load-store writes after what it has read.
 * @param loaded one for each element
 * @returns one for each element; null where it writes nothing: a comparison that failed, or no load-store at all
 */
export function storedValues({ atomic, elements }: MemoryAccess, loaded: readonly bigint[]): readonly bigint[] | null {
  if (!atomic) return null;
  const { operation, operands, expected } = atomic;
  if (expected?.some((value, n) => value !== loaded[n])) return null;
  return elements.map(({ size }, n) => combined(operation, 8 * size, loaded[n] ?? 0n, operands[n] ?? 0n));
}

function combined(operation: AtomicOperation, width: number, memory: bigint, operand: bigint): bigint {
  const isSignedGreater = BigInt.asIntN(width, memory) > BigInt.asIntN(width, operand);
  switch (operation) {
    case 'ADD':
      return BigInt.asUintN(width, memory + operand);
    case 'CLR':
      return memory & ~operand;
    case 'EOR':
      return memory ^ operand;
    case 'SET':
      return memory | operand;
    case 'SMAX':
      return isSignedGreater ? memory : operand;
    case 'SMIN':
      return isSignedGreater ? operand : memory;
    case 'UMAX':
      return memory > operand ? memory : operand;
    case 'UMIN':
      return memory > operand ? operand : memory;
    case 'SWP':
    case 'CAS':
      return operand;
  }
}
