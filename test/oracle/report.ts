import { DATA, NZCV, PAGE, PC, START, STATE_WORDS, type Case, type End } from './case.ts';
import { hex, wordName } from './compare.ts';
import type { Failure } from './shrink.ts';

/** A failing case for people: its words, the registers that are not zero, and what differs. */
export function failureText({ one, differences }: Failure): string {
  const level = `at EL${one.level}`;
  const words = one.words.map((word, n) => {
    const address = hex(BigInt(START + 4 * n));
    return `  ${address}  ${word.toString(16).padStart(8, '0')}  ${one.classes[n] ?? ''}`;
  });
  return [...words, level, 'before', ...stateLines(one), 'the core', ...differences.map((line) => `  ${line}`)].join(
    '\n',
  );
}

const MEMORY_SHOWN = 16;

function stateLines({ state, memory }: Case): string[] {
  const lines: string[] = [];
  for (let n = 0; n < STATE_WORDS; n++) {
    const value = state[n] ?? 0n;
    if (n !== PC && (value !== 0n || n === NZCV)) lines.push(`  ${wordName(n)} = ${hex(value)}${where(value)}`);
  }
  const isZero = memory.every((byte) => byte === 0);
  lines.push(isZero ? '  memory is zero' : '  memory is as generated');
  for (const value of new Set(state)) {
    const at = Number(BigInt.asIntN(53, value - BigInt(DATA)));
    if (isZero || at < 0 || at >= PAGE) continue;
    lines.push(`  [${hex(value)}] = ${Buffer.from(memory.subarray(at, at + MEMORY_SHOWN)).toString('hex')}`);
  }
  return lines;
}

function where(value: bigint): string {
  const at = value - BigInt(DATA);
  return at >= 0n && at < BigInt(PAGE) ? `  (DATA + ${hex(at)})` : '';
}

/** How often each class ended how, one line a class. */
export function countsText(counts: ReadonlyMap<string, ReadonlyMap<End, number>>): string {
  const width = Math.max(0, ...[...counts.keys()].map((name) => name.length));
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, ends]) => {
      const total = [...ends.values()].reduce((sum, count) => sum + count, 0);
      const parts = [...ends].map(([end, count]) => `${end} ${count}`).join(', ');
      return `${name.padEnd(width)} ${String(total).padStart(8)}  ${parts}`;
    })
    .join('\n');
}
