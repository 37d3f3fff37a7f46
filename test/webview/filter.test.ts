import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilter } from '../../webview/model/filter.ts';
import { irq, table } from './rows.ts';

const ROWS = table(2, 64);

function intids(text: string): number[] {
  const filter = parseFilter(text);
  assert.deepEqual(filter.problems, [], text);
  return ROWS.filter((row) => filter.matches(row)).map((row) => row.intid);
}

test('an empty filter passes all rows', () => {
  assert.equal(intids('   ').length, ROWS.length);
  assert.ok(parseFilter(' ').isEmpty);
  assert.ok(!parseFilter('idle').isEmpty);
});

test('words name states, types and triggers', () => {
  assert.deepEqual(intids('pending'), [1, 27, 33, 34]);
  assert.deepEqual(intids('active'), [27, 27, 36]);
  assert.deepEqual(intids('!idle'), [1, 27, 27, 33, 34, 36]);
  assert.equal(intids('spi').length, 64);
  assert.equal(intids('ppi').length, 32);
  assert.equal(intids('SGI').length, 32);
  assert.deepEqual(intids('nobody'), [34]);
  assert.deepEqual(intids('queued'), [1, 27, 27, 36]);
});

test('of a row that could not be read only its number, type and vCPU are known', () => {
  const unread = irq(34, { unavailable: 'refused' });
  for (const text of ['34', '30-40', 'spi', '!pending']) assert.equal(parseFilter(text).matches(unread), true, text);
  for (const text of ['idle', 'disabled', 'low', 'level', 'nobody', 'prio<0x80', 'group:0', 'ppi']) {
    assert.equal(parseFilter(text).matches(unread), false, text);
  }
});

test('terms are combined with AND', () => {
  assert.deepEqual(intids('spi pending enabled'), [34]);
  assert.deepEqual(intids('spi pending !enabled'), [33]);
});

test('numbers and ranges name INTIDs', () => {
  assert.deepEqual(intids('33'), [33]);
  assert.deepEqual(intids('0x21'), [33]);
  assert.deepEqual(intids('32-34'), [32, 33, 34]);
  assert.deepEqual(intids('0x20..0x22'), [32, 33, 34]);
  assert.equal(intids('!32-95').length, 64);
});

test('quantities are compared', () => {
  assert.deepEqual(intids('prio<0x40'), [27, 27]);
  assert.deepEqual(intids('prio<=0x40 spi'), [33]);
  assert.deepEqual(intids('prio!=0xa0 spi'), [33, 35]);
  assert.deepEqual(intids('cpu:1 spi'), [33]);
  assert.equal(intids('cpu:1 !spi').length, 32);
  assert.deepEqual(intids('group:1'), [36]);
  assert.deepEqual(intids('lr=2'), [27]);
});

test('other words are looked for in what the row shows', () => {
  assert.deepEqual(intids('lr1'), [1]);
  assert.deepEqual(intids('nonsense'), []);
  assert.deepEqual(intids('constructor'), []);
});

test('malformed terms are told, and the others still apply', () => {
  const bad = (text: string, pattern: RegExp): void => {
    const { problems } = parseFilter(text);
    assert.equal(problems.length, 1, text);
    assert.match(problems[0] ?? '', pattern);
  };
  bad('prio<', /a number is missing/);
  bad('cpu:x', /not a number/);
  bad('47-32', /ends before it begins/);
  bad('32-', /two numbers/);
  bad('12ab', /not a number/);
  bad('0x', /not a number/);
  bad('!', /missing after/);
  bad('colour:3', /there is no “colour”/);
  bad('constructor:3', /there is no “constructor”/);
  const filter = parseFilter('spi prio<');
  assert.ok(filter.matches(irq(40)));
  assert.ok(!filter.matches(irq(20, { vcpu: 0 })));
});
