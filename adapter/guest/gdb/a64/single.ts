import type { MemoryAccess } from './access.ts';
import { address, type Instruction } from './instruction.ts';
import { access, general, indexed, suffixOf, vector } from './operands.ts';

/*
 * Loads and stores of one register (DDI 0487, C4.1.93):
 *
 *     size 111 V 00 opc 0 imm9 form Rn Rt             form: unscaled, post-indexed, unprivileged, pre-indexed
 *     size 111 V 00 opc 1 Rm option S 10 Rn Rt        register offset
 *     size 111 V 01 opc imm12 Rn Rt                   unsigned immediate
 *     opc  011 V 00 imm19 Rt                          literal
 */

/** What is transferred, and by which letters: LD or ST, then R, UR or TR. */
interface Transfer {
  readonly infix: 'r' | 'ur' | 'tr';
  readonly at: bigint;
  readonly writeback?: MemoryAccess['writeback'];
}

export function signedImmediate(i: Instruction): MemoryAccess | null {
  const offset = BigInt(i.signed(20, 12));
  switch (i.bits(11, 10)) {
    case 0:
      return transfer(i, { infix: 'ur', at: i.base + offset });
    case 1:
      return transfer(i, { infix: 'r', ...indexed(i, 'post-indexed', offset) });
    case 2:
      return transfer(i, { infix: 'tr', at: i.base + offset });
    default:
      return transfer(i, { infix: 'r', ...indexed(i, 'pre-indexed', offset) });
  }
}

export function unsignedImmediate(i: Instruction): MemoryAccess | null {
  return transfer(i, { infix: 'r', at: i.base + (BigInt(i.bits(21, 10)) << BigInt(scaleOf(i))) });
}

export function registerOffset(i: Instruction): MemoryAccess | null {
  const option = i.bits(15, 13);
  if ((option & 2) === 0) return null;
  const shift = i.bit(12) ? scaleOf(i) : 0;
  return transfer(i, { infix: 'r', at: i.base + (extended(i.x(i.rs), option) << BigInt(shift)) });
}

/** UXTW, LSL, SXTW, SXTX: 2, 3, 6, 7. */
function extended(value: bigint, option: number): bigint {
  if ((option & 1) === 1) return value;
  return option === 2 ? BigInt.asUintN(32, value) : BigInt.asIntN(32, value);
}

/** log2 of the bytes. Vector registers have opc<1> above the size, for 16. */
function scaleOf(i: Instruction): number {
  const size = i.bits(31, 30);
  return i.bit(26) && i.bit(23) ? 4 + size : size;
}

function transfer(i: Instruction, how: Transfer): MemoryAccess | null {
  return i.bit(26) ? transferVector(i, how) : transferGeneral(i, how);
}

function transferVector(i: Instruction, { infix, at, writeback = null }: Transfer): MemoryAccess | null {
  const log = scaleOf(i);
  if (log > 4 || infix === 'tr') return null;
  const isLoad = i.bit(22);
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: `${isLoad ? 'ld' : 'st'}${infix}`,
    address: address(at),
    elements: [vector(i, i.rt, { at, log, isLoad })],
    writeback,
  });
}

/** opc: 0 store, 1 load, 2 load with sign to 64 bits, 3 to 32 bits. With size 3, opc 2 is PRFM. */
function transferGeneral(i: Instruction, { infix, at, writeback = null }: Transfer): MemoryAccess | null {
  const log = i.bits(31, 30);
  const opc = i.bits(23, 22);
  if (opc === 3 && log >= 2) return null;
  if (opc === 2 && log === 3) return infix === 'tr' || writeback ? null : prefetch(infix, at);
  const isLoad = opc !== 0;
  const isSigned = opc >= 2;
  const suffix = isSigned && log === 2 ? 'w' : suffixOf(log);
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: `${isLoad ? 'ld' : 'st'}${infix}${isSigned ? 's' : ''}${suffix}`,
    address: address(at),
    elements: [general(i, i.rt, { at, log, isLoad }, log === 3 || opc === 2)],
    isUnprivileged: infix === 'tr',
    writeback,
  });
}

/** PRFM and PRFUM. */
function prefetch(infix: Transfer['infix'], at: bigint): MemoryAccess {
  return access({ kind: 'prefetch', mnemonic: infix === 'ur' ? 'prfum' : 'prfm', address: address(at) });
}

/** LDR, LDRSW and PRFM of what lies near PC. */
export function literal(i: Instruction): MemoryAccess | null {
  const opc = i.bits(31, 30);
  const at = address(i.pc + 4n * BigInt(i.signed(23, 5)));
  const load = { kind: 'load', address: at } as const;
  if (i.bit(26)) {
    if (opc === 3) return null;
    return access({ ...load, mnemonic: 'ldr', elements: [vector(i, i.rt, { at, log: 2 + opc, isLoad: true })] });
  }
  if (opc === 3) return access({ kind: 'prefetch', mnemonic: 'prfm', address: at });
  const part = { at, log: opc === 1 ? 3 : 2, isLoad: true };
  return access({ ...load, mnemonic: opc === 2 ? 'ldrsw' : 'ldr', elements: [general(i, i.rt, part, opc !== 0)] });
}
