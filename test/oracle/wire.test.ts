import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE, STATE_WORDS, type Case } from './case.ts';
import { newGenerator } from './generate/generate.ts';
import { answerLength, decodeOutcomes, encodeCases, WireError } from './wire.ts';

const RECORD = 16 + STATE_WORDS * 8;

function answer(length: number, bytes: number): Uint8Array {
  const whole = new Uint8Array(8 + bytes);
  new DataView(whole.buffer).setUint32(0, length, true);
  return whole;
}

test('cases that share a page send it once', () => {
  const generator = newGenerator(1);
  const cases = [0, 1, 2].map((n) => generator.caseAt(n));
  assert.equal(encodeCases(cases).length, 8 + PAGE + 3 * (32 + STATE_WORDS * 8));
  assert.deepEqual(generator.caseAt(1), cases[1]);
});

test('a case without words, or with too many, is refused', () => {
  const one = newGenerator(1).caseAt(0);
  assert.throws(() => encodeCases([{ ...one, words: [] }]), WireError);
  assert.throws(() => encodeCases([{ ...one, words: [0, 0, 0, 0, 0] }]), WireError);
});

test('an answer is taken only whole', () => {
  const one: Case = newGenerator(1).caseAt(0);
  assert.equal(answerLength(new Uint8Array(7)), null);
  assert.equal(answerLength(answer(RECORD, 0)), 8 + RECORD);
  assert.equal(decodeOutcomes(answer(RECORD, RECORD), [one])[0]?.memory, one.memory);
  const changed = answer(RECORD, RECORD);
  changed[9] = 1;
  assert.throws(() => decodeOutcomes(changed, [one]), WireError);
  const unknown = answer(RECORD, RECORD);
  unknown[8] = 99;
  assert.throws(() => decodeOutcomes(unknown, [one]), WireError);
  assert.throws(() => decodeOutcomes(answer(RECORD, RECORD - 1), [one]), WireError);
  assert.throws(() => decodeOutcomes(answer(RECORD, RECORD + 1), [one]), WireError);
});
