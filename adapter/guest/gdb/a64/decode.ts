import type { AccessRegisters, MemoryAccess } from './access.ts';
import { atomic } from './atomic.ts';
import { exclusive } from './exclusive.ts';
import { Instruction } from './instruction.ts';
import { authenticated, tagged, unscaledOrdered } from './later.ts';
import { maintenance } from './maintenance.ts';
import { pair } from './pair.ts';
import { literal, registerOffset, signedImmediate, unsignedImmediate } from './single.ts';
import { multipleStructures, singleStructure } from './structures.ts';

export type {
  AccessElement,
  AccessKind,
  AccessRegisters,
  AccessSize,
  Atomic,
  AtomicOperation,
  MemoryAccess,
} from './access.ts';

interface Row {
  readonly mask: number;
  readonly value: number;
  readonly decode: (i: Instruction) => MemoryAccess | null;
}

/** Bits 31:10 as the encoding index draws them. */
function row(drawn: string, decode: Row['decode']): Row {
  const bits = `${drawn.replaceAll(' ', '')}xxxxxxxxxx`;
  return {
    mask: parseInt(bits.replaceAll('0', '1').replaceAll('x', '0'), 2),
    value: parseInt(bits.replaceAll('x', '0'), 2),
    decode,
  };
}

/** Loads and stores (DDI 0487, C4.1.93), and SYS of CRn 7. No two of them match the same word. */
const ROWS: readonly Row[] = [
  row('xx001000 xxxxxxxx xxxxxx', exclusive),
  row('0x001100 xx0xxxxx xxxxxx', multipleStructures),
  row('0x001101 xxxxxxxx xxxxxx', singleStructure),
  row('xx011x00 xxxxxxxx xxxxxx', literal),
  row('xx011001 xx0xxxxx xxxx00', unscaledOrdered),
  row('11011001 x11xxxxx xxxxxx', tagged),
  row('xx101x0x xxxxxxxx xxxxxx', pair),
  row('xx111x00 xx0xxxxx xxxxxx', signedImmediate),
  row('xx111000 xx1xxxxx xxxx00', atomic),
  row('xx111x00 xx1xxxxx xxxx10', registerOffset),
  row('11111000 xx1xxxxx xxxxx1', authenticated),
  row('xx111x01 xxxxxxxx xxxxxx', unsignedImmediate),
  row('11010101 00001xxx 0111xx', maintenance),
];

/**
 * What an instruction is about to do to memory. Not known are SVE and SME, the copies and fills of FEAT_MOPS, tags of
 * FEAT_MTE as far as they move no data, and what came after ARMv8.8 (FEAT_LRCPC3, FEAT_LSE128).
 * @param word the instruction; bits above 31 are dropped
 * @param registers as they are before it is executed
 * @returns null for instructions that do nothing to memory, or that are none
 */
export function decodeAccess(word: number, registers: AccessRegisters): MemoryAccess | null {
  const found = ROWS.find(({ mask, value }) => (word & mask) >>> 0 === value);
  return found ? found.decode(new Instruction(word, registers)) : null;
}
