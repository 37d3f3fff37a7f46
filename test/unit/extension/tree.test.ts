import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegisterTree } from '../../../extension/tree/model.ts';
import type { TreeNode } from '../../../extension/tree/nodes.ts';
import type { NodeView } from '../../../extension/tree/present.ts';
import { FakeAdapter, stop, treeOver, v3, V2 } from './fake.ts';

async function open(tree: RegisterTree, ...labels: string[]): Promise<readonly TreeNode[]> {
  let nodes = await tree.children();
  for (const label of labels) {
    const node = nodes.find((candidate) => tree.view(candidate).label.startsWith(label));
    assert.ok(node, `${label} among ${nodes.map((candidate) => tree.view(candidate).label).join(', ')}`);
    nodes = await tree.children(node);
  }
  return nodes;
}

async function viewOf(tree: RegisterTree, expression: string): Promise<NodeView> {
  const node = await tree.find(expression);
  assert.ok(node, expression);
  return tree.view(node);
}

const labels = (tree: RegisterTree, nodes: readonly TreeNode[]): string[] => nodes.map((node) => tree.view(node).label);

test('frames are at the top, arrays are grouped', async () => {
  const { tree } = treeOver(new FakeAdapter('a'));
  assert.deepEqual(labels(tree, await open(tree)), ['Distributor', 'CPU interface']);
  assert.deepEqual(labels(tree, await open(tree, 'Distributor')), [
    'GICD_CTLR',
    'GICD_TYPER',
    'GICD_ISENABLER [0..3]',
    'GICD_IPRIORITYR [0..31]',
    'GICD_NSACR0',
    'GICD_SGIR',
  ]);
});

test('two sessions have a root each, and values of their own', async () => {
  const a = new FakeAdapter('a');
  const b = new FakeAdapter('b', { ...V2, cpus: 1 });
  a.set('GICD', 'GICD_CTLR', { value: '0x1' });
  const { tree, store } = treeOver(a, b);
  assert.deepEqual(labels(tree, await open(tree)), ['GIC: a', 'GIC: b']);
  const [inA] = await open(tree, 'GIC: a', 'Distributor');
  const [inB] = await open(tree, 'GIC: b', 'Distributor');
  assert.ok(inA && inB);
  assert.equal(tree.view(inA).description, '0x00000001');
  assert.equal(tree.view(inB).description, '0x00000000');
  assert.equal(inA.sessionId, 'a');
  store.end('b');
  assert.deepEqual(labels(tree, await open(tree)), ['Distributor', 'CPU interface']);
});

test('banked registers stand side by side, equal neighbours together', async () => {
  const adapter = new FakeAdapter('a', v3(4));
  adapter.set('GICR0.SGI', 'GICR_ISENABLER0', { value: '0xffff' }, 0);
  const { tree } = treeOver(adapter);
  assert.deepEqual(labels(tree, await open(tree)), ['Distributor', 'Redistributors, SGI frame']);
  const [node] = await open(tree, 'Redistributors');
  assert.ok(node);
  assert.equal(tree.view(node).description, 'vCPU0 0x0000ffff · vCPU1–3 0x00000000');
  const banks = await tree.children(node);
  assert.deepEqual(labels(tree, banks), ['vCPU 0', 'vCPU 1', 'vCPU 2', 'vCPU 3']);
  assert.equal(banks[1]?.key, 'cpu(1).GICR_ISENABLER0');
  assert.match((await viewOf(tree, 'cpu(0).GICR_ISENABLER[5]')).label, /^INTID 5 = 1$/);
});

test('a change points back at the previous value, and colours what contains it', async () => {
  const adapter = new FakeAdapter('a');
  const { tree, store } = treeOver(adapter);
  await open(tree, 'Distributor');
  adapter.set('GICD', 'GICD_ISENABLER1', { value: '0x2', previous: '0x0', reset: '0x0' });
  stop(store, 'a', 2);
  const [, , group] = await open(tree, 'Distributor');
  assert.ok(group);
  assert.equal(tree.view(group).tone, 'changed');
  assert.equal(tree.view(group).description, '1/4 ≠ reset · 1 changed');
  const view = await viewOf(tree, 'GICD_ISENABLER1');
  assert.equal(view.description, '0x00000002 ← 0x00000000 · INTID 33');
  const bit = await viewOf(tree, 'GICD_ISENABLER[33]');
  assert.equal(bit.label, 'INTID 33 = 1');
  assert.equal(bit.tone, 'changed');
  assert.equal((await viewOf(tree, 'GICD_ISENABLER[34]')).tone, 'normal');
});

test('fields show their names for values', async () => {
  const adapter = new FakeAdapter('a');
  adapter.set('GICD', 'GICD_CTLR', { value: '0x51', previous: '0x50' });
  const { tree } = treeOver(adapter);
  assert.equal((await viewOf(tree, 'GICD_CTLR.Enable')).description, '1 on ← 0 off');
  assert.equal((await viewOf(tree, 'GICD_CTLR.Mode')).description, '0x5');
});

test('only what is visible is read, in one request', async () => {
  const adapter = new FakeAdapter('a', v3(64));
  const { tree, store } = treeOver(adapter);
  await open(tree);
  assert.equal(adapter.reads.length, 0);
  const roots = await tree.children();
  await Promise.all(roots.map((root) => tree.children(root)));
  assert.equal(adapter.reads.length, 1);
  assert.equal(adapter.reads[0]?.frames.length, 65);
  await Promise.all(roots.map((root) => tree.children(root)));
  assert.equal(adapter.reads.length, 1);
  stop(store, 'a', 2);
  await open(tree, 'Distributor');
  assert.deepEqual(adapter.reads[1], { frames: ['GICD'] });
});

test('a failed read shows why, and never an old value', async () => {
  const adapter = new FakeAdapter('a');
  const { tree, store } = treeOver(adapter);
  const [before] = await open(tree, 'Distributor');
  assert.ok(before);
  assert.equal(tree.view(before).description, '0x00000000');
  adapter.failure = 'the guest is gone';
  stop(store, 'a', 2);
  const [after] = await open(tree, 'Distributor');
  assert.ok(after);
  assert.equal(tree.view(after).description, 'unavailable: the guest is gone');
  assert.equal(tree.view(after).tone, 'unavailable');
  const [frame] = await open(tree);
  assert.ok(frame);
  assert.match(tree.view(frame).description, /the guest is gone/);
});

test('one register that cannot be read says so alone', async () => {
  const adapter = new FakeAdapter('a');
  // `undefined` on purpose: the adapter leaves the value out.
  adapter.set('GICD', 'GICD_TYPER', { unavailable: 'not now', ...({ value: undefined } as object) });
  const { tree } = treeOver(adapter);
  assert.equal((await viewOf(tree, 'GICD_TYPER')).description, 'unavailable: not now');
  assert.equal((await viewOf(tree, 'GICD_CTLR')).description, '0x00000000');
});

test('marks tell what a register is', async () => {
  const { tree } = treeOver(new FakeAdapter('a', { ...V2, cpus: 1 }));
  assert.equal((await viewOf(tree, 'GICD_TYPER')).icon, 'lock');
  assert.doesNotMatch((await viewOf(tree, 'GICD_TYPER')).contextValue, /;editable;/);
  assert.equal((await viewOf(tree, 'GICC_IAR')).icon, 'warning');
  assert.equal((await viewOf(tree, 'GICD_NSACR0')).tone, 'notImplemented');
  assert.match((await viewOf(tree, 'GICD_CTLR')).contextValue, /;editable;/);
  const node = await tree.find('GICC_IAR');
  assert.ok(node);
  assert.match(tree.tooltip(node), /Acknowledges the interrupt/);
});

test('only what differs from reset', async () => {
  const adapter = new FakeAdapter('a');
  adapter.set('GICD', 'GICD_ISENABLER1', { value: '0x2', reset: '0x0' });
  const { tree, settings } = treeOver(adapter);
  settings.onlyNonReset = true;
  assert.deepEqual(labels(tree, await open(tree, 'Distributor')), ['GICD_ISENABLER [0..3]']);
  assert.deepEqual(labels(tree, await open(tree, 'Distributor', 'GICD_ISENABLER')), ['GICD_ISENABLER1']);
  assert.deepEqual(labels(tree, await open(tree, 'Distributor', 'GICD_ISENABLER', 'GICD_ISENABLER1')), [
    'INTID 33 = 1',
  ]);
  assert.deepEqual(labels(tree, await open(tree, 'CPU interface')), ['Every register is as after reset.']);
});

test('of a target nothing is said of reset, and hidden because of it', async () => {
  const target = { ...V2, kind: 'gdb', knows: { wires: false, queues: false, reset: false } } as const;
  const adapter = new FakeAdapter('a', target);
  adapter.set('GICD', 'GICD_CTLR', { value: '0x1' });
  const { tree, settings } = treeOver(adapter);
  settings.onlyNonReset = true;
  const nodes = await open(tree, 'Distributor');
  assert.equal(nodes.length > 3, true);
  const group = nodes.find((node) => tree.view(node).label.startsWith('GICD_ISENABLER'));
  assert.ok(group);
  assert.equal(tree.view(group).description, '4 registers');
  const [node] = nodes;
  assert.ok(node);
  assert.doesNotMatch(tree.tooltip(node), /after reset/);
});

test('why a value is not there is short in the tree, and whole in its tooltip', async () => {
  const adapter = new FakeAdapter('a');
  const why = 'CPU 1 executes nothing: it waits for an interrupt, or is powered off, and nobody else could read it';
  adapter.set('GICD', 'GICD_CTLR', { unavailable: why, ...({ value: undefined } as object) });
  const { tree } = treeOver(adapter);
  const view = await viewOf(tree, 'GICD_CTLR');
  assert.equal(view.description, 'unavailable: CPU 1 executes nothing: it waits for an interrupt, or is powered off…');
  const [node] = await open(tree, 'Distributor');
  assert.ok(node);
  assert.match(tree.tooltip(node), /and nobody else could read it/);
});

test('a filter keeps what matches and opens it', async () => {
  const { tree } = treeOver(new FakeAdapter('a'));
  tree.setFilter('enable 33');
  const [frame] = await open(tree);
  assert.ok(frame);
  assert.equal(tree.view(frame).collapsible, 'expanded');
  assert.deepEqual(labels(tree, await open(tree, 'Distributor')), ['GICD_ISENABLER [0..3]']);
  assert.deepEqual(labels(tree, await open(tree, 'Distributor', 'GICD_ISENABLER', 'GICD_ISENABLER1')), [
    'INTID 33 = 0',
  ]);
  tree.setFilter('nothing like this');
  assert.deepEqual(labels(tree, await open(tree)), ['Nothing matches “nothing like this”.']);
  tree.setFilter('');
  assert.equal((await open(tree)).length, 2);
});

test('pins come first, keep their full names and survive the session', async () => {
  const { tree, settings, store } = treeOver(new FakeAdapter('a'));
  settings.setPinned('GICD_ISENABLER[33]', true);
  settings.setPinned('GICD_CTLR', true);
  settings.setPinned('GICX_GONE', true);
  assert.deepEqual(labels(tree, await open(tree)), ['Pinned', 'Distributor', 'CPU interface']);
  assert.deepEqual(labels(tree, await open(tree, 'Pinned')), ['GICD_ISENABLER[33] = 0', 'GICD_CTLR']);
  assert.deepEqual(labels(tree, await open(tree, 'Pinned', 'GICD_CTLR')), ['Enable', 'Mode']);
  store.end('a');
  assert.deepEqual(await open(tree), []);
  store.start(new FakeAdapter('b'));
  store.observe('b', { kind: 'ready' });
  assert.equal(labels(tree, await open(tree))[0], 'Pinned');
});

test('formats are inherited from above', async () => {
  const adapter = new FakeAdapter('a');
  adapter.set('GICD', 'GICD_CTLR', { value: '0x50' });
  const { tree, settings } = treeOver(adapter);
  settings.setFormat('frame GICD', 'dec');
  assert.equal((await viewOf(tree, 'GICD_CTLR')).description, '80');
  settings.setFormat('GICD_CTLR.Mode', 'bin');
  assert.equal((await viewOf(tree, 'GICD_CTLR.Mode')).description, '0b0101');
});

test('an edit that was not taken leaves a note until the next stop', async () => {
  const { tree, store } = treeOver(new FakeAdapter('a'));
  await open(tree, 'Distributor');
  tree.setNote('a', 'GICD_CTLR', 'edit ignored');
  stop(store, 'a', 2, 'edit');
  assert.equal((await viewOf(tree, 'GICD_CTLR')).description, '0x00000000 · edit ignored');
  stop(store, 'a', 3);
  assert.equal((await viewOf(tree, 'GICD_CTLR')).description, '0x00000000');
});

test('nodes stay the same objects, so that what is open stays open', async () => {
  const { tree, store } = treeOver(new FakeAdapter('a'));
  const before = await open(tree, 'Distributor');
  stop(store, 'a', 2);
  assert.deepEqual(await open(tree, 'Distributor'), before);
  assert.equal((await open(tree, 'Distributor'))[0], before[0]);
});
