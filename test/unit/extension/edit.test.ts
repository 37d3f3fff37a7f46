import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PreviewResponse, WriteResponse } from '../../../adapter/protocol.ts';
import { checkSyntax, choicesFor, noteOf, outcomeOf, verdictOf } from '../../../extension/tree/edit-plan.ts';
import type { ValueNode } from '../../../extension/tree/nodes.ts';
import { FakeAdapter, treeOver } from './fake.ts';

async function node(expression: string): Promise<ValueNode> {
  const found = await treeOver(new FakeAdapter('a')).tree.find(expression);
  assert.ok(found, expression);
  return found;
}

const preview: PreviewResponse = {
  ok: true,
  accesses: [],
  verdict: 'applied',
  before: '0x0',
  after: '0x10',
  problems: [],
  effects: ['INTID 33: enabled'],
};

const write = (rest: Partial<WriteResponse>): WriteResponse => ({ ...preview, version: 2, ...rest });

test('bits and enums are chosen, numbers typed', async () => {
  assert.deepEqual(
    choicesFor(await node('GICD_CTLR.Enable'))?.map(({ label }) => label),
    ['off', 'on'],
  );
  assert.deepEqual(
    choicesFor(await node('GICD_ISENABLER[33]'))?.map(({ value }) => value),
    ['0', '1'],
  );
  assert.equal(choicesFor(await node('GICD_CTLR.Mode')), undefined);
  assert.equal(choicesFor(await node('GICD_CTLR')), undefined);
});

test('what does not fit is refused, exactly 2^width included', async () => {
  const register = await node('GICD_CTLR');
  const field = await node('GICD_CTLR.Mode');
  assert.equal(checkSyntax('0xffffffff', register), undefined);
  assert.match(checkSyntax('0x100000000', register)?.message ?? '', /32 bits/);
  assert.equal(checkSyntax('15', field), undefined);
  assert.match(checkSyntax('16', field)?.message ?? '', /4 bits/);
  assert.match(checkSyntax('', field)?.message ?? '', /Enter/);
  assert.match(checkSyntax('edge', field)?.message ?? '', /Not a number/);
  assert.equal(checkSyntax('on', await node('GICD_CTLR.Enable')), undefined);
});

test('the input says what will come of the value', () => {
  assert.deepEqual(verdictOf(preview), { severity: 'info', message: 'INTID 33: enabled' });
  const narrowed = { severity: 'warning', message: 'Priority 0x13 keeps 5 bits: 0x10 will be stored.' } as const;
  assert.deepEqual(verdictOf({ ...preview, verdict: 'narrowed', problems: [narrowed] }), narrowed);
  assert.equal(verdictOf({ ...preview, verdict: 'ignored' }).severity, 'warning');
  assert.match(verdictOf({ ...preview, verdict: 'ignored' }).message, /stays 0x10/);
  const refused = { severity: 'error', message: 'No such vCPU.' } as const;
  assert.deepEqual(verdictOf({ ...preview, ok: false, problems: [refused] }), refused);
});

test('an edit never fails without a word', () => {
  assert.equal(outcomeOf('GICD_CTLR', '1', write({})), undefined);
  assert.equal(outcomeOf('GICD_CTLR', '1', write({ verdict: 'ignored' }))?.severity, 'warning');
  assert.equal(outcomeOf('GICD_CTLR', '1', write({ ok: false }))?.severity, 'error');
  assert.equal(noteOf(write({ verdict: 'narrowed' })), 'narrowed to 0x10');
  assert.equal(noteOf(write({ verdict: 'ignored' })), 'edit ignored');
});
