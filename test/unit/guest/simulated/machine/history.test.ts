import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuestStateError, Outcome } from '../../../../../adapter/guest/guest.ts';
import type { SimulatedGuest } from '../../../../../adapter/guest/simulated/simulated-guest.ts';
import { exampleGuest } from './support.ts';

const MOST = 10_000_000;

function finish(guest: SimulatedGuest): void {
  while (guest.run(MOST).kind === 'budget');
}

test('accesses and wires are entries of time, described as those of a recording', async () => {
  const guest = await exampleGuest('guest.elf');
  finish(guest);
  const entries = Array.from({ length: guest.total }, (_, n) => guest.operation(n));
  const texts = entries.map(({ text }) => text);
  assert.match(texts[0] ?? '', /^write GICD_CTLR = 0x10/);
  assert.ok(texts.includes('wire of INTID 27 of vCPU 0 goes high'));
  assert.ok(texts.some((text) => /^read ICC_IAR1_EL1 → 0x1b: acknowledges INTID 27/.test(text)));
  assert.ok(texts.some((text) => /^ICC_SGI1R_EL1 = 0x1000002: SGI 1/.test(text)));
  assert.ok(entries.every(({ op, pc }) => (op === 'line') === (pc === null)));
  assert.ok(entries.some(({ vcpu }) => vcpu === 1));
  assert.equal(guest.outcome(0), Outcome.Normal);
});

test('going back and forth over the past leaves every state as it was', async () => {
  const guest = await exampleGuest('guest.elf');
  const states = new Map<number, Int32Array>();
  guest.machine.port.stopBefore(() => true);
  for (let n = 0; n < 60 && guest.run(MOST).kind === 'access'; n++) {
    guest.refresh();
    states.set(guest.position, guest.controller.state.words.slice());
  }
  guest.machine.port.stopBefore(null);
  finish(guest);
  guest.refresh();
  const last = guest.controller.state.words.slice();
  const end = guest.position;
  for (const position of [...states.keys()].reverse()) {
    guest.jump(position);
    assert.deepEqual(guest.controller.state.words, states.get(position), `at ${position}`);
  }
  guest.toPresent();
  assert.equal(guest.position, end);
  assert.deepEqual(guest.controller.state.words, last);
});

test('an access that is about to be made is the entry to come', async () => {
  const guest = await exampleGuest('guest.elf');
  guest.machine.port.stopBefore(() => true);
  assert.equal(guest.run(MOST).kind, 'access');
  assert.deepEqual([guest.position, guest.total], [0, 1]);
  assert.match(guest.operation(0).text, /^write GICD_CTLR = 0x10/);
  assert.equal(guest.outcome(0), Outcome.Ahead);
  assert.equal(guest.run(MOST).kind, 'access');
  assert.deepEqual([guest.position, guest.total], [1, 2]);
});

test('edits are made in the present, and are entries too', async () => {
  const guest = await exampleGuest('guest-buggy.elf');
  finish(guest);
  const steps = [{ kind: 'write', vcpu: 0, address: 0x0800_0104, length: 4, value: 2n }] as const;
  guest.backward();
  assert.throws(() => guest.edit(steps, 'enable'), GuestStateError);
  guest.toPresent();
  const before = guest.total;
  guest.edit(steps, 'enable INTID 33');
  assert.equal(guest.total, before + 1);
  assert.match(guest.operation(before).text, /^edit: enable INTID 33/);
  assert.equal(guest.run(MOST).kind, 'off');
});

test('only the last entries are remembered', async () => {
  const guest = await exampleGuest('guest.elf', 32);
  finish(guest);
  assert.equal(guest.first, guest.total - 32);
  guest.jump(0);
  assert.equal(guest.position, guest.first);
  assert.equal(guest.backward(), false);
  assert.throws(() => guest.operation(guest.first - 1), RangeError);
  guest.toPresent();
  assert.equal(guest.position, guest.total);
});

test('views show what list registers hold as pending or active', async () => {
  const guest = await exampleGuest('guest.elf');
  guest.machine.port.stopBefore(({ write, encoding }) => write && encoding === 0xc661);
  assert.equal(guest.run(MOST).kind, 'access');
  guest.refresh();
  const { state } = guest.controller;
  assert.equal(state.bit(state.at.active, state.slot(27, 0)), true);
});
