import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter, readLines } from '../../../../adapter/guest/trace/format/lines.ts';
import { stringSource } from '../../../../adapter/guest/trace/format/text-source.ts';
import { formatError } from './support.ts';

function split(chunks: readonly string[], maxLength?: number): [string, number, boolean][] {
  const lines: [string, number, boolean][] = [];
  const splitter = new LineSplitter('f', (...line) => void lines.push(line), maxLength);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

test('lines end with \\n or \\r\\n, the last one with nothing', () => {
  assert.deepEqual(split(['a\r\n\nb\rc\n', 'd']), [
    ['a', 1, true],
    ['', 2, true],
    ['b\rc', 3, true],
    ['d', 4, false],
  ]);
  assert.deepEqual(split(['a\n']), [['a', 1, true]]);
  assert.deepEqual(split([]), []);
  assert.deepEqual(split(['', '\ufeffa\n\ufeffb\n']), [
    ['a', 1, true],
    ['\ufeffb', 2, true],
  ]);
});

test('chunk borders do not matter', () => {
  const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', '\ufeff', 'é'), { maxLength: 40 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 12 }), (parts, cuts) => {
      const whole = parts.join('');
      const borders = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
      const chunks = borders.slice(1).map((end, i) => whole.slice(borders[i], end));
      assert.deepEqual(split(chunks), split([whole]));
    }),
  );
});

test('a line beyond the limit is an error with its number, wherever the border is', () => {
  assert.throws(() => split(['ok\n', 'x'.repeat(6), 'x'.repeat(6)], 10), formatError(2, 'line longer than 10'));
  assert.throws(() => split([`ok\n${'x'.repeat(11)}\n`], 10), formatError(2, 'line longer than 10'));
  assert.equal(split([`${'x'.repeat(10)}\n`], 10).length, 1);
});

test('a handler that has had enough stops the reading', async () => {
  const seen: string[] = [];
  const source = stringSource('f', 'a\nb\nc\n', 2);
  await readLines(source, (text) => seen.push(text) === 2);
  assert.deepEqual(seen, ['a', 'b']);
});

test('the reader waits between chunks', async () => {
  const events: string[] = [];
  await readLines(stringSource('f', 'a\nb\n', 2), (text) => void events.push(text), {
    afterChunk: async () => {
      await Promise.resolve();
      events.push('waited');
    },
  });
  assert.deepEqual(events, ['a', 'waited', 'b', 'waited', 'waited']);
});
