import type { AtomicOperation, MemoryAccess } from './access.ts';
import type { Instruction } from './instruction.ts';
import { access, general, generalName, suffixOf } from './operands.ts';

/*
 * Atomic memory operations (DDI 0487, C4.1.93), and what shares their encoding:
 *
 *     size 111000 A R 1 Rs o3 opc 00 Rn Rt
 *
 * o3 clear: LDADD and its kin by opc; set: SWP, LDAPR, and the 64-byte loads and stores.
 */

const ARITHMETIC: readonly AtomicOperation[] = ['ADD', 'CLR', 'EOR', 'SET', 'SMAX', 'SMIN', 'UMAX', 'UMIN'];

export function atomic(i: Instruction): MemoryAccess | null {
  const opc = i.bits(14, 12);
  if (!i.bit(15)) return update(i, ARITHMETIC[opc] ?? 'ADD');
  if (opc === 0) return update(i, 'SWP');
  if (opc === 4 && i.bit(23) && !i.bit(22) && i.rs === 31) return loadAcquire(i);
  return i.bits(31, 30) === 3 && !i.bit(23) && !i.bit(22) ? block(i, opc) : null;
}

/** Rs is combined with memory; what was there goes to Rt. Where that is dropped, Arm writes STADD. */
function update(i: Instruction, operation: AtomicOperation): MemoryAccess {
  const log = i.bits(31, 30);
  const acquires = i.bit(23);
  const isRelease = i.bit(22);
  const isSwap = operation === 'SWP';
  const isStore = !isSwap && !acquires && i.rt === 31;
  const stem = isSwap ? 'swp' : `${isStore ? 'st' : 'ld'}${operation.toLowerCase()}`;
  const operand = BigInt.asUintN(8 << log, i.x(i.rs));
  const element = general(i, i.rt, { at: i.base, log, isLoad: true });
  return access({
    kind: 'load-store',
    mnemonic: `${stem}${acquires ? 'a' : ''}${isRelease ? 'l' : ''}${suffixOf(log)}`,
    address: i.base,
    elements: [isSwap ? { ...element, value: operand } : element],
    atomic: { operation, operands: [operand], expected: null },
    // A value that is dropped orders nothing.
    isAcquire: acquires && i.rt !== 31,
    isRelease,
  });
}

/** LDAPR. */
function loadAcquire(i: Instruction): MemoryAccess {
  const log = i.bits(31, 30);
  return access({
    kind: 'load',
    mnemonic: `ldapr${suffixOf(log)}`,
    address: i.base,
    elements: [general(i, i.rt, { at: i.base, log, isLoad: true })],
    isAcquire: true,
  });
}

const BLOCKS: ReadonlyMap<number, string> = new Map([
  [1, 'st64b'],
  [2, 'st64bv0'],
  [3, 'st64bv'],
  [5, 'ld64b'],
]);

/** 64 bytes in eight registers from an even one on (FEAT_LS64): made for devices. */
function block(i: Instruction, opc: number): MemoryAccess | null {
  const mnemonic = BLOCKS.get(opc);
  const hasStatus = opc === 2 || opc === 3;
  if (mnemonic === undefined || i.rt >= 24 || i.rt % 2 !== 0 || (!hasStatus && i.rs !== 31)) return null;
  const isLoad = opc === 5;
  const elements = Array.from({ length: 8 }, (_, n) =>
    general(i, i.rt + n, { at: i.base + BigInt(8 * n), log: 3, isLoad }),
  );
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic,
    address: i.base,
    // ST64BV0 replaces the first 32 bits by ACCDATA_EL1, which is not known here.
    elements: opc === 2 ? elements.map((one, n) => (n === 0 ? { ...one, value: null } : one)) : elements,
    status: hasStatus ? generalName(i.rs, true) : null,
  });
}
