import { DATA, PAGE, START } from '../case.ts';
import { setX, type Draft } from './draft.ts';
import { encodingClass, type InstructionClass } from './instruction-class.ts';
import { bits, withBits } from './pattern.ts';
import type { Random } from './random.ts';
import { branchTarget } from './values.ts';

/** Branches, exception generation and system instructions (DDI 0487, C4.1.94 of issue J.a). */

/** Offsets of a few words, back and forth, half of the time: these loop, skip and end in the words themselves. */
function near(high: number, low: number): (word: number, random: Random) => number {
  return (word, random) => (random.once(2) ? word : withBits(word, high, low, random.below(9) - 4));
}

function prepareTarget(draft: Draft, word: number): void {
  setX(draft, bits(word, 9, 5), branchTarget(draft.random));
}

/** SVC, BRK or HLT. */
function exceptionFields(word: number, random: Random): number {
  const [opcode, level] = random.pick([
    [0, 1],
    [1, 0],
    [2, 0],
  ] as const);
  return withBits(withBits(word, 23, 21, opcode), 4, 0, level) & 0xffffff;
}

/** Fields whose value must be 31, so that most words are allocated. */
function mostlyOnes(high: number, low: number): (word: number, random: Random) => number {
  return (word, random) => (random.once(8) ? word : withBits(word, high, low, 31));
}

/** o0:op1:CRn:CRm:op2 of NZCV, DAIF, ELR_EL1, FAR_EL1, TPIDR_EL1, TPIDR_EL0, TPIDRRO_EL0. */
const STORED_REGISTERS = [0x5a10, 0x5a11, 0x4201, 0x4300, 0x4684, 0x5e82, 0x5e83];

export const CONTROL_CLASSES: readonly InstructionClass[] = [
  encodingClass('conditional branch', '0101010x xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) => near(23, 5)(random.once(8) ? word : withBits(withBits(word, 24, 24, 0), 4, 4, 0), random),
  }),
  encodingClass('branch', 'x00101xx xxxxxxxx xxxxxxxx xxxxxxxx', { bend: near(25, 0) }),
  encodingClass('compare and branch', 'x011010x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 1.5, bend: near(23, 5) }),
  encodingClass('test and branch', 'x011011x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 1.5, bend: near(18, 5) }),
  encodingClass('branch to register', '1101011x xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    bend: (word, random) =>
      random.once(4) ? word : withBits(withBits(withBits(word, 24, 21, random.below(3)), 20, 10, 0x7c0), 4, 0, 0),
    prepare: prepareTarget,
  }),
  encodingClass('exception generation', '11010100 xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 1,
    bend: (word, random) => (random.once(4) ? word : withBits(word, 23, 0, exceptionFields(word, random))),
  }),
  encodingClass('hint', '11010101 00000011 0010xxxx xxxxxxxx', { weight: 0.5, bend: mostlyOnes(4, 0) }),
  encodingClass('barrier', '11010101 00000011 0011xxxx xxxxxxxx', { weight: 0.5, bend: mostlyOnes(4, 0) }),
  encodingClass('PSTATE immediate', '11010101 00000xxx 0100xxxx xxxxxxxx', {
    weight: 0.5,
    // DAIFSet and DAIFClr are the core's
    bend: (word, random) =>
      mostlyOnes(4, 0)(random.once(2) ? word : withBits(withBits(word, 18, 16, 3), 7, 5, 6 + random.below(2)), random),
  }),
  encodingClass('system instructions without registers', '11010101 00000xxx xxxxxxxx xxxxxxxx', { weight: 0.5 }),
  encodingClass('MSR NZCV', '11010101 00011011 01000010 000xxxxx', { weight: 0.5 }),
  encodingClass('MRS NZCV', '11010101 00111011 01000010 000xxxxx', { weight: 0.5 }),
  encodingClass('DC ZVA', '11010101 00001011 01110100 001xxxxx', {
    weight: 0.3,
    prepare: (draft, word) => setX(draft, bits(word, 4, 0), BigInt(DATA + draft.random.below(PAGE))),
  }),
  {
    // MSR, then MRS of the same register: what is stored is read
    name: 'system register',
    weight: 1,
    words: (random) => {
      const register = random.pick(STORED_REGISTERS) * 32;
      const words = [0xd5300000 + register + random.below(32)];
      if (random.once(6)) return words;
      return [0xd5100000 + register + random.below(32), ...words];
    },
  },
  {
    // A subroutine that returns behind its call: BL or BLR to the third word, NOP, RET
    name: 'call and return',
    weight: 0.3,
    words: (random) => {
      const n = random.below(30);
      return [random.once(2) ? 0x94000002 : (0xd63f0000 | (n << 5)) >>> 0, 0xd503201f, 0xd65f03c0];
    },
    prepare: (draft, words) => {
      const call = words[0] ?? 0;
      if (call !== 0x94000002) setX(draft, bits(call, 9, 5), BigInt(START + 4 * (draft.words.length - 1)));
    },
  },
];
