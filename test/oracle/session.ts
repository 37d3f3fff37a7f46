import type { Case, End } from './case.ts';
import { compare } from './compare.ts';
import type { Executor } from './executor.ts';
import type { Generator } from './generate/generate.ts';
import type { Failure } from './shrink.ts';

export interface Session {
  readonly generator: Generator;
  readonly core: Executor;
  readonly oracle: Executor;
  /** Number of the first case. */
  readonly from: number;
  readonly cases: number;
  /** Ends after so many failures. */
  readonly failures: number;
  onProgress?(done: number): void;
}

export interface Result {
  readonly compared: number;
  /** Cases that say nothing, by reason. */
  readonly incomparable: ReadonlyMap<string, number>;
  readonly failures: readonly (Failure & { readonly index: number })[];
  /** Of cases of one instruction: by class, how many ended how on the core. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<End, number>>;
}

const BATCH = 1000;

/** Runs cases on both sides, in batches. The oracle is another process: it and the core work at the same time. */
export async function compareCases(session: Session): Promise<Result> {
  const { generator, core, oracle, from, cases } = session;
  const incomparable = new Map<string, number>();
  const counts = new Map<string, Map<End, number>>();
  const failures: (Failure & { index: number })[] = [];
  let compared = 0;
  const batchAt = (at: number): Case[] =>
    Array.from({ length: Math.min(BATCH, from + cases - at) }, (_, n) => generator.caseAt(at + n));
  let batch = batchAt(from);
  for (let at = from; at < from + cases; at += BATCH) {
    const theirs = oracle.run(batch);
    const ours = await core.run(batch);
    const following = batchAt(at + BATCH);
    const outcomes = await theirs;
    batch.forEach((one, n) => {
      const [mine, other] = [ours[n], outcomes[n]];
      if (!mine || !other) throw new RangeError(`case ${at + n} has no outcome`);
      count(counts, one, mine.end);
      const comparison = compare(one, mine, other);
      if (comparison.kind === 'incomparable') {
        incomparable.set(comparison.reason, (incomparable.get(comparison.reason) ?? 0) + 1);
        return;
      }
      compared++;
      if (comparison.kind === 'same' || failures.length === session.failures) return;
      failures.push({ index: at + n, one, core: mine, oracle: other, differences: comparison.differences });
    });
    session.onProgress?.(Math.min(at + BATCH - from, cases));
    if (failures.length === session.failures) break;
    batch = following;
  }
  return { compared, incomparable, failures, counts };
}

function count(counts: Map<string, Map<End, number>>, { classes }: Case, end: End): void {
  const name = classes.length === 1 ? (classes[0] ?? '') : 'several instructions';
  const ends = counts.get(name) ?? new Map<End, number>();
  counts.set(name, ends);
  ends.set(end, (ends.get(end) ?? 0) + 1);
}
