import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arguments } from '../../../adapter/session/arguments.ts';
import { RequestError } from '../../../adapter/session/request-error.ts';

test('readers hand out what is there', () => {
  const args = new Arguments({ a: 'text', n: 3, on: true, list: [{ x: 1 }], words: ['p', 'q'], nothing: null }, 'r');
  assert.equal(args.string('a'), 'text');
  assert.equal(args.integer('n', 0, 3), 3);
  assert.equal(args.boolean('on', false), true);
  assert.equal(args.boolean('off', true), true);
  assert.equal(args.list('list')[0]?.integer('x'), 1);
  assert.deepEqual(args.strings('words'), ['p', 'q']);
  assert.equal(args.optionalString('nothing'), undefined);
  assert.deepEqual(args.list('absent'), []);
});

test('what is missing or of another type is named', () => {
  const args = new Arguments({ a: 1, n: 'x', f: 1.5, list: {}, words: [1], deep: [[]] }, 'request');
  assert.throws(() => args.string('a'), /request: "a" is not a string/);
  assert.throws(() => args.string('b'), /request: "b" is missing/);
  assert.throws(() => args.integer('n'), /"n" is not an integer/);
  assert.throws(() => args.integer('f'), /"f" is not an integer/);
  assert.throws(() => new Arguments({ n: 4 }, 'r').integer('n', 0, 3), /from 0 to 3/);
  assert.throws(() => args.list('list'), /"list" is not a list/);
  assert.throws(() => args.strings('words'), /list of strings/);
  assert.throws(() => args.list('deep'), /deep\[0\]: the arguments are not an object/);
  assert.throws(() => args.oneOf('a', ['x', 'y']), /"x" or "y"/);
  assert.throws(() => new Arguments([], 'r'), RequestError);
  assert.throws(() => new Arguments('x', 'r'), RequestError);
});

test('names every object has are not arguments', () => {
  assert.equal(new Arguments({}, 'r').has('constructor'), false);
  assert.equal(new Arguments(JSON.parse('{"__proto__":{"a":"b"}}'), 'r').optionalString('a'), undefined);
});
