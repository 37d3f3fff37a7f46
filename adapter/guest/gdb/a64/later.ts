import type { MemoryAccess } from './access.ts';
import { address, type Instruction } from './instruction.ts';
import { access, general, indexed, suffixOf, zeros } from './operands.ts';

/** Single registers as later architectures added them (DDI 0487, C4.1.93). */

/*
 * LDRAA, LDRAB (FEAT_PAuth), through a pointer that is authenticated first:
 *
 *     11 111 0 00 M S 1 imm9 W 1 Rn Rt
 */
export function authenticated(i: Instruction): MemoryAccess {
  const high = i.bit(22) ? -512 : 0;
  const offset = BigInt(8 * (high + i.bits(20, 12)));
  const { at, writeback } = indexed(i, i.bit(11) ? 'pre-indexed' : 'offset', offset, stripped(i));
  return access({
    kind: 'load',
    mnemonic: i.bit(23) ? 'ldrab' : 'ldraa',
    address: at,
    elements: [general(i, i.rt, { at, log: 3, isLoad: true })],
    isAuthenticated: true,
    writeback,
  });
}

/** The code lies above the address, beside bit 55, which tells what the address goes on with. */
function stripped(i: Instruction): bigint {
  if (i.registers.strip) return address(i.registers.strip(i.base));
  const low = BigInt.asUintN(48, i.base);
  return ((i.base >> 55n) & 1n) === 0n ? low : address(low - (1n << 48n));
}

/*
 * LDAPUR, STLUR (FEAT_LRCPC2), by size and opc as LDUR and STUR:
 *
 *     size 011001 opc 0 imm9 00 Rn Rt
 */
export function unscaledOrdered(i: Instruction): MemoryAccess | null {
  const log = i.bits(31, 30);
  const opc = i.bits(23, 22);
  if ((opc === 3 && log >= 2) || (opc === 2 && log === 3)) return null;
  const isLoad = opc !== 0;
  const isSigned = opc >= 2;
  const at = address(i.base + BigInt(i.signed(20, 12)));
  const suffix = isSigned && log === 2 ? 'w' : suffixOf(log);
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: `${isLoad ? 'ldapur' : 'stlur'}${isSigned ? 's' : ''}${suffix}`,
    address: at,
    elements: [general(i, i.rt, { at, log, isLoad }, log === 3 || opc === 2)],
    isAcquire: isLoad,
    isRelease: !isLoad,
  });
}

const TAG_FORMS = [null, 'post-indexed', 'offset', 'pre-indexed'] as const;

/*
 * STZG, STZ2G (FEAT_MTE) zero one or two granules of 16 bytes. The other instructions of tags read and write tags alone,
 * which have no address that data could have.
 *
 *     11 011001 x1 1 imm9 form Rn Rt
 */
export function tagged(i: Instruction): MemoryAccess | null {
  const form = TAG_FORMS[i.bits(11, 10)];
  if (!form) return null;
  const isTwo = i.bit(23);
  const { at, writeback } = indexed(i, form, 16n * BigInt(i.signed(20, 12)));
  return access({
    kind: 'store',
    mnemonic: isTwo ? 'stz2g' : 'stzg',
    address: at,
    elements: zeros(at, isTwo ? 32 : 16),
    writeback,
  });
}
