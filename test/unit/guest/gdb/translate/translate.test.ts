import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import type { TranslationRegisters } from '../../../../../adapter/guest/gdb/translate/registers.ts';
import { translate, type Access, type Translation } from '../../../../../adapter/guest/gdb/translate/translate.ts';
import * as S from './support.ts';

const VIRTUAL = 0x12_3456_7000n;
const HERE = BigInt(S.DEVICE);

/** Translates VIRTUAL + 0x18 in a space where a leaf is all there is. */
async function leaf(
  descriptor: bigint,
  options: { level?: number; table?: bigint; changes?: Partial<TranslationRegisters>; access?: Access } = {},
): Promise<unknown> {
  const { level = 3, table = 0n, changes = {}, access } = options;
  const { memory, registers } = S.lowerSpace((tables) => tables.map(VIRTUAL, level, descriptor, table));
  const tcr = registers.tcr | (changes.tcr ?? 0n);
  const regime = regimeOf({ ...registers, ...changes, tcr });
  return translate(regime, VIRTUAL + 0x18n, memory.read, access);
}

const PLAIN: Translation = {
  fault: null,
  physical: S.DEVICE + 0x18,
  size: 4096,
  level: 3,
  writable: true,
  executable: true,
  el0: false,
  el0Executable: true,
  attrIndex: 0,
  attributes: null,
};

test('a page of the kernel', async () => {
  assert.deepEqual(await leaf(HERE | S.PAGE | S.AF), PLAIN);
});

test('blocks are for more of the address', async () => {
  const offset = Number(VIRTUAL) + 0x18;
  assert.deepEqual(await leaf(HERE | S.BLOCK | S.AF, { level: 2 }), {
    ...PLAIN,
    physical: S.DEVICE + (offset % 2 ** 21),
    size: 2 ** 21,
    level: 2,
  });
  assert.deepEqual(await leaf(0x40_0000_0000n | S.BLOCK | S.AF, { level: 1 }), {
    ...PLAIN,
    physical: 0x40_0000_0000 + (offset % 2 ** 30),
    size: 2 ** 30,
    level: 1,
  });
});

test('memory attributes come by index, and from MAIR_EL1 where it is known', async () => {
  const found = await leaf(HERE | S.PAGE | S.AF | (3n << 2n), { changes: { mair: 0x04ff_4400n } });
  assert.deepEqual(found, { ...PLAIN, attrIndex: 3, attributes: 0x04 });
});

const PERMISSIONS: readonly (readonly [string, bigint, bigint, Partial<Translation>])[] = [
  ['read-only', S.READ_ONLY, 0n, { writable: false }],
  ['user: what EL0 can write EL1 does not execute', S.EL0, 0n, { el0: true, executable: false }],
  ['user, read-only', S.EL0 | S.READ_ONLY, 0n, { el0: true, writable: false }],
  ['not executable', S.PXN | S.UXN, 0n, { executable: false, el0Executable: false }],
  ['below a table that is not for EL0', S.EL0, S.NO_EL0_TABLE, {}],
  ['below a table that is read-only', 0n, S.READ_ONLY_TABLE, { writable: false }],
];
for (const [what, bits, table, expected] of PERMISSIONS) {
  test(`a page: ${what}`, async () => {
    assert.deepEqual(await leaf(HERE | S.PAGE | S.AF | bits, { table }), { ...PLAIN, ...expected });
  });
}

test('with HPD0, tables have no say in permissions', async () => {
  const table = S.NO_EL0_TABLE | S.READ_ONLY_TABLE | (3n << 59n);
  assert.deepEqual(await leaf(HERE | S.PAGE | S.AF, { table, changes: { tcr: 1n << 41n } }), PLAIN);
});

test('with WXN, what can be written is not executed', async () => {
  const changes = { sctlr: 1n | (1n << 19n) };
  assert.deepEqual(await leaf(HERE | S.PAGE | S.AF, { changes }), { ...PLAIN, executable: false });
});

test('faults, and the level they are found at', async () => {
  const AT = { changes: { physicalBits: 40 } };
  assert.deepEqual(await leaf(0n), { fault: 'translation', level: 3 });
  assert.deepEqual(await leaf(0n, { level: 1 }), { fault: 'translation', level: 1 });
  assert.deepEqual(await leaf(HERE | S.BLOCK | S.AF), { fault: 'translation', level: 3 });
  assert.deepEqual(await leaf(HERE | S.PAGE), { fault: 'access flag', level: 3 });
  assert.deepEqual(await leaf((1n << 41n) | S.PAGE | S.AF, AT), { fault: 'address size', level: 3 });
  // The level of the descriptor that holds the address, not of the table it names.
  assert.deepEqual(await leaf((1n << 41n) | S.TABLE, { level: 2 }), { fault: 'address size', level: 2 });
  assert.deepEqual(await leaf(0x7000_0000n | S.TABLE, { level: 2 }), { fault: 'walk', level: 3 });
  assert.deepEqual(await leaf(0n, { changes: { ttbr0: 1n << 41n } }), { fault: 'address size', level: 0 });
  assert.deepEqual(await leaf(0n, { changes: { tcr: S.EPD0 } }), { fault: 'translation', level: 0 });
});

test('the output size is what TCR_EL1.IPS says', async () => {
  const tcr = S.lowerHalf(12, 39) | S.EPD1;
  const { memory, registers } = S.lowerSpace((tables) => tables.map(VIRTUAL, 3, (1n << 33n) | S.PAGE | S.AF));
  assert.deepEqual(await translate(regimeOf({ ...registers, tcr }), VIRTUAL, memory.read), {
    fault: 'address size',
    level: 3,
  });
});

test('permission faults, where an access is named, at the exception level that the CPU is at', async () => {
  const readOnly = HERE | S.PAGE | S.AF | S.READ_ONLY | S.PXN;
  const denied = { fault: 'permission', level: 3 };
  assert.deepEqual(await leaf(readOnly, { access: 'write' }), denied);
  assert.deepEqual(await leaf(readOnly, { access: 'execute' }), denied);
  assert.deepEqual(await leaf(readOnly, { access: 'read', changes: { currentEl: 0 } }), denied);
  assert.equal(((await leaf(readOnly, { access: 'read' })) as Translation).fault, null);
  // EL0 executes what it cannot read, if UXN lets it.
  assert.equal(((await leaf(readOnly, { access: 'execute', changes: { currentEl: 0 } })) as Translation).fault, null);
});

test('a CPU that manages access flags and dirty state makes pages accessible, and writable, by itself', async () => {
  const HA = 1n << 39n;
  const HD = 1n << 40n;
  const DBM = 1n << 51n;
  assert.deepEqual(await leaf(HERE | S.PAGE, { changes: { tcr: HA } }), PLAIN);
  assert.deepEqual(await leaf(HERE | S.PAGE | S.AF | S.READ_ONLY | DBM, { changes: { tcr: HA | HD } }), PLAIN);
  const clean = { ...PLAIN, writable: false };
  assert.deepEqual(await leaf(HERE | S.PAGE | S.AF | S.READ_ONLY | DBM, { changes: { tcr: HD } }), clean);
});

test('bits 63:56 are a tag with TBI, and otherwise part of the address', async () => {
  const { memory, registers } = S.lowerSpace((tables) => tables.map(VIRTUAL, 3, HERE | S.PAGE | S.AF));
  const tagged = VIRTUAL | (0x5an << 56n);
  assert.deepEqual(await translate(regimeOf(registers), tagged, memory.read), { fault: 'translation', level: 0 });
  const ignoring = regimeOf({ ...registers, tcr: registers.tcr | (1n << 37n) });
  assert.deepEqual(await translate(ignoring, tagged, memory.read), { ...PLAIN, physical: S.DEVICE });
});

test('the upper half', async () => {
  const memory = new S.Memory();
  const tables = new S.Tables(memory, 16, 42);
  const address = 0xffff_fc00_1234_0000n;
  tables.map(address, 3, HERE | S.PAGE | S.AF);
  const regime = regimeOf(S.registers({ tcr: S.upperHalf(16, 42) | S.EPD0 | S.IPS_40, ttbr1: BigInt(tables.root) }));
  assert.deepEqual(await translate(regime, address + 0x18n, memory.read), { ...PLAIN, size: 65536 });
  const below = { fault: 'translation', level: 0 };
  assert.deepEqual(await translate(regime, address - (1n << 42n), memory.read), below);
});

test('52-bit outputs of the 64K granule', async () => {
  const memory = new S.Memory();
  const tables = new S.Tables(memory, 16, 52);
  const tcr = S.lowerHalf(16, 52) | S.EPD1 | (6n << 32n);
  tables.map(0x8_1234_5678_0000n, 3, 0x1234_5678_0000n | (0x9n << 12n) | S.PAGE | S.AF);
  tables.map(0x9_0000_0000_0000n, 1, (0x3n << 12n) | (1n << 33n) | S.BLOCK | S.AF);
  const regime = regimeOf(S.registers({ tcr, ttbr0: BigInt(tables.root) }));
  const page = { ...PLAIN, physical: 0x9_1234_5678_0000, size: 65536 };
  assert.deepEqual(await translate(regime, 0x8_1234_5678_0000n, memory.read), page);
  // Bit 33 is not part of the address of such a block.
  const block = { ...PLAIN, physical: 0x3_0000_0000_0018, size: 2 ** 42, level: 1 };
  assert.deepEqual(await translate(regime, 0x9_0000_0000_0018n, memory.read), block);
});

test('tables in the other byte order, with SCTLR_EL1.EE', async () => {
  const memory = new S.Memory();
  memory.put(S.RAM, HERE | S.BLOCK | S.AF, false);
  const sctlr = 1n | (1n << 25n);
  const regime = regimeOf(S.registers({ sctlr, tcr: S.lowerHalf(12, 30) | S.EPD1 | S.IPS_40, ttbr0: BigInt(S.RAM) }));
  const found = await translate(regime, 0x18n, memory.read);
  assert.deepEqual(found, { ...PLAIN, size: 2 ** 21, level: 2 });
});

test('MMU off: addresses are physical', async () => {
  const regime = regimeOf(S.registers({ sctlr: 0n, physicalBits: 40 }));
  const memory = new S.Memory();
  const found = await translate(regime, HERE, memory.read, 'write');
  assert.deepEqual(found, { ...PLAIN, physical: S.DEVICE, size: 2 ** 40, level: 0, el0: true, attributes: 0 });
  assert.deepEqual(await translate(regime, 1n << 40n, memory.read), { fault: 'address size', level: 0 });
  assert.equal(memory.calls.length, 0);
});

test('tables that are not supported', async () => {
  const { memory, registers } = S.lowerSpace(() => {});
  const regime = regimeOf({ ...registers, tcr: registers.tcr | (1n << 59n) });
  assert.deepEqual(await translate(regime, VIRTUAL, memory.read), { fault: 'unsupported', level: 0 });
});
