import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLogMessage } from '../../../adapter/session/evaluate/log-message.ts';

const render = (message: string): string =>
  parseLogMessage(message, (expression) => (entry) => `<${expression}@${entry}>`).render(7);

test('expressions in braces are evaluated, the rest stands', () => {
  assert.equal(render('INTID {access.intid} of {a}{b}.'), 'INTID <access.intid@7> of <a@7><b@7>.');
  assert.equal(render('plain'), 'plain');
  assert.equal(render(''), '');
});

test('a backslash takes a brace literally', () => {
  assert.equal(render('\\{not\\} {this}'), '{not} <this@7>');
  assert.equal(render('C:\\new }'), 'C:\\new }');
});

test('a brace that is not closed is an error that says where', () => {
  assert.throws(() => render('value {x'), /column 7 is not closed/);
});
