import { bits, matches, pattern, type Pattern } from './generate/pattern.ts';

/*
 * What the comparison expects of an instruction word. The core is ARMv8.0-A with FEAT_LSE and FEAT_CRC32, and of the
 * vector instructions those that load, store and move. Unicorn's "max" model has much of ARMv8.1 to ARMv8.5 besides;
 * this file says where the two part, from the encodings of DDI 0487 J.a, C4.1.
 */

export type Verdict =
  /** Both sides have to agree, also that there is no such instruction. */
  | { readonly kind: 'compared' }
  /** Outside of the core: it raises Undefined Instruction, whatever Unicorn does. */
  | { readonly kind: 'undefined'; readonly reason: string }
  /** Outside of the core, in the space of hints: it does nothing. */
  | { readonly kind: 'nop'; readonly reason: string }
  /** Not run. */
  | { readonly kind: 'excluded'; readonly reason: string };

interface Row {
  readonly pattern: Pattern;
  readonly verdict: Verdict;
  /** What the pattern cannot say. */
  readonly when?: (word: number) => boolean;
}

const COMPARED: Verdict = { kind: 'compared' };

function undefinedAs(reason: string, drawn: string, when?: (word: number) => boolean): Row {
  return { pattern: pattern(drawn), verdict: { kind: 'undefined', reason }, ...(when && { when }) };
}

function nopAs(reason: string, drawn: string): Row {
  return { pattern: pattern(drawn), verdict: { kind: 'nop', reason } };
}

function excluded(reason: string, drawn: string, when?: (word: number) => boolean): Row {
  return { pattern: pattern(drawn), verdict: { kind: 'excluded', reason }, ...(when && { when }) };
}

function compared(drawn: string, when?: (word: number) => boolean): Row {
  return { pattern: pattern(drawn), verdict: COMPARED, ...(when && { when }) };
}

const rn = (word: number): number => bits(word, 9, 5);
const rt = (word: number): number => bits(word, 4, 0);
const rt2 = (word: number): number => bits(word, 14, 10);
const rs = (word: number): number => bits(word, 20, 16);

/** The base is written back, and is loaded or stored too. SP is never both. */
const isBaseTwice = (word: number): boolean => rn(word) !== 31 && rt(word) === rn(word);

const UNPREDICTABLE = 'CONSTRAINED UNPREDICTABLE';

const IMMEDIATE: readonly Row[] = [undefinedAs('FEAT_MTE: ADDG, SUBG', '1x010001 1xxxxxxx xxxxxxxx xxxxxxxx')];

const CONTROL: readonly Row[] = [
  excluded('HVC and SMC leave the core', '11010100 000xxxxx xxxxxxxx xxx0001x', (word) => bits(word, 1, 0) >= 2),
  excluded('ERET: the state it returns to is not part of a case', '11010110 100xxxxx xxxxxxxx xxxxxxxx'),
  undefinedAs('FEAT_PAuth: BRAA, BLRAA, RETAA', '1101011x xxxxxxxx 00001xxx xxxxxxxx'),
  // Hints
  excluded('WFI: Unicorn stops there', '11010101 00000011 00100000 011xxxxx'),
  nopAs('FEAT_PAuth: XPACLRI', '11010101 00000011 00100000 11111111'),
  undefinedAs('FEAT_SB: SB', '11010101 00000011 0011xxxx 111xxxxx'),
  // MSR (immediate)
  undefinedAs(
    'FEAT_FlagM: CFINV, XAFLAG, AXFLAG',
    '11010101 00000000 0100xxxx 0xxxxxxx',
    (word) => bits(word, 6, 5) < 3,
  ),
  undefinedAs('FEAT_UAO', '11010101 00000000 0100xxxx 011xxxxx'),
  undefinedAs('FEAT_PAN', '11010101 00000000 0100xxxx 100xxxxx'),
  excluded('MSR SPSel exchanges the stack pointers', '11010101 00000000 0100xxxx 101xxxxx'),
  undefinedAs('FEAT_SSBS, FEAT_DIT, FEAT_MTE: PSTATE', '11010101 00000011 0100xxxx xxxxxxxx', (word) =>
    [1, 2, 4].includes(bits(word, 7, 5)),
  ),
  compared('11010101 00x11011 01000010 00xxxxxx', (word) => bits(word, 7, 5) < 2), // NZCV, DAIF
  compared('11010101 00111000 01000010 010xxxxx'), // MRS CurrentEL
  compared('11010101 00x11000 01000000 001xxxxx'), // ELR_EL1
  compared('11010101 00x11000 01100000 000xxxxx'), // FAR_EL1
  compared('11010101 00x11000 11010000 100xxxxx'), // TPIDR_EL1
  compared('11010101 00x11011 11010000 01xxxxxx'), // TPIDR_EL0, TPIDRRO_EL0
  compared('11010101 00001011 01110100 001xxxxx'), // DC ZVA
  excluded('SYS and SYSL', '11010101 00x01xxx xxxxxxxx xxxxxxxx'),
  excluded('MSR and MRS', '11010101 00x1xxxx xxxxxxxx xxxxxxxx'),
];

const MEMORY: readonly Row[] = [
  // Exclusive and ordered
  undefinedAs('FEAT_LOR: LDLAR, STLLR', 'xx001000 1x0xxxxx 0xxxxxxx xxxxxxxx'),
  excluded(
    `${UNPREDICTABLE}: should-be-one bits of exclusive or ordered loads and stores`,
    'xx001000 xx0xxxxx xxxxxxxx xxxxxxxx',
    (word) => rt2(word) !== 31 || (bits(word, 23, 22) !== 0 && rs(word) !== 31),
  ),
  excluded(
    `${UNPREDICTABLE}: should-be-one bits of LDXP`,
    '1x001000 011xxxxx xxxxxxxx xxxxxxxx',
    (word) => rs(word) !== 31,
  ),
  excluded(
    `${UNPREDICTABLE}: LDXP of one register twice`,
    '1x001000 011xxxxx xxxxxxxx xxxxxxxx',
    (word) => rt(word) === rt2(word),
  ),
  excluded(
    `${UNPREDICTABLE}: STXR or STXP whose status is another of its registers`,
    'xx001000 00xxxxxx xxxxxxxx xxxxxxxx',
    (word) =>
      rs(word) === rt(word) ||
      (rs(word) === rn(word) && rn(word) !== 31) ||
      (bits(word, 21, 21) === 1 && word >>> 31 === 1 && rs(word) === rt2(word)),
  ),
  // Atomics
  undefinedAs('FEAT_LRCPC: LDAPR', 'xx111000 101xxxxx 110000xx xxxxxxxx'),
  undefinedAs('FEAT_PAuth: LDRAA, LDRAB', '11111000 xx1xxxxx xxxxx1xx xxxxxxxx'),
  undefinedAs('FEAT_LRCPC2, FEAT_MTE, FEAT_MOPS', 'xx011001 xxxxxxxx xxxxxxxx xxxxxxxx'),
  undefinedAs('FEAT_MTE: STGP', '0110100x x0xxxxxx xxxxxxxx xxxxxxxx', (word) => bits(word, 24, 23) !== 0),
  // Pairs
  excluded(
    `${UNPREDICTABLE}: LDP of one register twice`,
    'xx101x0x x1xxxxxx xxxxxxxx xxxxxxxx',
    (word) => rt(word) === rt2(word),
  ),
  excluded(
    `${UNPREDICTABLE}: LDP or STP whose base is written back and is one of the pair`,
    'xx10100x 1xxxxxxx xxxxxxxx xxxxxxxx',
    (word) => rn(word) !== 31 && (rt(word) === rn(word) || rt2(word) === rn(word)),
  ),
  // Single registers
  excluded(
    `${UNPREDICTABLE}: the base is written back and is the register`,
    'xx111000 xx0xxxxx xxxxx1xx xxxxxxxx',
    (word) => bits(word, 11, 10) !== 2 && isBaseTwice(word),
  ),
];

const REGISTER: readonly Row[] = [
  undefinedAs(
    'FEAT_MTE: SUBP, IRG, GMI',
    '1xx11010 110xxxxx 0000xxxx xxxxxxxx',
    (word) => bits(word, 30, 30) === 0 && [0, 4, 5].includes(bits(word, 15, 10)),
  ),
  undefinedAs('FEAT_PAuth: PACGA', '10011010 110xxxxx 001100xx xxxxxxxx'),
  undefinedAs('FEAT_PAuth: PACIA and the like', '11011010 11000001 xxxxxxxx xxxxxxxx'),
  undefinedAs('FEAT_FlagM: RMIF', '10111010 000xxxxx x00001xx xxxxxxxx'),
  undefinedAs('FEAT_FlagM: SETF8, SETF16', '00111010 000xxxxx xx0010xx xxxxxxxx'),
];

/** Of the group of floating-point and vector instructions, these are the core's; the others it does not have. */
const VECTOR: readonly Row[] = [
  compared('0xx01110 000xxxxx 0xxxx1xx xxxxxxxx'),
  compared('01x11110 000xxxxx 0xxxx1xx xxxxxxxx'),
  undefinedAs('FEAT_FP16: FMOV (vector, immediate)', '0xx01111 00000xxx xxxx11xx xxxxxxxx'),
  compared('0xx01111 00000xxx xxxx01xx xxxxxxxx'),
  compared('0xx01110 xx1xxxxx 000111xx xxxxxxxx'),
  undefinedAs('FEAT_FP16: FMOV', '00011110 11100000 010000xx xxxxxxxx'),
  compared('00011110 xx100000 010000xx xxxxxxxx'),
  undefinedAs('FEAT_FP16: FMOV (immediate)', '00011110 111xxxxx xxx100xx xxxxxxxx'),
  compared('00011110 xx1xxxxx xxx100xx xxxxxxxx'),
  undefinedAs('FEAT_FP16: FMOV (general)', 'x0011110 1110011x 000000xx xxxxxxxx'),
  compared('x0011110 xx10x11x 000000xx xxxxxxxx'),
  undefinedAs('floating-point and vector arithmetic, cryptography', 'xxxx111x xxxxxxxx xxxxxxxx xxxxxxxx'),
];

const SCALABLE: readonly Row[] = [undefinedAs('FEAT_SVE', 'xxx0010x xxxxxxxx xxxxxxxx xxxxxxxx')];

/** By top-level group, bits 28:25. */
function rowsOf(word: number): readonly Row[] {
  const group = bits(word, 28, 25);
  if (group === 2) return SCALABLE;
  if ((group & 14) === 8) return IMMEDIATE;
  if ((group & 14) === 10) return CONTROL;
  if ((group & 5) === 4) return MEMORY;
  if ((group & 7) === 5) return REGISTER;
  return (group & 7) === 7 ? VECTOR : [];
}

/** What is expected of a word: the first row that matches, in the order above. */
export function verdict(word: number): Verdict {
  for (const row of rowsOf(word)) {
    if (matches(row.pattern, word) && (row.when?.(word) ?? true)) return row.verdict;
  }
  return COMPARED;
}
