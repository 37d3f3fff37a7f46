import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Guest } from '../../../adapter/guest/guest.ts';
import type { Frame } from '../../../adapter/session/frames.ts';
import { busyInterrupts, irqNode } from '../../../adapter/session/variables/interrupts.ts';
import { scopesOf } from '../../../adapter/session/variables/scopes.ts';
import { describeGuest } from '../../../adapter/session/views/describe.ts';
import { IrqTable } from '../../../adapter/session/views/irq-table.ts';
import { References } from '../../../adapter/session/views/references.ts';
import { RegisterValues } from '../../../adapter/session/views/register-values.ts';
import { Target, type Change } from '../gic/explain/target.ts';

/*
 * What a session shows of a controller that is elsewhere: what was read, and nothing else.
 */

/** As much of a guest as the views look at. */
class FakeTarget extends Target {
  readonly kind = 'gdb';
  readonly title = 'localhost:1234';
  readonly capabilities = { stepBack: false, seesAll: false };
  readonly total = 0;

  get guest(): Guest {
    return this as unknown as Guest;
  }
}

function target(change: Change, gic: 'v2' | 'v3' = 'v2'): FakeTarget {
  return new FakeTarget(gic, change);
}

const FRAME: Frame = { entry: 0, vcpu: 0, current: true };

test('it says what is not known of it', () => {
  const { kind, knows } = describeGuest(target({}).guest);
  assert.deepEqual([kind, knows], ['gdb', { wires: false, queues: false, reset: false }]);
  const names = scopesOf(target({}).guest, FRAME).map(({ node }) => node.name);
  assert.deepEqual(names, ['Access', 'Interrupts', 'Distributor', 'CPU interface']);
});

test('rows whose registers could not be read say so, and hold nothing', () => {
  const fake = target({ 'GICD_ISPENDR0@1': 'the CPU executes nothing', GICD_IPRIORITYR8: 'refused' });
  const { rows, full } = new IrqTable(fake.guest, new References(fake.guest)).read(1, undefined);
  assert.equal(full, true);
  const row = (intid: number, vcpu: number | null): (typeof rows)[number] => {
    const found = rows.find((one) => one.intid === intid && one.vcpu === vcpu);
    assert.ok(found);
    return found;
  };
  assert.equal(row(27, 0).unavailable, undefined);
  assert.equal(row(27, 1).unavailable, 'the CPU executes nothing');
  const spi = row(33, null);
  assert.equal(spi.unavailable, 'refused');
  assert.deepEqual([spi.pending, spi.enabled, spi.target, spi.route, spi.changed], [false, false, null, null, false]);
  assert.equal(row(36, null).unavailable, undefined, 'GICD_IPRIORITYR9 was read');
});

test('a row is told anew when it becomes known, and as changed only where both stops are known', () => {
  const fake = target({ GICD_ISPENDR1: 'not read yet' });
  const references = new References(fake.guest);
  const table = new IrqTable(fake.guest, references);
  assert.equal(table.read(1, undefined).rows.find(({ intid }) => intid === 33)?.unavailable, 'not read yet');
  fake.set('GICD_ISPENDR1', 2n);
  const told = table.read(2, 1).rows;
  assert.equal(told.length, 32, 'the 32 interrupts of one register');
  assert.deepEqual([told[1]?.intid, told[1]?.pending, told[1]?.changed], [33, true, false]);
  references.depart();
  references.arrive();
  fake.set('GICD_ISPENDR1', 0n);
  const [changed, ...rest] = table.read(3, 2).rows;
  assert.deepEqual([changed?.intid, changed?.pending, changed?.changed, rest.length], [33, false, true, 0]);
});

test('the table is refused only where nothing is known', () => {
  const fake = target({});
  fake.unknown = () => 'the target runs';
  assert.throws(
    () => new IrqTable(fake.guest, new References(fake.guest)).read(1, undefined),
    /no interrupt can be read: the target runs/,
  );
});

test('registers tell no reset, and what they were only where that was read', () => {
  const fake = target({ GICD_CTLR: 'not read yet' });
  const references = new References(fake.guest);
  const values = new RegisterValues(fake.guest, references);
  const [device] = fake.registers.devices;
  assert.ok(device);
  const control = (): unknown => values.read(device, new Set(['GICD_CTLR']))[0];
  const named = { frame: 'GICD', register: 'GICD_CTLR', vcpu: null };
  assert.deepEqual(control(), { ...named, unavailable: 'not read yet' });
  fake.set('GICD_CTLR', 1n);
  assert.deepEqual(control(), { ...named, value: '0x1' });
  references.depart();
  references.arrive();
  fake.set('GICD_CTLR', 3n);
  assert.deepEqual(control(), { ...named, value: '0x3', previous: '0x1' });
});

test('variables show interrupts that are known, and count the others', () => {
  const fake = target({ 'GICD_ISPENDR0@1': 'the CPU executes nothing' });
  const nodes = busyInterrupts(fake.guest).map((node) => `${node.name}: ${node.value()}`);
  assert.deepEqual(nodes, [
    'INTID 33: pending, enabled, priority 0xa0, to vCPU 1',
    '(32 not known): <the CPU executes nothing>',
  ]);
  const { state } = fake.controller;
  const unknown = irqNode(fake.guest, state.slot(27, 1));
  assert.equal(unknown.value(), '<the CPU executes nothing>');
  const properties = unknown.children?.().map(({ name }) => name) ?? [];
  assert.equal(properties.includes('priority'), true);
  for (const name of ['line', 'softPending', 'queuedOn']) assert.equal(properties.includes(name), false, name);
});
