import { encodingClass, type InstructionClass } from './instruction-class.ts';
import { withBits } from './pattern.ts';
import type { Random } from './random.ts';

/** Single or double precision, neither M nor S. */
function bendScalar(word: number, random: Random): number {
  return random.once(5) ? word : withBits(withBits(withBits(word, 31, 31, 0), 29, 29, 0), 23, 22, random.below(2));
}

/** W and S, X and D, X and the upper half of V: sf, type, rmode. */
function generalMove(word: number, random: Random): number {
  const [sf, type, rmode] = random.pick([
    [0, 0, 0],
    [1, 1, 0],
    [1, 2, 1],
  ] as const);
  return withBits(withBits(withBits(withBits(word, 31, 31, sf), 29, 29, 0), 23, 22, type), 20, 19, rmode);
}

/** What moves vector registers (DDI 0487, C4.1.96 of issue J.a): copies, immediates, bitwise operations, FMOV. */
export const VECTOR_CLASSES: readonly InstructionClass[] = [
  encodingClass('vector copy', '0xx01110 000xxxxx 0xxxx1xx xxxxxxxx', {
    weight: 3,
    bend: (word, random) => (random.once(4) ? word : withBits(word, 14, 11, random.pick([0, 1, 3, 5, 7]))),
  }),
  encodingClass('vector insert element', '01101110 000xxxxx 0xxxx1xx xxxxxxxx'),
  encodingClass('scalar copy', '01x11110 000xxxxx 0xxxx1xx xxxxxxxx', {
    bend: (word, random) => (random.once(4) ? word : withBits(withBits(word, 29, 29, 0), 14, 11, 0)),
  }),
  encodingClass('vector immediate', '0xx01111 00000xxx xxxxx1xx xxxxxxxx', {
    weight: 3,
    bend: (word, random) => (random.once(8) ? word : withBits(word, 11, 11, 0)),
  }),
  encodingClass('vector bitwise', '0xx01110 xx1xxxxx 000111xx xxxxxxxx', { weight: 2 }),
  encodingClass('FMOV register', 'x0x11110 xx100000 010000xx xxxxxxxx', { weight: 0.6, bend: bendScalar }),
  encodingClass('FMOV immediate', 'x0x11110 xx1xxxxx xxx100xx xxxxxxxx', {
    bend: (word, random) => (random.once(4) ? word : withBits(bendScalar(word, random), 9, 5, 0)),
  }),
  encodingClass('FMOV general', 'x0x11110 xx1xx11x 000000xx xxxxxxxx', {
    weight: 1.5,
    bend: (word, random) => (random.once(4) ? word : generalMove(word, random)),
  }),
];
