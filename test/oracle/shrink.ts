import { DATA, NZCV, PAGE, SP, STATE_WORDS, V, type Case, type Outcome } from './case.ts';
import { compare, type Difference } from './compare.ts';
import type { Executor } from './executor.ts';

/** A case on which the two sides differ. */
export interface Failure {
  readonly one: Case;
  readonly core: Outcome;
  readonly oracle: Outcome;
  readonly differences: readonly Difference[];
}

/** Runs one case on both sides. @returns null where they agree or the case says nothing */
export async function differing(one: Case, core: Executor, oracle: Executor): Promise<Failure | null> {
  const [[ours], [theirs]] = await Promise.all([core.run([one]), oracle.run([one])]);
  if (!ours || !theirs) return null;
  const comparison = compare(one, ours, theirs);
  if (comparison.kind !== 'different') return null;
  return { one, core: ours, oracle: theirs, differences: comparison.differences };
}

const ZEROS = new Uint8Array(PAGE);

/**
 * Makes a failing case simpler while it fails: fewer words, then registers and memory of zero, then of one or of the
 * middle of DATA. What remains is what the difference needs.
 */
export async function shrink(failure: Failure, core: Executor, oracle: Executor): Promise<Failure> {
  let least = failure;
  const accept = async (simpler: Case): Promise<boolean> => {
    const found = await differing(simpler, core, oracle);
    if (found) least = found;
    return found !== null;
  };
  for (let n = least.one.words.length - 1; n >= 0; n--) {
    if (least.one.words.length > 1) await accept(withoutWord(least.one, n));
  }
  await accept({ ...least.one, memory: ZEROS });
  // All vector registers at once: most instructions touch none
  await accept(withWords(least.one, V, STATE_WORDS, 0n));
  for (let n = 0; n < STATE_WORDS; n++) {
    if (n > SP && n <= NZCV - 1) continue;
    for (const value of n === NZCV ? [0n] : [0n, 1n, BigInt(DATA + PAGE / 2)]) {
      if (least.one.state[n] === value || (await accept(withWords(least.one, n, n + 1, value)))) break;
    }
  }
  return least;
}

function withoutWord(one: Case, n: number): Case {
  return {
    ...one,
    words: one.words.filter((_, at) => at !== n),
    classes: one.classes.filter((_, at) => at !== n),
  };
}

function withWords(one: Case, from: number, to: number, value: bigint): Case {
  const state = one.state.slice();
  state.fill(value, from, to);
  return { ...one, state };
}
