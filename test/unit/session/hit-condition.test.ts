import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHitCondition } from '../../../adapter/session/breakpoints/hit-condition.ts';
import { RequestError } from '../../../adapter/session/request-error.ts';

const hits = (text: string): number[] => [1, 2, 3, 4, 5, 6].filter(parseHitCondition(text));

test('hit conditions count as they say', () => {
  assert.deepEqual(hits('5'), [5]);
  assert.deepEqual(hits('== 2'), [2]);
  assert.deepEqual(hits('>= 5'), [5, 6]);
  assert.deepEqual(hits('>5'), [6]);
  assert.deepEqual(hits('<= 2'), [1, 2]);
  assert.deepEqual(hits('< 2'), [1]);
  assert.deepEqual(hits(' % 3 '), [3, 6]);
});

test('anything else is refused with the ways to write one', () => {
  for (const text of ['', 'five', '>= ', '% 0', '-1', '5 5', '>>5']) {
    assert.throws(() => parseHitCondition(text), RequestError, text);
  }
});
