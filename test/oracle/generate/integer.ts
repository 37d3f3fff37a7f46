import { setX, x } from './draft.ts';
import { encodingClass, type InstructionClass } from './instruction-class.ts';
import { bits, withBits } from './pattern.ts';

/** Data processing with immediates and registers (DDI 0487, C4.1.92 and C4.1.95 of issue J.a). */

/** UDIV, SDIV, shifts, CRC32: the opcodes that are allocated. */
const TWO_SOURCE = [2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23];
/** MADD and MSUB, SMADDL, SMULH, UMADDL, UMULH: bits 23:21. */
const THREE_SOURCE = [0, 0, 1, 2, 5, 6];

export const INTEGER_CLASSES: readonly InstructionClass[] = [
  encodingClass('pc-relative', 'xxx10000 xxxxxxxx xxxxxxxx xxxxxxxx'),
  encodingClass('add/subtract immediate', 'xxx10001 0xxxxxxx xxxxxxxx xxxxxxxx', { weight: 2 }),
  encodingClass('add/subtract immediate, tags', 'xxx10001 1xxxxxxx xxxxxxxx xxxxxxxx', { weight: 0.2 }),
  encodingClass('logical immediate', 'xxx10010 0xxxxxxx xxxxxxxx xxxxxxxx', { weight: 4 }),
  encodingClass('move wide', 'xxx10010 1xxxxxxx xxxxxxxx xxxxxxxx', { weight: 1.5 }),
  encodingClass('bitfield', 'xxx10011 0xxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 3,
    // N has to equal sf, and 32-bit forms have no bit 5 in immr and imms
    bend: (word, random) => {
      if (random.once(6)) return word;
      const bent = withBits(withBits(word, 22, 22, word >>> 31), 30, 29, random.below(3));
      return word >>> 31 ? bent : withBits(withBits(bent, 21, 21, 0), 15, 15, 0);
    },
  }),
  encodingClass('extract', 'xxx10011 1xxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 1.5,
    bend: (word, random) =>
      random.once(6) ? word : withBits(withBits(withBits(word, 30, 29, 0), 22, 22, word >>> 31), 21, 21, 0),
  }),
  encodingClass('two-source', 'x0x11010 110xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) =>
      random.once(3) ? word : withBits(withBits(word, 29, 29, 0), 15, 10, random.pick(TWO_SOURCE)),
  }),
  encodingClass('divide', 'x0011010 110xxxxx 00001xxx xxxxxxxx', {
    weight: 1,
    prepare: (draft, word) => {
      // The one quotient that does not fit, and division by zero
      if (draft.random.once(4)) setX(draft, bits(word, 9, 5), word >>> 31 ? 1n << 63n : 1n << 31n);
      if (draft.random.once(4)) setX(draft, bits(word, 20, 16), draft.random.once(2) ? 0n : -1n);
    },
  }),
  encodingClass('shift by register', 'x0011010 110xxxxx 0010xxxx xxxxxxxx'),
  encodingClass('CRC32', 'x0011010 110xxxxx 010xxxxx xxxxxxxx', {
    // X forms have sf and size 11, the others neither
    bend: (word, random) => (random.once(4) || bits(word, 11, 10) === 3 ? word : withBits(word, 31, 31, 0)),
  }),
  encodingClass('one-source', 'x1x11010 110xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => (random.once(5) ? word : withBits(withBits(word, 29, 29, 0), 20, 13, 0)),
    prepare: (draft, word) => {
      // Leading zeros and signs of every length
      const n = bits(word, 9, 5);
      if (draft.random.once(2)) setX(draft, n, BigInt.asIntN(64, x(draft, n)) >> BigInt(draft.random.below(64)));
    },
  }),
  encodingClass('logical register', 'xxx01010 xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 4 }),
  encodingClass('add/subtract register', 'xxx01011 xx0xxxxx xxxxxxxx xxxxxxxx', { weight: 4 }),
  encodingClass('add/subtract extended', 'xxx01011 xx1xxxxx xxxxxxxx xxxxxxxx', {
    weight: 3,
    bend: (word, random) => (random.once(4) ? word : withBits(withBits(word, 23, 22, 0), 12, 10, random.below(5))),
  }),
  encodingClass('add/subtract with carry', 'xxx11010 000xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => (random.once(4) ? word : withBits(word, 15, 10, 0)),
  }),
  encodingClass('conditional compare', 'xxx11010 010xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => (random.once(4) ? word : withBits(withBits(withBits(word, 29, 29, 1), 10, 10, 0), 4, 4, 0)),
  }),
  encodingClass('conditional select', 'xxx11010 100xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => (random.once(4) ? word : withBits(withBits(word, 29, 29, 0), 11, 11, 0)),
  }),
  encodingClass('three-source', 'xxx11011 xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 3,
    bend: (word, random) => {
      if (random.once(6)) return word;
      const opcode = random.pick(THREE_SOURCE);
      const bent = withBits(withBits(word, 30, 29, 0), 23, 21, opcode);
      return opcode === 0 ? bent : withBits(bent, 31, 31, 1);
    },
  }),
];
