import type { MemoryAccess } from './access.ts';
import type { Instruction } from './instruction.ts';
import { access, generalPair, indexed, vector } from './operands.ts';

/*
 * Loads and stores of two registers (DDI 0487, C4.1.93):
 *
 *     opc 101 V 0 form L imm7 Rt2 Rn Rt       form: no-allocate, post-indexed, offset, pre-indexed
 */

const FORMS = ['offset', 'post-indexed', 'offset', 'pre-indexed'] as const;

export function pair(i: Instruction): MemoryAccess | null {
  const opc = i.bits(31, 30);
  if (opc === 3) return null;
  const form = i.bits(24, 23);
  const isLoad = i.bit(22);
  const isVector = i.bit(26);
  const isMixed = !isVector && opc === 1; // LDPSW, STGP
  if (isMixed && form === 0) return null;
  const isTagged = isMixed && !isLoad;
  const log = isVector ? 2 + opc : isTagged || opc === 2 ? 3 : 2;
  const offset = BigInt(i.signed(21, 15)) << BigInt(isTagged ? 4 : log);
  const { at, writeback } = indexed(i, FORMS[form] ?? 'offset', offset);
  const part = { at, log, isLoad };
  const second = { ...part, at: at + (1n << BigInt(log)) };
  return access({
    kind: isLoad ? 'load' : 'store',
    mnemonic: isMixed ? (isLoad ? 'ldpsw' : 'stgp') : `${isLoad ? 'ld' : 'st'}${form === 0 ? 'n' : ''}p`,
    address: at,
    elements: isVector
      ? [vector(i, i.rt, part), vector(i, i.rt2, second)]
      : generalPair(i, [i.rt, i.rt2], part, log === 3 || isMixed),
    writeback,
  });
}
