import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceLines } from '../../../adapter/session/source/lines.ts';
import { guestOf, write } from './fake-guest.ts';

// Line 1 is the header; blank lines hold nothing.
const RECORDING = [write(0x104, 1), '', '', write(0x104, 2), write(0x104, 4), ''];

test('a line leads to the entry it holds, or to the next one', async () => {
  const lines = new SourceLines(await guestOf(...RECORDING));
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((line) => lines.entryFrom(line)),
    [0, 0, 0, 1, 1, 1, 2, -1],
  );
  assert.equal(lines.last, 6);
  assert.deepEqual(lines.linesWithEntries(1, 100, 10), [2, 5, 6]);
  assert.deepEqual(lines.linesWithEntries(1, 100, 2), [2, 5]);
  assert.deepEqual(lines.linesWithEntries(3, 4, 10), []);
});

test('edits have no line, and shift the entries behind them', async () => {
  const guest = await guestOf(...RECORDING);
  const lines = new SourceLines(guest);
  guest.forward();
  const step = { kind: 'write', vcpu: 0, address: 0x08000108, length: 4, value: 1n } as const;
  guest.edit([step], 'one');
  guest.edit([step], 'two');
  assert.deepEqual(
    [1, 2, 3, 5, 6, 7].map((line) => lines.entryFrom(line)),
    [0, 0, 3, 3, 4, -1],
  );
  assert.equal(lines.lineOf(1), 0);
  guest.jump(guest.total);
  guest.edit([step], 'at the end');
  assert.equal(lines.entryFrom(7), -1);
  assert.equal(lines.last, 6);
});

test('a recording without entries has no lines', async () => {
  const lines = new SourceLines(await guestOf());
  assert.equal(lines.entryFrom(1), -1);
  assert.equal(lines.last, 1);
});
