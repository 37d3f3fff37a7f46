import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mapping } from '../../../../../adapter/guest/gdb/translate/find-mappings.ts';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import { verifyMapping } from '../../../../../adapter/guest/gdb/translate/verify-mapping.ts';
import * as S from './support.ts';

const VIRTUAL = 0x12_341f_e000n;
const PAGES = 4;
const BITS = S.PAGE | S.AF;
const MAPPING: Mapping = {
  virtual: VIRTUAL,
  physical: S.DEVICE,
  size: PAGES * 4096,
  el0: false,
  writable: true,
};

/** Four pages, over the end of a table of the last level. */
function space(): { memory: S.Memory; tables: S.Tables; regime: ReturnType<typeof regimeOf> } {
  const memory = new S.Memory();
  const tables = new S.Tables(memory, 12, 39);
  for (let n = 0; n < PAGES; n++) tables.map(VIRTUAL + BigInt(n * 4096), 3, BigInt(S.DEVICE + n * 4096) | BITS);
  const tcr = S.lowerHalf(12, 39) | S.EPD1 | S.IPS_40;
  return { memory, tables, regime: regimeOf(S.registers({ tcr, ttbr0: BigInt(tables.root) })) };
}

test('a mapping that is still there: a few descriptors are read, in one call a level', async () => {
  const { memory, regime } = space();
  assert.equal(await verifyMapping(regime, MAPPING, memory.read), true);
  assert.deepEqual(
    memory.calls.map((requests) => requests.map(({ length }) => length)),
    [[8], [16], [16, 16]],
  );
});

test('a part of a page', async () => {
  const { memory, regime } = space();
  const part = { ...MAPPING, virtual: VIRTUAL + 0x1018n, physical: S.DEVICE + 0x1018, size: 0x10 };
  assert.equal(await verifyMapping(regime, part, memory.read), true);
  assert.equal(await verifyMapping(regime, { ...part, physical: part.physical + 8 }, memory.read), false);
});

const CHANGES: readonly (readonly [string, (tables: S.Tables) => void])[] = [
  ['a page is gone', (tables) => tables.map(VIRTUAL + 0x3000n, 3, 0n)],
  ['a page leads elsewhere', (tables) => tables.map(VIRTUAL + 0x2000n, 3, BigInt(S.DEVICE) | BITS)],
  ['a page is read-only', (tables) => tables.map(VIRTUAL, 3, BigInt(S.DEVICE) | BITS | S.READ_ONLY)],
  ['a page is for EL0', (tables) => tables.map(VIRTUAL, 3, BigInt(S.DEVICE) | BITS | S.EL0)],
  ['a page cannot be accessed', (tables) => tables.map(VIRTUAL, 3, BigInt(S.DEVICE) | S.PAGE)],
  ['a table is gone', (tables) => tables.map(VIRTUAL, 1, 0n)],
  ['a table is outside memory', (tables) => tables.map(VIRTUAL, 2, 0x7000_0000n | S.TABLE)],
];
for (const [what, change] of CHANGES)
  test(`not verified: ${what}`, async () => {
    const { memory, tables, regime } = space();
    change(tables);
    assert.equal(await verifyMapping(regime, MAPPING, memory.read), false);
  });

test('not verified: other tables, another size of the space, no MMU', async () => {
  const { memory, regime } = space();
  const { lower } = regime;
  for (const changed of [
    { ...regime, isOn: false },
    { ...regime, lower: { ...lower, root: lower.root + 0x8_0000 } },
    { ...regime, lower: { ...lower, isOff: true } },
    { ...regime, lower: { ...lower, unsupported: 'for a reason' } },
    { ...regime, lower: { ...lower, sizeBits: 32 } },
  ])
    assert.equal(await verifyMapping(changed, MAPPING, memory.read), false);
});

test('MMU off: where it is, and nowhere else', async () => {
  const regime = regimeOf(S.registers({ sctlr: 0n }));
  const { memory } = space();
  const identity = { ...MAPPING, virtual: BigInt(S.DEVICE), el0: true };
  assert.equal(await verifyMapping(regime, identity, memory.read), true);
  assert.equal(await verifyMapping(regime, { ...identity, virtual: 0n }, memory.read), false);
});
