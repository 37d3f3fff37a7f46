import { DATA, PAGE } from '../case.ts';
import { bendLiteral, prepareAccess, prepareAtomic, prepareComparison } from './address.ts';
import { setBase } from './draft.ts';
import { encodingClass, type ClassOptions, type InstructionClass } from './instruction-class.ts';
import { bits, withBits } from './pattern.ts';
import type { Random } from './random.ts';

/** Loads and stores (DDI 0487, C4.1.93 of issue J.a), of general registers and of vector registers. */

function access(name: string, drawn: string, options: ClassOptions = {}): InstructionClass {
  return encodingClass(name, drawn, { prepare: prepareAccess, ...options });
}

/** Fields that are all ones where they name no register. */
function ones(...fields: readonly (readonly [number, number])[]): (word: number, random: Random) => number {
  return (word, random) =>
    random.once(8) ? word : fields.reduce((bent, [high, low]) => withBits(bent, high, low, -1), word);
}

/** 128-bit registers need size 00. */
function bendVectorSize(word: number, random: Random): number {
  return bits(word, 23, 23) === 1 && !random.once(4) ? withBits(word, 31, 30, 0) : word;
}

/** Index registers are of 32 bits at least: option<1> is 1. */
function bendExtend(word: number, random: Random): number {
  return random.once(6) ? word : withBits(word, 14, 14, 1);
}

/** Bit 31 is 0, and Rm is 00000 where nothing is written back. */
function bendStructures(word: number, random: Random): number {
  const isPost = bits(word, 23, 23) === 1;
  const bent = isPost ? (random.once(2) ? withBits(word, 20, 16, 31) : word) : withBits(word, 20, 16, 0);
  const positive = random.once(12) ? bent : withBits(bent, 31, 31, 0);
  return random.once(12) ? word : positive;
}

/** LD1 to LD4: the opcodes that are allocated. */
function bendMultiple(word: number, random: Random): number {
  const bent = bendStructures(withBits(word, 21, 21, 0), random);
  return random.once(12) ? word : withBits(bent, 15, 12, random.pick([0, 2, 4, 6, 7, 8, 10]));
}

const GENERAL: readonly InstructionClass[] = [
  access('load/store exclusive', 'xx001000 0x0xxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) =>
      bits(word, 22, 22) === 1 ? ones([20, 16], [14, 10])(word, random) : ones([14, 10])(word, random),
  }),
  access('load/store exclusive pair', '1x001000 0x1xxxxx xxxxxxxx xxxxxxxx', {
    bend: (word, random) => (bits(word, 22, 22) === 1 ? ones([20, 16])(word, random) : word),
  }),
  access('load/store ordered', 'xx001000 1x0xxxxx xxxxxxxx xxxxxxxx', {
    bend: ones([20, 16], [15, 15], [14, 10]),
  }),
  access('compare and swap', 'xx001000 1x1xxxxx xxxxxxxx xxxxxxxx', {
    weight: 1.5,
    bend: ones([14, 10]),
    prepare: prepareComparison,
  }),
  access('compare and swap pair', '0x001000 0x1xxxxx xxxxxxxx xxxxxxxx', {
    weight: 1.5,
    bend: (word, random) => {
      const even = withBits(withBits(word, 16, 16, 0), 0, 0, 0);
      return ones([14, 10])(random.once(8) ? word : even, random);
    },
    prepare: prepareComparison,
  }),
  access('atomic memory operation', 'xx111000 xx1xxxxx xxxx00xx xxxxxxxx', {
    weight: 4,
    // Of the operations with bit 15, only SWP is
    bend: (word, random) => (bits(word, 15, 15) === 0 || random.once(4) ? word : withBits(word, 14, 12, 0)),
    prepare: prepareAtomic,
  }),
  access('load literal', 'xx011000 xxxxxxxx xxxxxxxx xxxxxxxx', { bend: bendLiteral }),
  access('load/store pair', 'xx10100x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 4 }),
  access('load/store unscaled', 'xx111000 xx0xxxxx xxxx00xx xxxxxxxx', { weight: 2 }),
  access('load/store post-indexed', 'xx111000 xx0xxxxx xxxx01xx xxxxxxxx', { weight: 2 }),
  access('load/store unprivileged', 'xx111000 xx0xxxxx xxxx10xx xxxxxxxx', { weight: 1.5 }),
  access('load/store pre-indexed', 'xx111000 xx0xxxxx xxxx11xx xxxxxxxx', { weight: 2 }),
  access('load/store register offset', 'xx111000 xx1xxxxx xxxx10xx xxxxxxxx', {
    weight: 3,
    bend: bendExtend,
  }),
  access('load/store unsigned offset', 'xx111001 xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 2 }),
];

const VECTOR: readonly InstructionClass[] = [
  access('vector load literal', 'xx011100 xxxxxxxx xxxxxxxx xxxxxxxx', { bend: bendLiteral }),
  access('vector load/store pair', 'xx10110x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 3 }),
  access('vector load/store signed offset', 'xx111100 xx0xxxxx xxxxxxxx xxxxxxxx', { weight: 3, bend: bendVectorSize }),
  access('vector load/store register offset', 'xx111100 xx1xxxxx xxxx10xx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => bendExtend(bendVectorSize(word, random), random),
  }),
  access('vector load/store unsigned offset', 'xx111101 xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: bendVectorSize,
  }),
  access('multiple structures', 'xx001100 xx0xxxxx xxxxxxxx xxxxxxxx', { weight: 4, bend: bendMultiple }),
  access('single structure', 'xx001101 xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 4, bend: bendStructures }),
];

/**
 * An exclusive load, sometimes a CLREX, and the store of the same size and address: the only use of the monitor whose
 * result is architected.
 */
const EXCLUSIVE_SEQUENCE: InstructionClass = {
  name: 'exclusive sequence',
  weight: 1.5,
  words: (random) => {
    const isPair = random.once(3);
    const size = isPair ? 2 + random.below(2) : random.below(4);
    const base = random.below(32);
    // All different: overlaps are CONSTRAINED UNPREDICTABLE
    const others = [1, 2, 3, 4, 5].map((step) => (base + step * (1 + 2 * random.below(3)) + step) % 31);
    const [t, t2, status, s, s2] = distinct(others, base);
    const word = (isLoad: number, rs: number, rt2: number, rt: number): number =>
      (0x08000000 +
        size * 2 ** 30 +
        isLoad * 2 ** 22 +
        (isPair ? 2 ** 21 : 0) +
        rs * 2 ** 16 +
        random.below(2) * 2 ** 15 +
        (isPair ? rt2 : 31) * 2 ** 10 +
        base * 32 +
        rt) >>>
      0;
    const words = [word(1, 31, t2, t)];
    if (random.once(4)) words.push(0xd5033f5f);
    words.push(word(0, status, s2, s));
    return words;
  },
  prepare: (draft, words) => {
    const base = bits(words[0] ?? 0, 9, 5);
    setBase(draft, base, BigInt(DATA + 16 * draft.random.below(PAGE / 16)));
  },
};

/** Five register numbers that differ from each other and from the base. */
function distinct(wanted: readonly number[], base: number): [number, number, number, number, number] {
  const taken = new Set([base]);
  const found = wanted.map((n) => {
    let one = n;
    while (taken.has(one)) one = (one + 1) % 31;
    taken.add(one);
    return one;
  });
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = found;
  return [a, b, c, d, e];
}

export const MEMORY_CLASSES: readonly InstructionClass[] = [...GENERAL, ...VECTOR, EXCLUSIVE_SEQUENCE];
