import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdict, type Verdict } from './outside.ts';

/** Words as an assembler writes them. */
const EXPECTED: readonly (readonly [kind: Verdict['kind'], word: number, text: string])[] = [
  ['compared', 0x8b020020, 'add x0, x1, x2'],
  ['compared', 0xf8200041, 'ldadd x0, x1, [x2]'],
  ['compared', 0x4ea11c20, 'mov v0.16b, v1.16b'],
  ['compared', 0x4e083c20, 'mov x0, v1.d[0]'],
  ['compared', 0x1e204020, 'fmov s0, s1'],
  ['compared', 0x9e660020, 'fmov x0, d1'],
  ['compared', 0xd51b4200, 'msr nzcv, x0'],
  ['compared', 0xd5033bbf, 'dmb ish'],
  ['compared', 0xc89ffc20, 'stlr x0, [x1]'],
  ['undefined', 0x1e622820, 'fadd d0, d1, d2'],
  ['undefined', 0x4ea28420, 'add v0.4s, v1.4s, v2.4s'],
  ['undefined', 0x4e284820, 'aese v0.16b, v1.16b'],
  ['undefined', 0x1ee04020, 'fmov h0, h1'],
  ['undefined', 0x4f00fc00, 'fmov v0.8h, #2.0'],
  ['undefined', 0xdac10020, 'pacia x0, x1'],
  ['undefined', 0xd65f0bff, 'retaa'],
  ['undefined', 0xf8200420, 'ldraa x0, [x1]'],
  ['undefined', 0xb8bfc020, 'ldapr w0, [x1]'],
  ['undefined', 0xc89f7c20, 'stllr x0, [x1]'],
  ['undefined', 0xba000400, 'rmif x0, #0, #0'],
  ['undefined', 0x3a00080d, 'setf8 w0'],
  ['undefined', 0xd500401f, 'cfinv'],
  ['undefined', 0xd50330ff, 'sb'],
  ['undefined', 0x04200000, 'add z0.b, z0.b, z0.b'],
  ['nop', 0xd50320ff, 'xpaclri'],
  ['excluded', 0xd503207f, 'wfi'],
  ['excluded', 0xd4000002, 'hvc #0'],
  ['excluded', 0xd69f03e0, 'eret'],
  ['excluded', 0xd5381000, 'mrs x0, sctlr_el1'],
  ['compared', 0xd50b7420, 'dc zva, x0'],
  ['compared', 0xd53bd040, 'mrs x0, tpidr_el0'],
  ['excluded', 0xd50b7520, 'ic ivau, x0'],
  ['excluded', 0xf8408400, 'ldr x0, [x0], #8'],
  ['excluded', 0xa9400020, 'ldp x0, x0, [x1]'],
  ['excluded', 0xc8007c20, 'stxr w0, x0, [x1]'],
];

test('what lies outside of the core', () => {
  const found = EXPECTED.map(([, word, text]) => `${verdict(word).kind} ${text}`);
  assert.deepEqual(
    found,
    EXPECTED.map(([kind, , text]) => `${kind} ${text}`),
  );
});
