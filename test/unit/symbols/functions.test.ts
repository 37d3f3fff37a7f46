import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { innermostFinder } from '../../../adapter/symbols/functions.ts';

describe('ranges by address', () => {
  test('are found as if all were looked at', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20 }))
      .map(([start, length]) => ({ start: BigInt(start), end: BigInt(start + length) }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
        ranges.sort((a, b) => Number(a.start - b.start));
        const find = innermostFinder(ranges);
        for (let address = 0n; address < 64n; address++) {
          const expected = ranges.filter(({ start, end }) => start <= address && address < end).pop() ?? null;
          assert.equal(find(address), expected, String(address));
        }
      }),
    );
  });

  test('may reach to the last address', () => {
    const last = (1n << 64n) - 1n;
    const whole = { start: 0n, end: 1n << 64n };
    const inner = { start: 16n, end: 32n };
    const find = innermostFinder([whole, inner]);
    assert.deepEqual([find(0n), find(16n), find(32n), find(last)], [whole, inner, whole, whole]);
    assert.equal(innermostFinder([])(5n), null);
  });
});
