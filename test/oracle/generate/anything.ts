import { prepareAccess } from './address.ts';
import { setX } from './draft.ts';
import { encodingClass, type InstructionClass } from './instruction-class.ts';
import { bits, matches, pattern } from './pattern.ts';
import { branchTarget } from './values.ts';

/**
 * Random words of each top-level group (DDI 0487, C4.1): what is unallocated has to be undefined, and nothing may be
 * taken for something else.
 */

const BRANCH_REGISTER = pattern('1101011x xxxxxxxx xxxxxxxx xxxxxxxx');

export const ANYTHING_CLASSES: readonly InstructionClass[] = [
  encodingClass('any reserved', 'xxx0000x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 0.3 }),
  encodingClass('any unallocated', 'xxx00x1x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 0.3 }),
  encodingClass('any scalable vector', 'xxx0010x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 0.3 }),
  encodingClass('any immediate', 'xxx100xx xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 1 }),
  encodingClass('any branch or system', 'xxx101xx xxxxxxxx xxxxxxxx xxxxxxxx', {
    weight: 2,
    prepare: (draft, word) => {
      if (matches(BRANCH_REGISTER, word)) setX(draft, bits(word, 9, 5), branchTarget(draft.random));
    },
  }),
  encodingClass('any load or store', 'xxxx1x0x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 5, prepare: prepareAccess }),
  encodingClass('any register', 'xxxx101x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 2 }),
  encodingClass('any vector', 'xxxx111x xxxxxxxx xxxxxxxx xxxxxxxx', { weight: 3 }),
];
