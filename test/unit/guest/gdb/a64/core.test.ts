import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAccess } from '../../../../../adapter/guest/gdb/a64/decode.ts';
import { CONTROL_CLASSES } from '../../../../oracle/generate/control.ts';
import { newDraft } from '../../../../oracle/generate/draft.ts';
import type { InstructionClass } from '../../../../oracle/generate/instruction-class.ts';
import { MEMORY_CLASSES } from '../../../../oracle/generate/memory.ts';
import { Random } from '../../../../oracle/generate/random.ts';
import { randomPage, randomState } from '../../../../oracle/generate/values.ts';
import { compareWithCore, type Compared } from './against-core.ts';
import { DeviceCore, registersOf } from './device-core.ts';

const CASES_A_CLASS = 1200;
const WORDS = 40_000;
const SEED = 1;

/** Those of one instruction each; and DC ZVA, which stores. */
const CLASSES: readonly InstructionClass[] = [
  ...MEMORY_CLASSES.filter(({ name }) => name !== 'exclusive sequence'),
  ...CONTROL_CLASSES.filter(({ name }) => name === 'DC ZVA'),
];

function inContext<T>(word: number, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error) error.message = `word 0x${word.toString(16)}: ${error.message}`;
    throw error;
  }
}

test('loads and stores of every class access what the decoder says', async (t) => {
  const core = await DeviceCore.create();
  const mnemonics = new Set<string>();
  for (const [number, one] of CLASSES.entries()) {
    const counts: Record<Compared, number> = { accesses: 0, abort: 0, 'no access': 0, 'beyond core': 0 };
    const random = new Random(SEED, number);
    const memory = randomPage(random);
    for (let n = 0; n < CASES_A_CLASS; n++) {
      const draft = newDraft(random, memory.slice());
      const words = one.words(random);
      one.prepare?.(draft, words);
      const [word = 0] = words;
      const { by, access } = inContext(word, () => compareWithCore(core, word, draft.state, draft.memory));
      counts[by]++;
      if (access && by === 'accesses') mnemonics.add(access.mnemonic);
    }
    t.diagnostic(`${one.name}: ${JSON.stringify(counts)}`);
    assert.ok(counts.accesses > CASES_A_CLASS / 4, `${one.name} accesses ${counts.accesses} times`);
  }
  t.diagnostic(`${mnemonics.size} mnemonics`);
});

test('of all words, the decoder knows as loads and stores what the core executes as such', async (t) => {
  const core = await DeviceCore.create();
  const random = new Random(SEED, 1000);
  const memory = randomPage(random);
  const counts: Record<Compared, number> = { accesses: 0, abort: 0, 'no access': 0, 'beyond core': 0 };
  for (let n = 0; n < WORDS; n++) {
    const word = random.u32();
    counts[inContext(word, () => compareWithCore(core, word, randomState(random), memory)).by]++;
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.accesses + counts.abort > WORDS / 10);
});

test('no word is too much for the decoder, and addresses have 64 bits', () => {
  const random = new Random(SEED, 1001);
  const registers = registersOf(randomState(random));
  for (let n = 0; n < 4 * WORDS; n++) {
    const word = random.u32();
    const access = inContext(word, () => decodeAccess(word, registers));
    for (const { address } of access?.elements ?? []) assert.equal(address, BigInt.asUintN(64, address));
    assert.deepEqual(access === null, inContext(word, () => decodeAccess(word | 0, registers)) === null);
  }
});
