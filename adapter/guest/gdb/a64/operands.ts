import type { AccessElement, AccessSize, MemoryAccess } from './access.ts';
import { address, type Instruction } from './instruction.ts';

/** Builds accesses out of their parts. */

const PLAIN: Omit<MemoryAccess, 'kind' | 'mnemonic' | 'address'> = {
  elements: [],
  atomic: null,
  isExclusive: false,
  isAcquire: false,
  isRelease: false,
  isUnprivileged: false,
  isAuthenticated: false,
  status: null,
  writeback: null,
};

/** An access of which only what is special is told. */
export function access(
  parts: Pick<MemoryAccess, 'kind' | 'mnemonic' | 'address'> & Partial<MemoryAccess>,
): MemoryAccess {
  return { ...PLAIN, ...parts };
}

/** @param log log2 of the bytes, 0 to 4 */
export function sizeOf(log: number): AccessSize {
  return (1 << log) as AccessSize;
}

/** What comes behind a mnemonic for bytes and halfwords. */
export function suffixOf(log: number): string {
  return ['b', 'h'][log] ?? '';
}

/** Up to 64 bits are W or X, and register 31 is the zero register. */
export function generalName(n: number, isWide: boolean): string {
  return `${isWide ? 'x' : 'w'}${n === 31 ? 'zr' : n}`;
}

export interface Part {
  readonly at: bigint;
  /** log2 of the bytes. */
  readonly log: number;
  readonly isLoad: boolean;
}

/** An element in a general register: X where it has 8 bytes, or where a load extends to 64 bits. */
export function general(i: Instruction, n: number, part: Part, isWide = part.log === 3): AccessElement {
  return {
    address: address(part.at),
    size: sizeOf(part.log),
    register: generalName(n, isWide),
    lane: 0,
    value: part.isLoad ? null : BigInt.asUintN(8 << part.log, i.x(n)),
  };
}

/** An element in a vector register, or the lower bits of one. */
export function vector(i: Instruction, n: number, part: Part, lane = 0): AccessElement {
  const whole = part.isLoad ? null : i.v(n);
  const width = 8 << part.log;
  return {
    address: address(part.at),
    size: sizeOf(part.log),
    register: `v${n}`,
    lane,
    value: whole === null ? null : BigInt.asUintN(width, whole >> BigInt(width * lane)),
  };
}

/** A pair: the second lies behind the first. */
export function generalPair(
  i: Instruction,
  [n, m]: readonly [number, number],
  part: Part,
  isWide = part.log === 3,
): readonly AccessElement[] {
  const second = { ...part, at: part.at + BigInt(sizeOf(part.log)) };
  return [general(i, n, part, isWide), general(i, m, second, isWide)];
}

/** Zeros are stored, in pieces of 8 bytes. */
export function zeros(at: bigint, bytes: number): readonly AccessElement[] {
  const size = bytes < 8 ? 4 : 8;
  return Array.from({ length: bytes / size }, (_, n) => ({
    address: address(at + BigInt(size * n)),
    size,
    register: size === 4 ? 'wzr' : 'xzr',
    lane: 0,
    value: 0n,
  }));
}

/** Where an access with an immediate offset goes, and what becomes of its base. */
export function indexed(
  i: Instruction,
  form: 'offset' | 'post-indexed' | 'pre-indexed',
  offset: bigint,
  base = i.base,
): { readonly at: bigint; readonly writeback: MemoryAccess['writeback'] } {
  const moved = address(base + offset);
  return {
    at: form === 'post-indexed' ? base : moved,
    writeback: form === 'offset' ? null : { register: i.baseName, value: moved },
  };
}
