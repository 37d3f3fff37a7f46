import type { AccessRegisters, MemoryAccess } from '../../../../../adapter/guest/gdb/a64/decode.ts';

/** Accesses as a line of text, and registers that make them easy to work out. */

/** x1 is 0x1000, x30 is 0x1e000; vector registers count their bytes: v1 is 1f1e..1110. */
export const REGISTERS: AccessRegisters = {
  x: (n) => SPECIAL.get(n) ?? 0x1000n * BigInt(n),
  sp: 0x8_0000n,
  pc: 0x4000_0000n,
  v: (n) =>
    Array.from({ length: 16 }, (_, byte) => BigInt((16 * n + byte) % 256) << BigInt(8 * byte)).reduce((a, b) => a | b),
};

const SPECIAL: ReadonlyMap<number, bigint> = new Map([
  // Not aligned, for DC ZVA
  [6, 0x603dn],
  // -8 as W, with something above it
  [9, 0x7_ffff_fff8n],
  [10, 0xffff_ffff_ffff_ff80n],
  // An address of the upper half, signed
  [11, 0x12a3_8000_0800_0000n],
]);

function hex(value: bigint): string {
  return value.toString(16);
}

/**
 * "store 4@1000 w3=3000": kind, elements, then what else there is. A lane is "v1[2]", an operand of an atomic "ADD 2000",
 * a base that is written back "x1:=1010". Cache maintenance without elements has its address alone: "@1000".
 */
export function summary(access: MemoryAccess | null): string {
  if (!access) return 'none';
  const { kind, elements, atomic, status, writeback } = access;
  const words: string[] = [kind];
  if (elements.length === 0) words.push(`@${hex(access.address)}`);
  for (const { size, address, register, lane, value } of elements) {
    words.push(
      `${size}@${hex(address)} ${register}${lane > 0 ? `[${lane}]` : ''}${value === null ? '' : `=${hex(value)}`}`,
    );
  }
  if (atomic) words.push(atomic.operation, atomic.operands.map(hex).join());
  if (atomic?.expected) words.push(`if ${atomic.expected.map(hex).join()}`);
  if (access.isExclusive) words.push('exclusive');
  if (access.isAcquire) words.push('acquire');
  if (access.isRelease) words.push('release');
  if (access.isUnprivileged) words.push('unprivileged');
  if (access.isAuthenticated) words.push('authenticated');
  if (status !== null) words.push(`status ${status}`);
  if (writeback) words.push(`${writeback.register}:=${hex(writeback.value)}`);
  return words.join(' ');
}
