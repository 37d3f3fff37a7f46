import { MAX_WORDS, type Case } from '../case.ts';
import { verdict } from '../outside.ts';
import { isAloneForUnicorn, isHopelessForUnicorn } from '../unicorn-faults.ts';
import { ANYTHING_CLASSES } from './anything.ts';
import { CONTROL_CLASSES } from './control.ts';
import { newDraft, type Draft } from './draft.ts';
import type { InstructionClass } from './instruction-class.ts';
import { INTEGER_CLASSES } from './integer.ts';
import { MEMORY_CLASSES } from './memory.ts';
import { matches, pattern } from './pattern.ts';
import { Random } from './random.ts';
import { randomPage } from './values.ts';
import { VECTOR_CLASSES } from './vector.ts';

export const CLASSES: readonly InstructionClass[] = [
  ...INTEGER_CLASSES,
  ...CONTROL_CLASSES,
  ...MEMORY_CLASSES,
  ...VECTOR_CLASSES,
  ...ANYTHING_CLASSES,
];

/** Cases in a row that share a page of memory: a page of its own for each would be most of the work. */
const CASES_A_PAGE = 64;
/** Streams of random numbers below this are cases, above it pages. */
const PAGE_STREAM = 0x8000_0000;

/** Instructions to run together are looked for this often; then the case is a shorter one. */
const ATTEMPTS = 20;

export interface Generator {
  /** The case of that number; the same one each time. */
  caseAt(index: number): Case;
}

/**
 * @param seed any 32-bit number
 * @param classes what to make cases of; all classes if not given
 */
export function newGenerator(seed: number, classes: readonly InstructionClass[] = CLASSES): Generator {
  const pages = new Map<number, Uint8Array>();
  const pageOf = (index: number): Uint8Array => {
    const number = Math.floor(index / CASES_A_PAGE);
    let page = pages.get(number);
    if (!page) {
      if (pages.size > 256) pages.clear();
      page = randomPage(new Random(seed, PAGE_STREAM + number));
      pages.set(number, page);
    }
    return page;
  };
  const chooseAny = chooser(classes);
  // Sequences end where an instruction is undefined: random words are for cases of one.
  const sequels = classes.filter((one) => !ANYTHING_CLASSES.includes(one));
  const chooseSequel = sequels.length > 0 ? chooser(sequels) : chooseAny;
  return {
    caseAt: (index) => {
      const draft = newDraft(new Random(seed, index), pageOf(index));
      const { random } = draft;
      const wanted = random.once(4) ? 2 + random.below(MAX_WORDS - 1) : 1;
      const choose = wanted > 1 ? chooseSequel : chooseAny;
      for (let n = 0; n < ATTEMPTS && draft.words.length < wanted; n++) {
        add(draft, choose(random));
        if (draft.words.some(runsAlone)) break;
      }
      while (draft.words.length === 0) add(draft, choose(random));
      const { classes: names, words, level, state, memory } = draft;
      return { classes: names, words, level, state, memory };
    },
  };
}

/** Chooses classes by their weight. */
function chooser(classes: readonly InstructionClass[]): (random: Random) => InstructionClass {
  const total = classes.reduce((sum, { weight }) => sum + weight, 0);
  return (random) => {
    let left = (random.u32() / 2 ** 32) * total;
    for (const one of classes) {
      left -= one.weight;
      if (left < 0) return one;
    }
    return random.pick(classes);
  };
}

/** What lies outside the core, because what is behind it would never be reached; and what Unicorn gets wrong. */
function runsAlone(word: number): boolean {
  const { kind } = verdict(word);
  return kind === 'undefined' || kind === 'nop' || isAloneForUnicorn(word);
}

const EXCLUSIVE = pattern('xx001000 0xxxxxxx xxxxxxxx xxxxxxxx');

/**
 * Exclusive loads and stores that are not made for each other may be of one address and of different sizes: whether the
 * store succeeds then is CONSTRAINED UNPREDICTABLE.
 */
function usesMonitor(word: number): boolean {
  return matches(EXCLUSIVE, word);
}

/** Adds an instruction of a class, or a sequence, unless it is one that cannot be compared or does not fit. */
function add(draft: Draft, one: InstructionClass): void {
  const words = one.words(draft.random);
  if (draft.words.length + words.length > MAX_WORDS) return;
  const verdicts = words.map((word) => verdict(word).kind);
  if (verdicts.includes('excluded') || words.some(isHopelessForUnicorn)) return;
  if (words.some(runsAlone) && draft.words.length > 0) return;
  if (words.some(usesMonitor) && draft.words.some(usesMonitor)) return;
  for (const word of words) {
    draft.words.push(word);
    draft.classes.push(one.name);
  }
  one.prepare?.(draft, words);
}
