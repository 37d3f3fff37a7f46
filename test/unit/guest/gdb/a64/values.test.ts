import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAccess, type MemoryAccess } from '../../../../../adapter/guest/gdb/a64/decode.ts';
import { loadedValue, storedValues, wholeRegister } from '../../../../../adapter/guest/gdb/a64/values.ts';
import { REGISTERS, summary } from './summary.ts';

function decoded(word: number, registers = REGISTERS): MemoryAccess {
  const access = decodeAccess(word, registers);
  assert.ok(access);
  return access;
}

test('a loaded value is the register without what extends it', () => {
  const rows: readonly (readonly [word: number, register: bigint, loaded: bigint | null])[] = [
    [0x38800820, 0xffff_ffff_ffff_ff80n, 0x80n], // ldtrsb x0, [x1]
    [0x39c00c20, 0xffff_ff80n, 0x80n], // ldrsb w0, [x1, #3]
    [0xb8804020, 0xffff_ffff_8000_0001n, 0x8000_0001n], // ldursw x0, [x1, #4]
    [0xf9400020, 0xffff_ffff_8000_0001n, 0xffff_ffff_8000_0001n], // ldr x0, [x1]
    [0xf940003f, 0n, null], // ldr xzr, [x1]
    [0x4ddf4821, 0xbeef_0000_0000_0000_0000_0000n, 0xbeefn], // ld1 {v1.h}[5], [x1], #2
    [0x0d40c421, 0xbeef_beef_beef_beefn, 0xbeefn], // ld1r {v1.4h}, [x1]
    [0x3cc10421, (1n << 127n) | 5n, (1n << 127n) | 5n], // ldr q1, [x1], #16
  ];
  for (const [word, register, loaded] of rows) {
    const [element] = decoded(word).elements;
    assert.ok(element);
    assert.equal(loadedValue(element, register), loaded, word.toString(16));
  }
});

test('whole registers have the names that debuggers know', () => {
  const names = [0xb9400027, 0xf9400027, 0xb940003f, 0x3d400027].map((word) => {
    const [element] = decoded(word).elements;
    return element && wholeRegister(element);
  });
  assert.deepEqual(names, ['x7', 'x7', null, 'v7']);
});

test('what an atomic writes depends on what it reads', () => {
  const rows: readonly (readonly [word: number, loaded: bigint, stored: bigint | null])[] = [
    [0x38290023, 0x10n, 0x08n], // ldaddb w9, w3, [x1]
    [0x38291023, 0xffn, 0x07n], // ldclrb
    [0x38292023, 0x0fn, 0xf7n], // ldeorb
    [0x38293023, 0x01n, 0xf9n], // ldsetb
    [0x38294023, 0xf0n, 0xf8n], // ldsmaxb
    [0x38294023, 0x01n, 0x01n],
    [0x38295023, 0xf0n, 0xf0n], // ldsminb
    [0x38295023, 0x01n, 0xf8n],
    [0x38296023, 0xf0n, 0xf8n], // ldumaxb
    [0x38297023, 0xf0n, 0xf0n], // lduminb
    [0x38298023, 0x10n, 0xf8n], // swpb
    [0x88a27c23, 0x2000n, 0x3000n], // cas w2, w3, [x1]
    [0x88a27c23, 0x2001n, null],
    [0xf9400020, 0n, null], // ldr x0, [x1]
  ];
  for (const [word, loaded, stored] of rows) {
    const values = storedValues(decoded(word), [loaded]);
    assert.deepEqual(values, stored === null ? null : [stored], `${word.toString(16)} of ${loaded.toString(16)}`);
  }
  // casp w2, w3, w4, w5, [x1]: both halves have to be as expected
  const pair = decoded(0x08227c24);
  assert.deepEqual(storedValues(pair, [0x2000n, 0x3000n]), [0x4000n, 0x5000n]);
  assert.equal(storedValues(pair, [0x2000n, 0x3001n]), null);
});

test('addresses wrap, and registers may have more bits than they should', () => {
  const top = { ...REGISTERS, x: () => 0xffff_ffff_ffff_fffcn };
  assert.equal(summary(decoded(0xa9400440, top)), 'load 8@fffffffffffffffc x0 8@4 x1');
  assert.equal(summary(decoded(0xf8410420, top)), 'load 8@fffffffffffffffc x0 x1:=c');
  const negative = { ...REGISTERS, x: () => -4n };
  assert.equal(summary(decoded(0xb8004423, negative)), 'store 4@fffffffffffffffc w3=fffffffc x1:=0');
  assert.equal(summary(decoded(0x58000060, { ...top, pc: -4n })), 'load 8@8 x0');
});

test('vector registers need not be known', () => {
  const { sp, pc } = REGISTERS;
  const x = (n: number): bigint => REGISTERS.x(n);
  assert.equal(summary(decoded(0x3d800021, { x, sp, pc })), 'store 16@1000 v1');
  assert.equal(summary(decoded(0x4d001421, { x, sp, pc, v: () => null })), 'store 1@1000 v1[13]');
});

test('DC ZVA zeroes the block that is told', () => {
  assert.equal(
    summary(decoded(0xd50b7426, { ...REGISTERS, zeroBlock: 16 })),
    'cache-maintenance 8@6030 xzr=0 8@6038 xzr=0',
  );
  assert.equal(summary(decoded(0xd50b7426, { ...REGISTERS, zeroBlock: 4 })), 'cache-maintenance 4@603c wzr=0');
});

test('a signed base is stripped as the caller says', () => {
  const strip = (pointer: bigint): bigint => pointer & 0x7f_ffff_ffffn;
  // ldraa x0, [x11]
  assert.equal(summary(decoded(0xf8200560, { ...REGISTERS, strip })), 'load 8@8000000 x0 authenticated');
});
