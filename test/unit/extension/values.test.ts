import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract, formatField, formatRegister, parseNumber, plainText } from '../../../extension/tree/values.ts';

test('registers are written at full width', () => {
  assert.equal(formatRegister(0x2n, 32, 'hex'), '0x00000002');
  assert.equal(formatRegister(0xffff_0000_0000_0001n, 64, 'hex'), '0xffff000000000001');
  assert.equal(formatRegister(0x80000000n, 32, 'dec'), '2147483648');
  assert.equal(formatRegister(5n, 32, 'bin'), '0b00000000_00000000_00000000_00000101');
});

test('a bit is a bare digit, a wider field is not padded', () => {
  assert.equal(formatField(1n, 1, 'hex'), '1');
  assert.equal(formatField(0xan, 8, 'hex'), '0xa');
  assert.equal(formatField(0xan, 4, 'bin'), '0b1010');
  assert.equal(plainText(0x101n, 32, 'bin'), `0b${'0'.repeat(23)}100000001`);
});

test('fields are taken out above bit 31 too', () => {
  assert.equal(extract(0x12_0000_0034n, { msb: 39, lsb: 32 }), 0x12n);
  assert.equal(extract(0xffff_ffffn, { msb: 31, lsb: 31 }), 1n);
});

test('numbers are read in any base, and nothing else is', () => {
  assert.equal(parseNumber(' 0x20 '), 0x20n);
  assert.equal(parseNumber('0b1111_0000'), 0xf0n);
  assert.equal(parseNumber('32'), 32n);
  for (const text of ['', '-1', '0x', '0b2', '1.5', '1e3', 'edge']) assert.equal(parseNumber(text), undefined, text);
});
