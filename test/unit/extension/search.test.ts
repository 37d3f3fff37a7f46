import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highlightsIn, parseFilter } from '../../../extension/tree/filter.ts';
import { familiesOf } from '../../../extension/tree/nodes.ts';
import { search } from '../../../extension/tree/search.ts';
import { V2, v3 } from './fake.ts';

const found = (text: string, limit = 50): string[] =>
  search(familiesOf(V2), text, limit).map(({ expression }) => expression);

test('registers, fields, INTIDs and addresses are found', () => {
  assert.deepEqual(found('ctlr'), ['GICD_CTLR']);
  assert.deepEqual(found('mode'), ['GICD_CTLR.Mode']);
  assert.deepEqual(found('intid 33'), [
    'GICD_ISENABLER1',
    'GICD_IPRIORITYR8',
    'GICD_ISENABLER[33]',
    'GICD_IPRIORITYR[33]',
  ]);
  assert.deepEqual(found('0x08000104'), ['GICD_ISENABLER1']);
  assert.deepEqual(found('0xf02'), ['GICD_SGIR']);
  assert.deepEqual(found('isenabler 5'), ['GICD_ISENABLER0', 'cpu(0).GICD_ISENABLER[5]']);
  assert.deepEqual(found('nonsense'), []);
  assert.equal(found('', 7).length, 7);
});

test('the redistributors of all vCPUs are found once', () => {
  assert.deepEqual(
    search(familiesOf(v3(64)), 'gicr', 50).map(({ expression }) => expression),
    ['GICR_ISENABLER0'],
  );
});

test('an empty filter is none', () => {
  assert.equal(parseFilter('  '), undefined);
});

test('matches are highlighted, overlapping ones once', () => {
  const filter = parseFilter('enable able');
  assert.ok(filter);
  assert.deepEqual(highlightsIn(filter, 'GICD_ISENABLER1'), [[7, 13]]);
});
