import { Descriptor, Kind } from './descriptor.ts';
import { viewOf, type ReadTables } from './read-tables.ts';
import type { Half, Regime } from './regime.ts';

/** Where a virtual address leads. */
export interface Translation {
  readonly fault: null;
  readonly physical: number;
  /** Bytes of the block or page; all there are with the MMU off. */
  readonly size: number;
  /** Of its descriptor; 0 with the MMU off. */
  readonly level: number;
  /** EL1 may write; EL0 may if `el0` is true, too. EL1 may always read, as far as PSTATE.PAN lets it. */
  readonly writable: boolean;
  /** EL1 may execute. */
  readonly executable: boolean;
  /** EL0 has access. */
  readonly el0: boolean;
  readonly el0Executable: boolean;
  /** Which of MAIR_EL1's attributes it has. */
  readonly attrIndex: number;
  /** Those attributes, where MAIR_EL1 is known. */
  readonly attributes: number | null;
}

/**
 * Why a virtual address leads nowhere, as ESR_EL1 would tell it (DDI 0487, D8.15).
 * - walk: a table is not in memory, which the CPU takes as an external abort on a table walk
 * - unsupported: tables that are not understood here; `Half.unsupported` says why
 */
export type FaultKind = 'translation' | 'access flag' | 'permission' | 'address size' | 'walk' | 'unsupported';

export interface TranslationFault {
  readonly fault: FaultKind;
  readonly level: number;
}

export type Access = 'read' | 'write' | 'execute';

/**
 * Translates as the CPU would.
 * @param access what is to be permitted at the regime's exception level; without it, permissions are told, not judged
 */
export async function translate(
  regime: Regime,
  address: bigint,
  read: ReadTables,
  access?: Access,
): Promise<Translation | TranslationFault> {
  const found = regime.isOn ? await walk(regime, address, read) : identity(regime, address);
  if (found.fault !== null || access === undefined || isPermitted(regime, found, access)) return found;
  return { fault: 'permission', level: found.level };
}

function isPermitted(regime: Regime, found: Translation, access: Access): boolean {
  if (access === 'execute') return regime.isEl0 ? found.el0Executable : found.executable;
  if (regime.isEl0 && !found.el0) return false;
  return access === 'read' || found.writable;
}

/** The half that an address belongs to: bit 55 tells, whether there is a tag above or not. */
function halfOf(regime: Regime, address: bigint): Half {
  return ((address >> 55n) & 1n) !== 0n ? regime.upper : regime.lower;
}

/**
 * How far from the start of the translated range an address is.
 * @returns null where it is outside
 */
export function offsetIn(half: Half, address: bigint): number | null {
  const above = BigInt.asUintN(half.topBits, address) >> BigInt(half.sizeBits);
  if (above !== BigInt.asUintN(half.topBits, half.base) >> BigInt(half.sizeBits)) return null;
  return Number(BigInt.asUintN(half.sizeBits, address));
}

async function walk(regime: Regime, address: bigint, read: ReadTables): Promise<Translation | TranslationFault> {
  const half = halfOf(regime, address);
  const offset = offsetIn(half, address);
  if (half.isOff || offset === null) return { fault: 'translation', level: 0 };
  if (half.unsupported !== null) return { fault: 'unsupported', level: 0 };
  if (half.root >= 2 ** half.outputBits) return { fault: 'address size', level: 0 };

  const descriptor = new Descriptor(regime, half);
  let table = half.root;
  let limits = 0;
  for (const level of half.levels) {
    const index = Math.floor(offset / level.size) % level.entries;
    const view = viewOf(await read([{ address: table + 8 * index, length: 8 }]), 0, 8);
    if (!view) return { fault: 'walk', level: level.level };
    const kind = descriptor.decode(view, 0, level);
    if (kind === Kind.Leaf)
      return {
        fault: null,
        physical: descriptor.output + (offset % level.size),
        size: level.size,
        level: level.level,
        writable: descriptor.isWritable(limits),
        executable: descriptor.isEl1Executable(limits),
        el0: descriptor.isEl0(limits),
        el0Executable: descriptor.isEl0Executable(limits),
        attrIndex: descriptor.attrIndex,
        attributes: attributesOf(regime, descriptor.attrIndex),
      };
    if (kind !== Kind.Table) return { fault: FAULT_OF[kind], level: level.level };
    table = descriptor.output;
    limits |= descriptor.tableLimits;
  }
  // Not reached: the last level has no tables.
  return { fault: 'translation', level: 3 };
}

const FAULT_OF: Readonly<Record<Exclude<Kind, typeof Kind.Leaf | typeof Kind.Table>, FaultKind>> = {
  [Kind.Invalid]: 'translation',
  [Kind.TooFar]: 'address size',
  [Kind.NoAccessFlag]: 'access flag',
};

function attributesOf(regime: Regime, index: number): number | null {
  return regime.mair === null ? null : Number((regime.mair >> BigInt(8 * index)) & 0xffn);
}

/** MMU off: the address is physical, everything is permitted, and data is Device-nGnRnE. */
function identity(regime: Regime, address: bigint): Translation | TranslationFault {
  const physical = BigInt.asUintN(halfOf(regime, address).topBits, address);
  if (physical >> BigInt(regime.physicalBits) !== 0n) return { fault: 'address size', level: 0 };
  return {
    fault: null,
    physical: Number(physical),
    size: 2 ** regime.physicalBits,
    level: 0,
    writable: true,
    executable: true,
    el0: true,
    el0Executable: true,
    attrIndex: 0,
    attributes: 0,
  };
}
