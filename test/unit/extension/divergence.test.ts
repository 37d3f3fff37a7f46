import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Divergence, DivergenceArguments } from '../../../adapter/protocol.ts';
import { DivergenceModel } from '../../../extension/divergence/model.ts';
import { present } from '../../../extension/divergence/present.ts';
import { SessionStore } from '../../../extension/sessions/store.ts';
import { FakeAdapter, stop, V2 } from './fake.ts';

const FOUND: Divergence = {
  id: 1,
  frame: 'GICD',
  register: 'GICD_ISENABLER1',
  vcpu: null,
  expression: 'GICD_ISENABLER[33]',
  part: 'INTID 33',
  intids: [33],
  model: '0x0',
  target: '0x1',
  position: 7,
  isNew: true,
};

/** A session whose adapter has findings. */
class FakeTarget extends FakeAdapter {
  findings: Divergence[] = [];
  readonly asked: DivergenceArguments[] = [];

  override async customRequest(command: string, args?: unknown): Promise<unknown> {
    if (command !== 'gic/divergence') return super.customRequest(command, args);
    const asked = args as DivergenceArguments;
    this.asked.push(asked);
    if (asked.clear === true) this.findings = [];
    return { version: 1, note: `${this.id} was compared.`, findings: this.findings };
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function over(...adapters: FakeAdapter[]): { store: SessionStore; model: DivergenceModel } {
  const store = new SessionStore();
  const model = new DivergenceModel(store);
  for (const adapter of adapters) {
    store.start(adapter);
    store.observe(adapter.id, { kind: 'ready' });
  }
  return { store, model };
}

test('targets alone are asked, and compared while somebody looks', async () => {
  const target = new FakeTarget('target', { ...V2, kind: 'gdb' });
  const recording = new FakeTarget('recording', V2);
  const { store, model } = over(target, recording);
  await settled();
  assert.equal(model.hasTargets, true);
  assert.deepEqual(target.asked, [{ watch: false }]);
  await model.watch(true);
  stop(store, 'target', 2);
  await settled();
  assert.deepEqual(target.asked.slice(1), [{ watch: true }, { watch: true }]);
  await model.watch(false);
  assert.deepEqual(target.asked.at(-1), { watch: false });
  assert.deepEqual(recording.asked, []);
  store.end('target');
  assert.equal(model.hasTargets, false);
});

test('what was found is shown, and forgotten when cleared', async () => {
  const target = new FakeTarget('target', { ...V2, kind: 'gdb' });
  const { store, model } = over(target);
  await model.watch(true);
  await settled();
  assert.equal(model.note, 'target was compared.');
  target.findings = [FOUND];
  let changes = 0;
  model.onDidChange(() => changes++);
  stop(store, 'target', 2);
  await settled();
  assert.deepEqual(
    model.differences.map(({ divergence }) => divergence),
    [FOUND],
  );
  assert.ok(changes > 0);
  await model.clear();
  assert.deepEqual(model.differences, []);
});

test('several targets are told apart, and a refusal is said', async () => {
  const one = new FakeTarget('one', { ...V2, kind: 'gdb' });
  const two = new FakeTarget('two', { ...V2, kind: 'gdb' });
  const { model } = over(one, two);
  await settled();
  assert.equal(model.note, 'GIC: one: one was compared. GIC: two: two was compared.');
  two.customRequest = () => Promise.reject(new Error('the target is gone'));
  await model.watch(true);
  assert.match(model.note, /GIC: two: the target is gone/);
});

test('a difference reads as register and interrupt, values, and the access that parted them', () => {
  const shown = present(FOUND);
  assert.equal(shown.label, 'GICD_ISENABLER1 · INTID 33');
  assert.equal(shown.description, 'model 0, target 1');
  assert.match(shown.tooltip, /Changed without an access.*\n\nFound at this stop \(operation 7\)/);
  const access = { index: 6, text: 'write GICR_ISENABLER0 = 0x2: enables INTID 1' };
  const banked = present({ ...FOUND, vcpu: 1, part: '', model: '0xf0', target: '0x10', access, isNew: false }, 'QEMU');
  assert.equal(banked.label, 'GICD_ISENABLER1 · vCPU 1');
  assert.equal(banked.description, 'model 0xf0, target 0x10 · QEMU');
  assert.match(banked.tooltip, /Parted by operation 6: `write GICR_ISENABLER0 = 0x2: enables INTID 1`/);
  assert.match(banked.tooltip, /earlier stop/);
  assert.match(banked.accessibility, /vCPU 1: model 0xf0, target 0x10, operation 6: write/);
});
