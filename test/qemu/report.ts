import { lineOf } from './recording.ts';
import type { Counts, Difference } from './session.ts';

/** For people: the recording of QEMU's answers, what the model answers otherwise, and the words that repeat it. */
export function differenceText(difference: Difference, repeat: string): string {
  const { recording, stream, text, differences } = difference;
  return [
    `Stream ${stream} differs. What is needed of it, as QEMU answers it:`,
    JSON.stringify(recording.header),
    ...recording.records.map(lineOf),
    `The last one: ${text}`,
    ...differences.map((line) => `  ${line}`),
    `npm run compare:qemu -- ${repeat}`,
    '',
  ].join('\n');
}

export function summaryText(counts: Counts, what: string, seconds: number): string {
  const lines: string[] = [];
  for (const [reason, times] of counts.unpredicted) lines.push(`not compared: ${reason}: ${times}`);
  for (const [stream, how] of counts.deaths) lines.push(`stream ${stream} ended QEMU: ${how}`);
  const { operations, streams, comparisons, differences } = counts;
  const verdict = differences === 0 ? 'all the same' : `${differences} of the streams differ`;
  lines.push(
    `${operations} operations in ${streams} streams, ${comparisons} answers compared (${what}): ${verdict}. ` +
      `${seconds.toFixed(0)} s, ${Math.round(operations / seconds)} a second.`,
  );
  return lines.join('\n');
}
