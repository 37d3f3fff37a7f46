import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IrqRow, JournalEntry } from '../../adapter/protocol.ts';
import { columnsOf } from '../../webview/model/columns.ts';
import {
  editingOf,
  editText,
  parseProperty,
  propertyExpression,
  registerExpression,
} from '../../webview/model/edits.ts';
import { IrqTable, keyOf } from '../../webview/model/irq-table.ts';
import { Journal, MAX_PAGES, PAGE } from '../../webview/model/journal.ts';
import { restore } from '../../webview/model/saved-state.ts';
import { MAX_HEIGHT, ScaledScroll } from '../../webview/model/scaled-scroll.ts';
import { nextSort, sortRows } from '../../webview/model/sort.ts';
import { VisibleRows } from '../../webview/model/visible-rows.ts';
import { moveInGrid } from '../../webview/ui/grid-keys.ts';
import { irq, table } from './rows.ts';

const SUMMARY = {
  gic: 'v2',
  profile: 'kvm-4.10',
  cpus: 2,
  spis: 64,
  title: 't',
  kind: 'trace',
  canStepBack: true,
  knows: { wires: true, queues: true, reset: true },
} as const;

function filled(rows: IrqRow[]): IrqTable {
  const irqs = new IrqTable();
  assert.ok(irqs.apply({ version: 5, full: true, rows }, true));
  return irqs;
}

test('a delta changes its rows, and marks the cells that differ from the last stop', () => {
  const irqs = filled([irq(33), irq(32), irq(34, { changed: true })]);
  assert.deepEqual(
    irqs.rows.map((row) => row.key),
    ['32', '33', '34'],
  );
  irqs.apply({ version: 6, full: false, rows: [irq(33, { pending: true, priority: 0x20, changed: true })] }, true);
  assert.deepEqual([...(irqs.get('33')?.changed ?? [])], ['state', 'priority']);
  assert.equal(irqs.get('34')?.irq.changed, false, 'a new stop ends what changed at the one before');
  // An edit between two stops adds to the changes.
  irqs.apply(
    { version: 7, full: false, rows: [irq(33, { pending: true, priority: 0x20, enabled: true, changed: true })] },
    false,
  );
  assert.deepEqual([...(irqs.get('33')?.changed ?? [])], ['state', 'enabled', 'priority']);
});

test('older answers, and deltas without a table to apply them to, are dropped', () => {
  assert.equal(new IrqTable().apply({ version: 1, full: false, rows: [irq(33)] }, true), false);
  const irqs = filled([irq(33)]);
  assert.equal(irqs.apply({ version: 4, full: true, rows: [irq(33, { enabled: true })] }, true), false);
  assert.equal(irqs.get('33')?.irq.enabled, false);
});

test('a full table removes rows that are no more', () => {
  const irqs = filled([irq(33), irq(34)]);
  irqs.apply({ version: 6, full: true, rows: [irq(34)] }, true);
  assert.deepEqual(
    irqs.rows.map((row) => row.key),
    ['34'],
  );
});

test('sorting is stable in both directions', () => {
  const { rows } = filled(table(2, 8));
  const keys = (descending: boolean): string[] =>
    sortRows(rows, { column: 'priority', descending }).map((row) => row.key);
  assert.deepEqual(keys(false).slice(0, 4), ['27.0', '27.1', '33', '35']);
  const down = keys(true);
  assert.deepEqual(down.slice(0, 2), ['0.0', '0.1']);
  assert.deepEqual(down.slice(-4), ['35', '33', '27.0', '27.1']);
  assert.deepEqual(
    sortRows(rows, { column: 'target', descending: false }).at(-1)?.irq.target,
    null,
    'nobody comes last',
  );
});

test('clicks on a header go up, down and back to INTID', () => {
  const up = nextSort({ column: 'intid', descending: false }, 'state');
  assert.deepEqual(up, { column: 'state', descending: false });
  const down = nextSort(up, 'state');
  assert.deepEqual(down, { column: 'state', descending: true });
  assert.deepEqual(nextSort(down, 'state'), { column: 'intid', descending: false });
});

test('edits are expressions', () => {
  assert.equal(propertyExpression(irq(33), 'enabled'), 'irq(33).enabled');
  assert.equal(propertyExpression(irq(27, { vcpu: 1 }), 'priority'), 'irq(27, 1).priority');
  assert.deepEqual(parseProperty('irq(27, 1).priority'), { irq: { intid: 27, vcpu: 1 }, property: 'priority' });
  assert.deepEqual(parseProperty('irq(33).config'), { irq: { intid: 33, vcpu: null }, property: 'config' });
  assert.equal(parseProperty('irq(33).constructor'), undefined);
  assert.equal(parseProperty('GICD_CTLR'), undefined);
});

test('what cannot be edited says why', () => {
  const why = (row: IrqRow, column: Parameters<typeof editingOf>[1]): string => {
    const editing = editingOf(row, column, SUMMARY);
    return editing.how === 'none' ? editing.why : '';
  };
  assert.match(why(irq(3, { vcpu: 0 }), 'trigger'), /SGIs are always edge/);
  assert.match(why(irq(27, { vcpu: 0 }), 'trigger'), /private interrupts read-only/);
  assert.match(why(irq(3, { vcpu: 0 }), 'line'), /no wire/);
  assert.match(why(irq(27, { vcpu: 0 }), 'target'), /its own vCPU/);
  assert.equal(editingOf(irq(33), 'trigger', SUMMARY).how, 'choice');
  const arch = { ...SUMMARY, profile: 'arch' };
  assert.equal(editingOf(irq(27, { vcpu: 0 }), 'trigger', arch).how, 'choice');
});

test('of a target, columns that would say nothing are left out, and sorted by neither', () => {
  const target = { ...SUMMARY, profile: 'observed', knows: { wires: false, queues: false, reset: false } };
  const columns = columnsOf(target);
  assert.deepEqual(
    columns.map(({ id }) => id),
    ['intid', 'state', 'enabled', 'priority', 'trigger', 'group', 'target'],
  );
  assert.equal(columnsOf(SUMMARY).length, 9);
  assert.equal(columnsOf(undefined).length, 9);
  const editing = editingOf(irq(33), 'line', target);
  assert.equal(editing.how === 'none' && editing.why, 'Not editable: the wires are driven by devices alone.');
  const visible = new VisibleRows();
  const view = { ...restore(undefined).view, filter: 'lr:1', sort: { column: 'line', descending: true } } as const;
  visible.update(filled(table(2, 8)), view, columns);
  assert.deepEqual(visible.filter.problems, ['“lr:1”: that is not known of this target.']);
  assert.equal(visible.rows[0]?.key, '0.0', 'by INTID');
  visible.update(filled(table(2, 8)), view);
  assert.deepEqual(visible.filter.problems, []);
});

test('a row that could not be read says nothing, comes last, and cannot be edited', () => {
  const unread = irq(34, { unavailable: 'the CPU executes nothing' });
  const irqs = filled([irq(33, { priority: 0xf0 }), unread, irq(35)]);
  for (const column of columnsOf(undefined)) {
    if (column.id !== 'intid') assert.equal(column.text(unread), '?', column.id);
  }
  for (const descending of [false, true]) {
    const keys = sortRows(irqs.rows, { column: 'priority', descending }).map(({ key }) => key);
    assert.equal(keys.at(descending ? 0 : -1), '34');
  }
  const editing = editingOf(unread, 'priority', SUMMARY);
  assert.equal(editing.how === 'none' && editing.why, 'Not known: the CPU executes nothing');
  irqs.apply({ version: 6, full: false, rows: [irq(34, { pending: true, changed: true })] }, false);
  assert.deepEqual([...(irqs.get('34')?.changed ?? [])], [], 'what it was is not known');
});

test('the target is a byte on GICv2 and a vCPU on GICv3', () => {
  const row = irq(33, { target: 1, route: '0x2' });
  assert.equal(editText(row, 'target', SUMMARY), '0x2');
  assert.equal(editText(row, 'target', { ...SUMMARY, gic: 'v3' }), '1');
});

test('cells know their register', () => {
  const v3 = { ...SUMMARY, gic: 'v3' } as const;
  assert.equal(registerExpression(irq(33), 'priority', SUMMARY), 'GICD_IPRIORITYR[33]');
  assert.equal(registerExpression(irq(27, { vcpu: 1 }), 'priority', SUMMARY), 'cpu(1).GICD_IPRIORITYR[27]');
  assert.equal(registerExpression(irq(27, { vcpu: 1 }), 'priority', v3), 'cpu(1).GICR_IPRIORITYR[27]');
  assert.equal(registerExpression(irq(33), 'target', v3), 'GICD_IROUTER[33]');
  assert.equal(registerExpression(irq(27, { vcpu: 0 }), 'enabled', { ...v3, cpus: 1 }), 'GICR_ISENABLER[27]');
});

function entries(start: number, count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    index: start + at,
    origin: 'guest',
    op: 'read',
    vcpu: 0,
    text: '',
    kind: 'normal',
  }));
}

test('the journal asks for each page once, and again after a change', () => {
  const journal = new Journal();
  assert.deepEqual(journal.want(0, 30), [0]);
  assert.deepEqual(journal.want(0, 30), []);
  assert.ok(journal.take(0, { version: 1, total: 1000, position: 3, entries: entries(0, PAGE) }));
  assert.deepEqual(journal.want(150, 450), [200, 400]);
  assert.equal(journal.entry(199)?.index, 199);
  assert.equal(journal.entry(200), undefined);
  journal.moved(2, 4);
  assert.equal(journal.entry(0)?.index, 0, 'the old page stays until the new one is there');
  assert.deepEqual(journal.want(0, 30), [0]);
  assert.equal(journal.take(0, { version: 1, total: 1000, position: 3, entries: [] }), false);
  assert.equal(journal.position, 4);
});

test('a page that failed is not asked for endlessly', () => {
  const journal = new Journal();
  journal.want(0, 10);
  assert.deepEqual(journal.want(0, 10), []);
  journal.retry();
  assert.deepEqual(journal.want(0, 10), [0]);
});

test('the journal keeps a bounded number of pages, the ones shown last', () => {
  const journal = new Journal();
  const page = (start: number): void => {
    journal.take(start, { version: 1, total: 3_000_000, position: 0, entries: entries(start, PAGE) });
  };
  page(0);
  for (let at = 1; at < MAX_PAGES + 20; at++) {
    page(at * PAGE);
    journal.want(0, 10);
  }
  assert.equal(journal.heldPages, MAX_PAGES);
  assert.ok(journal.entry(0), 'in view all the time');
  assert.equal(journal.entry(PAGE), undefined);
});

test('a short list scrolls natively, a long one is scaled, and both ends are reached', () => {
  const short = new ScaledScroll(22);
  short.resize(1000, 220);
  assert.equal(short.isScaled, false);
  assert.equal(short.elementHeight, 22_000);
  assert.equal(short.toOffset(1234), 1234);
  const long = new ScaledScroll(22);
  long.resize(3_000_000, 220);
  assert.equal(long.elementHeight, MAX_HEIGHT);
  assert.equal(long.toOffset(0), 0);
  assert.equal(long.toOffset(MAX_HEIGHT - 220), 3_000_000 * 22 - 220);
  assert.deepEqual(long.visible(long.toOffset(MAX_HEIGHT - 220)), { first: 2_999_990, last: 2_999_999 });
  for (const index of [0, 1, 1_500_000, 2_999_999]) {
    const offset = long.place(index, 0.5);
    assert.ok(Math.abs(long.toOffset(long.toScrollTop(offset)) - offset) < 1);
    const { first, last } = long.visible(offset);
    assert.ok(first <= index && index <= last);
  }
  assert.equal(long.reveal(5, 0), 0);
  assert.equal(long.reveal(10, 0), 22);
  assert.equal(long.reveal(3, 220), 66);
});

test('grid keys stay inside', () => {
  const size = { rows: 10, columns: 9, page: 4 };
  const at = (row: number, column: number, key: string, ctrlKey = false): unknown =>
    moveInGrid({ key, ctrlKey, metaKey: false }, { row, column }, size);
  assert.deepEqual(at(0, 0, 'ArrowUp'), { row: -1, column: 0 });
  assert.deepEqual(at(-1, 0, 'ArrowUp'), { row: -1, column: 0 });
  assert.deepEqual(at(9, 8, 'ArrowDown'), { row: 9, column: 8 });
  assert.deepEqual(at(9, 8, 'ArrowRight'), { row: 9, column: 8 });
  assert.deepEqual(at(3, 4, 'Home'), { row: 3, column: 0 });
  assert.deepEqual(at(3, 4, 'End', true), { row: 9, column: 8 });
  assert.deepEqual(at(3, 4, 'PageUp'), { row: 0, column: 4 });
  assert.deepEqual(at(3, 4, 'PageDown'), { row: 7, column: 4 });
  assert.equal(at(3, 4, 'a'), undefined);
});

test('saved state of any shape is survived', () => {
  for (const raw of [undefined, null, 3, 'x', [], { view: 7, sessions: [1] }, { view: { sort: { column: 'x' } } }]) {
    assert.equal(restore(raw).view.sort.column, 'intid');
  }
  const notice = { key: '33', column: 'priority', kind: 'ignored', title: 't', lines: ['l'] };
  const saved = { view: { tab: 'log', filter: 'spi' }, sessions: { a: { notices: [notice, { key: 3 }], draft: {} } } };
  const { view, sessions } = restore(saved);
  assert.equal(view.tab, 'log');
  assert.equal(view.filter, 'spi');
  assert.deepEqual(sessions['a'], { notices: [notice], draft: null });
});

test('rows are keyed by INTID and vCPU', () => {
  assert.equal(keyOf({ intid: 27, vcpu: 1 }), '27.1');
  assert.equal(keyOf({ intid: 33, vcpu: null }), '33');
});
