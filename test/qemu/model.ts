import { stringSource } from '../../adapter/guest/trace/format/text-source.ts';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import { replay } from '../../adapter/guest/trace/replay.ts';
import type { Profile } from '../../adapter/gic/profiles/profile.ts';
import { lineOf, type Recording } from './recording.ts';

/** Where the model's answer is another one. */
export interface Disagreement {
  /** Of the operations: that one, or its signals, came out differently. */
  readonly at: number;
  /** The record, decoded: what QEMU answered. */
  readonly text: string;
  /** What differs, one text a field. */
  readonly differences: readonly string[];
}

export interface Verdict {
  /** The first one, or null. */
  readonly disagreement: Disagreement | null;
  readonly comparisons: number;
  /** Records that the model does not answer, by reason. */
  readonly unpredicted: ReadonlyMap<string, number>;
}

/** What is asked of a model: to judge a recording. */
export type Judge = (recording: Recording) => Promise<Verdict>;

/** The model that this repository is about. */
export function modelOf(profile: Profile): Judge {
  return async (recording) => {
    const { lines, operationOf } = withAllSignals(recording);
    const text = [JSON.stringify(recording.header), ...lines, ''].join('\n');
    const { program } = await loadProgram(stringSource('live', text));
    const { shown, comparisons, unpredicted } = replay(program, 1, profile);
    const [first] = shown;
    if (first === undefined) return { disagreement: null, comparisons, unpredicted };
    const differences = first.differences.map(
      ({ subject, field, expected, got }) => `${`${subject} ${field}`.trim()}: QEMU ${expected}, the model ${got}`,
    );
    // Line 1 is the header.
    const at = operationOf[first.line - 2] ?? 0;
    return { disagreement: { at, text: first.text, differences }, comparisons, unpredicted };
  };
}

/**
 * A recording has a signal where one changed. With all of them after every operation, the model is also asked where it
 * alone would change one.
 */
function withAllSignals({ header, records }: Recording): { lines: string[]; operationOf: number[] } {
  const cpus = Number(header['cpus']);
  const signals = Array.from({ length: cpus }, (_, cpu) => lineOf({ op: 'signal', cpu, irq: 0, fiq: 0 }));
  const lines: string[] = [];
  const operationOf: number[] = [];
  let at = -1;
  const tellSignals = (): void => {
    lines.push(...signals);
    operationOf.push(...signals.map(() => at));
  };
  for (const one of records) {
    if (one.op === 'signal') {
      signals[one.cpu] = lineOf(one);
      continue;
    }
    if (at >= 0) tellSignals();
    at++;
    lines.push(lineOf(one));
    operationOf.push(at);
  }
  if (at >= 0) tellSignals();
  return { lines, operationOf };
}
