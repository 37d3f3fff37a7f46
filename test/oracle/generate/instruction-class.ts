import type { Draft } from './draft.ts';
import { fill, pattern, type Pattern } from './pattern.ts';
import type { Random } from './random.ts';

/** Instructions that the generator makes together. */
export interface InstructionClass {
  readonly name: string;
  /** How often, relative to the others. */
  readonly weight: number;
  /** Words of one instruction or of a short sequence. */
  words(random: Random): readonly number[];
  /** Sets what the words need: base registers that point into memory, operands that make them interesting. */
  prepare?(draft: Draft, words: readonly number[]): void;
}

export interface ClassOptions {
  readonly weight?: number;
  /** Bends a random word of the pattern towards what is allocated, or where it goes. */
  readonly bend?: (word: number, random: Random) => number;
  readonly prepare?: (draft: Draft, word: number) => void;
}

/** A class of the encoding index: the bits its diagram fixes, everything else random. */
export function encodingClass(name: string, drawn: string, options: ClassOptions = {}): InstructionClass {
  const fixed: Pattern = pattern(drawn);
  const { weight = 1, bend, prepare } = options;
  return {
    name,
    weight,
    words: (random) => {
      const word = fill(fixed, random);
      return [bend ? bend(word, random) : word];
    },
    prepare: (draft, words) => {
      if (prepare) for (const word of words) prepare(draft, word);
    },
  };
}
