import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HAND_CASES, spelled } from './by-hand.ts';
import { NZCV, SP, type Case, type Outcome } from './case.ts';
import { compare } from './compare.ts';
import { startCore } from './core-executor.ts';
import type { Executor } from './executor.ts';
import { CLASSES, newGenerator } from './generate/generate.ts';
import { failureText } from './report.ts';
import { compareCases } from './session.ts';
import { shrink } from './shrink.ts';
import { findUnicorn, startUnicorn } from './unicorn-executor.ts';

/** Cases of one `npm test`; `npm run compare:cpu` runs as many as one likes. */
const CASES = 60_000;
const SEED = 20_26;

const skip = findUnicorn() === null ? 'Python has no module unicorn (Debian: python3-unicorn)' : false;

describe('against Unicorn', () => {
  let oracle: Executor;
  let core: Executor;
  before(async () => {
    if (skip !== false) return;
    [oracle, core] = await Promise.all([startUnicorn(), startCore()]);
  });
  after(async () => {
    if (skip === false) await oracle.close();
  });

  test('Unicorn does what was worked out by hand', { skip }, async () => {
    const cases = HAND_CASES.filter(({ isCoreOnly = false }) => !isCoreOnly).map(spelled);
    const outcomes = await oracle.run(cases.map(({ one }) => one));
    cases.forEach(({ one, outcome }, n) => {
      const found = outcomes[n];
      assert.ok(found);
      assert.deepEqual(compare(one, found, outcome), { kind: 'same' }, one.classes[0]);
    });
  });

  test('the core agrees on random instructions of every class', { skip }, async () => {
    const generator = newGenerator(SEED);
    const result = await compareCases({ generator, core, oracle, from: 0, cases: CASES, failures: 3 });
    const texts = await Promise.all(result.failures.map((one) => shrink(one, core, oracle)));
    assert.equal(texts.map(failureText).join('\n\n'), '');
    // Most cases say something, and no class has been left out.
    assert.ok(result.compared > CASES * 0.99, `${result.compared} of ${CASES} compared`);
    const missing = CLASSES.filter(({ name }) => !result.counts.has(name) && !SEQUENCES.includes(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  test('the core agrees on every bitmask immediate, allocated or not', { skip }, async () => {
    const like = newGenerator(SEED);
    // EOR <d>, <n>, #imm: sf, then N:immr:imms
    const word = (index: number): number => (index >> 13) * 2 ** 31 + 0x52000000 + (index % 8192) * 1024 + 0x20;
    const caseAt = (index: number): Case => ({ ...like.caseAt(index), classes: ['EOR'], words: [word(index)] });
    const result = await compareCases({ generator: { caseAt }, core, oracle, from: 0, cases: 16384, failures: 3 });
    assert.equal(result.failures.map(failureText).join('\n\n'), '');
    assert.equal(result.compared, 16384);
    assert.equal(result.counts.get('EOR')?.get('left'), 2 * MASKS_UP_TO_32 + MASKS_OF_64);
  });

  test('an outcome does not depend on the cases before it', { skip }, async () => {
    const generator = newGenerator(SEED + 1);
    const batch = Array.from({ length: 2000 }, (_, n) => generator.caseAt(n));
    const forwards = await oracle.run(batch);
    const backwards = (await oracle.run(batch.toReversed())).toReversed();
    assert.deepEqual(backwards, forwards);
  });

  test('a wrong core is found, and the case made small', { skip }, async () => {
    // Subtraction with carry that forgets the carry, once every register is interesting enough to see it
    const wrong: Executor = {
      ...core,
      run: async (batch) => (await core.run(batch)).map((outcome, n) => forgetCarry(batch[n], outcome)),
    };
    const generator = newGenerator(SEED);
    const result = await compareCases({ generator, core: wrong, oracle, from: 0, cases: 20_000, failures: 1 });
    const [failure] = result.failures;
    assert.ok(failure, 'the wrong core was not found');
    const least = await shrink(failure, wrong, oracle);
    assert.equal(least.one.words.length, 1);
    const registers = least.one.state.subarray(0, SP + 1).filter((value) => value !== 0n);
    assert.ok(registers.length <= 1, failureText(least));
    assert.match(failureText(least), /add\/subtract with carry|any register/);
  });

  test('Unicorn starts again where a case ends its process', { skip }, async () => {
    const { one } = spelled({ name: 'mov x0, #5', words: [0xd28000a0], before: {}, after: {} });
    // Behind a NOP, because as the first word it would not be given to Unicorn at all
    const deadly: Case = { ...one, words: [0xd503201f, 0x6ed70cf2] };
    const outcomes = await oracle.run([one, deadly, one]);
    assert.deepEqual(
      outcomes.map(({ end }) => end),
      ['left', 'other', 'left'],
    );
    assert.deepEqual(outcomes[0], outcomes[2]);
  });
});

/**
 * N:immr:imms that name a mask. An element of e bits has runs of 1 to e - 1 ones; all 64 values of immr rotate them, by
 * their low bits.
 */
const MASKS_UP_TO_32 = [2, 4, 8, 16, 32].reduce((sum, e) => sum + (e - 1) * 64, 0);
const MASKS_OF_64 = 63 * 64;

/** Classes of several instructions: they are counted together. */
const SEQUENCES = ['call and return', 'exclusive sequence', 'system register'];

/** SBC: sf 1 0 11010000 Rm 000000 Rn Rd, with Rd one less where C was set. */
function forgetCarry(one: Case | undefined, outcome: Outcome): Outcome {
  const [word = 0] = one?.words ?? [];
  const d = word & 31;
  const hadCarry = ((one?.state[NZCV] ?? 0n) & 0x2000_0000n) !== 0n;
  if (outcome.end !== 'left' || (word & 0xffe0_fc00) >>> 0 !== 0xda00_0000 || d === 31 || !hadCarry) return outcome;
  const state = outcome.state.slice();
  state[d] = BigInt.asUintN(64, (state[d] ?? 0n) - 1n);
  return { ...outcome, state };
}
