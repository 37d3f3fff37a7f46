import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_CASES, spelled } from './by-hand.ts';
import { compare } from './compare.ts';
import { startCore } from './core-executor.ts';

test('the core does what was worked out by hand', async () => {
  const core = await startCore();
  const cases = HAND_CASES.map(spelled);
  const outcomes = await core.run(cases.map(({ one }) => one));
  cases.forEach(({ one, outcome }, n) => {
    const found = outcomes[n];
    assert.ok(found);
    assert.deepEqual(compare(one, found, outcome), { kind: 'same' }, one.classes[0]);
  });
});
