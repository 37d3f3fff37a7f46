import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shrink, type Attempt } from './shrink.ts';

interface Failure {
  readonly at: number;
}

/** Fails where a number is found after another one. */
function failsWith(first: number, then: number, counted = { attempts: 0 }): Attempt<number, Failure> {
  return (items) => {
    counted.attempts++;
    const from = items.indexOf(first);
    const at = from < 0 ? -1 : items.indexOf(then, from + 1);
    return Promise.resolve(at < 0 ? null : { at });
  };
}

const THOUSAND = Array.from({ length: 1000 }, (_, n) => n);

test('what a failure does not need goes, wherever it is', async () => {
  for (const [first, then] of [
    [0, 999],
    [0, 1],
    [998, 999],
    [333, 777],
  ] as const) {
    const { items, failure } = await shrink({ items: THOUSAND, failure: { at: then } }, failsWith(first, then));
    assert.deepEqual(items, [first, then]);
    assert.deepEqual(failure, { at: 1 });
  }
});

test('it takes far fewer attempts than there are items, and no more than it may', async () => {
  const counted = { attempts: 0 };
  await shrink({ items: THOUSAND, failure: { at: 777 } }, failsWith(333, 777, counted));
  assert.ok(counted.attempts < 100, String(counted.attempts));
  const few = { attempts: 0 };
  const start = { items: THOUSAND, failure: { at: 777 } };
  const { items } = await shrink(start, failsWith(333, 777, few), () => [], 3);
  assert.equal(few.attempts, 3);
  assert.ok(items.includes(333) && items.includes(777));
});

test('items become simpler while it still fails', async () => {
  const atLeast: Attempt<number, Failure> = (items) => {
    const at = items.findIndex((value) => value >= 40);
    return Promise.resolve(at < 0 ? null : { at });
  };
  const start = { items: [3, 100, 50], failure: { at: 1 } };
  const { items } = await shrink(start, atLeast, (value) => [Math.floor(value / 2), value - 1]);
  assert.deepEqual(items, [40]);
});
