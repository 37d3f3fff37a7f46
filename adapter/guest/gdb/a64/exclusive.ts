import type { Atomic, MemoryAccess } from './access.ts';
import type { Instruction } from './instruction.ts';
import { access, general, generalName, generalPair, suffixOf } from './operands.ts';

/*
 * Exclusive and ordered loads and stores, compare and swap (DDI 0487, C4.1.93):
 *
 *     size 001000 o2 L o1 Rs o0 Rt2 Rn Rt
 *
 * Fields that should be one where they name no register are not looked at: those words are CONSTRAINED UNPREDICTABLE, and
 * what executes them ignores the fields too.
 */

export function exclusive(i: Instruction): MemoryAccess | null {
  const isPair = i.bit(21);
  if (i.bit(23)) return isPair ? compareAndSwap(i) : ordered(i);
  if (!isPair) return exclusiveSingle(i);
  return i.bit(31) ? exclusivePair(i) : compareAndSwapPair(i);
}

/** LDXR, STXR, and with o0 LDAXR, STLXR. */
function exclusiveSingle(i: Instruction): MemoryAccess {
  const log = i.bits(31, 30);
  return exclusiveOf(i, `xr${suffixOf(log)}`, [general(i, i.rt, { at: i.base, log, isLoad: i.bit(22) })]);
}

/** LDXP, STXP, LDAXP, STLXP. */
function exclusivePair(i: Instruction): MemoryAccess {
  const part = { at: i.base, log: i.bit(30) ? 3 : 2, isLoad: i.bit(22) };
  return exclusiveOf(i, 'xp', generalPair(i, [i.rt, i.rt2], part));
}

function exclusiveOf(i: Instruction, ending: string, elements: MemoryAccess['elements']): MemoryAccess {
  const isLoad = i.bit(22);
  const isOrdered = i.bit(15);
  const order = isOrdered ? (isLoad ? 'a' : 'l') : '';
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: `${isLoad ? 'ld' : 'st'}${order}${ending}`,
    address: i.base,
    elements,
    isExclusive: true,
    isAcquire: isOrdered && isLoad,
    isRelease: isOrdered && !isLoad,
    status: isLoad ? null : generalName(i.rs, false),
  });
}

/** LDAR, STLR; without o0 the limited-ordering forms LDLAR, STLLR. */
function ordered(i: Instruction): MemoryAccess {
  const isLoad = i.bit(22);
  const log = i.bits(31, 30);
  const limited = i.bit(15) ? '' : 'l';
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: `${isLoad ? `ld${limited}ar` : `st${limited}lr`}${suffixOf(log)}`,
    address: i.base,
    elements: [general(i, i.rt, { at: i.base, log, isLoad })],
    isAcquire: isLoad,
    isRelease: !isLoad,
  });
}

/** CAS: Rs is compared with memory and loaded, Rt stored. */
function compareAndSwap(i: Instruction): MemoryAccess | null {
  if (i.rt2 !== 31) return null;
  const log = i.bits(31, 30);
  const isAcquire = i.bit(22);
  const isRelease = i.bit(15);
  return access({
    kind: 'load-store',
    mnemonic: `cas${isAcquire ? 'a' : ''}${isRelease ? 'l' : ''}${suffixOf(log)}`,
    address: i.base,
    elements: [general(i, i.rs, { at: i.base, log, isLoad: true })],
    atomic: compared(i, 8 << log, [i.rt], [i.rs]),
    isAcquire,
    isRelease,
  });
}

/** CASP: pairs of an even register and the one behind it. */
function compareAndSwapPair(i: Instruction): MemoryAccess | null {
  const { rs, rt } = i;
  if (i.rt2 !== 31 || rs % 2 !== 0 || rt % 2 !== 0) return null;
  const log = i.bit(30) ? 3 : 2;
  const isAcquire = i.bit(22);
  const isRelease = i.bit(15);
  return access({
    kind: 'load-store',
    mnemonic: `casp${isAcquire ? 'a' : ''}${isRelease ? 'l' : ''}`,
    address: i.base,
    elements: generalPair(i, [rs, rs + 1], { at: i.base, log, isLoad: true }),
    atomic: compared(i, 8 << log, [rt, rt + 1], [rs, rs + 1]),
    isAcquire,
    isRelease,
  });
}

function compared(i: Instruction, width: number, stored: readonly number[], expected: readonly number[]): Atomic {
  const values = (registers: readonly number[]): bigint[] => registers.map((n) => BigInt.asUintN(width, i.x(n)));
  return { operation: 'CAS', operands: values(stored), expected: values(expected) };
}
