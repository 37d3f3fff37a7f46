import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMappings } from '../../../../../adapter/guest/gdb/translate/find-mappings.ts';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import * as S from './support.ts';

const GICD = { address: S.DEVICE, size: 0x1_0000 };
const GICR = { address: S.DEVICE + 0xa_0000, size: 0x4_0000 };
const DEVICE_PAGE = S.PAGE | S.AF | S.PXN | S.UXN | (3n << 2n);

/** Maps page by page, as Linux does. */
function mapPages(tables: S.Tables, virtual: bigint, physical: number, size: number, bits = 0n): void {
  for (let offset = 0; offset < size; offset += 4096)
    tables.map(virtual + BigInt(offset), 3, BigInt(physical + offset) | DEVICE_PAGE | bits);
}

/** A kernel of 4K granule and 48 bits, as Linux lays it out. */
function kernelSpace(build: (tables: S.Tables) => void): { memory: S.Memory; regime: ReturnType<typeof regimeOf> } {
  const memory = new S.Memory();
  const tables = new S.Tables(memory, 12, 48);
  build(tables);
  const tcr = S.upperHalf(12, 48) | S.lowerHalf(12, 48) | S.IPS_40;
  // TTBR0_EL1 is what Linux leaves there for the kernel's own threads: an empty table.
  const ttbr0 = BigInt(S.RAM + 0xf_0000);
  return { memory, regime: regimeOf(S.registers({ tcr, ttbr0, ttbr1: BigInt(tables.root) })) };
}

const LINUX_GICD = 0xffff_8000_0810_0000n;
const LINUX_GICR = 0xffff_8000_0820_0000n;
function linux(): ReturnType<typeof kernelSpace> {
  return kernelSpace((tables) => {
    mapPages(tables, LINUX_GICD, GICD.address, GICD.size);
    mapPages(tables, LINUX_GICR, GICR.address, GICR.size);
    tables.map(0xffff_0000_0000_0000n, 2, BigInt(S.RAM) | S.BLOCK | S.AF);
  });
}

test('pages of a frame are one mapping', async () => {
  const { memory, regime } = linux();
  const found = await findMappings(regime, [GICR, GICD], memory.read);
  assert.deepEqual(found.mappings, [
    { virtual: LINUX_GICD, physical: GICD.address, size: GICD.size, el0: false, writable: true },
    { virtual: LINUX_GICR, physical: GICR.address, size: GICR.size, el0: false, writable: true },
  ]);
  assert.deepEqual([found.truncated, found.notes], [false, []]);
});

test('one call a level, each table once and as a whole', async () => {
  const { memory, regime } = linux();
  const { tables } = await findMappings(regime, [GICD, GICR], memory.read);
  assert.deepEqual(
    memory.calls.map((requests) => requests.map(({ length }) => length)),
    [[4096, 4096], [4096, 4096], [4096, 4096], [4096, 4096]], // prettier-ignore
  );
  assert.equal(tables, 8);
  const addresses = memory.calls.flat().map(({ address }) => address);
  assert.equal(new Set(addresses).size, addresses.length);
});

test('of a block, only what was asked for', async () => {
  const { memory, registers } = S.lowerSpace((tables) => {
    tables.map(0n, 1, S.BLOCK | S.AF);
    tables.map(0x20_4000_0000n, 2, 0x0800_0000n | S.BLOCK | S.AF | S.READ_ONLY);
  });
  const found = await findMappings(regimeOf(registers), [GICD, { address: 0x900_0018, size: 4 }], memory.read);
  assert.deepEqual(found.mappings, [
    { virtual: 0x0800_0000n, physical: 0x0800_0000, size: GICD.size, el0: false, writable: true },
    { virtual: 0x0900_0018n, physical: 0x0900_0018, size: 4, el0: false, writable: true },
    { virtual: 0x20_4000_0000n, physical: 0x0800_0000, size: GICD.size, el0: false, writable: false },
  ]);
});

test('mappings of user programs can be left out', async () => {
  const { memory, registers } = S.lowerSpace((tables) => {
    mapPages(tables, 0x1_0000n, GICD.address, 0x2000);
    mapPages(tables, 0x1_2000n, GICD.address + 0x2000, 0x1000, S.EL0);
    // Not for EL0 after all: a table above says so.
    tables.map(0x40_0000_0000n, 3, BigInt(GICD.address) | DEVICE_PAGE | S.EL0, S.NO_EL0_TABLE);
  });
  const regime = regimeOf(registers);
  const all = await findMappings(regime, [GICD], memory.read);
  assert.deepEqual(
    all.mappings.map(({ virtual, size, el0 }) => [virtual, size, el0]),
    [
      [0x1_0000n, 0x2000, false],
      [0x1_2000n, 0x1000, true],
      [0x40_0000_0000n, 0x1000, false],
    ],
  );
  const kernel = await findMappings(regime, [GICD], memory.read, { kernelOnly: true });
  assert.deepEqual(
    kernel.mappings,
    all.mappings.filter(({ el0 }) => !el0),
  );
});

test('one half only, where that is wanted', async () => {
  const { memory, regime } = linux();
  assert.equal((await findMappings(regime, [GICD], memory.read, { half: 'lower' })).mappings.length, 0);
  assert.deepEqual(
    memory.calls.map((requests) => requests.length),
    [1],
  );
  assert.equal((await findMappings(regime, [GICD], memory.read, { half: 'upper' })).mappings.length, 1);
});

test('a table in two places is read once and found twice', async () => {
  const { memory, registers } = S.lowerSpace((tables) => mapPages(tables, 0n, GICD.address, 0x1000));
  memory.put(S.RAM + 8 * 5, memory.get(S.RAM));
  const found = await findMappings(regimeOf(registers), [GICD], memory.read);
  assert.deepEqual(
    found.mappings.map(({ virtual }) => virtual),
    [0n, 5n << 30n],
  );
  assert.equal(found.tables, 3);
});

test('a table that leads to itself', async () => {
  const { memory, registers } = S.lowerSpace((tables) => mapPages(tables, 0n, GICD.address, 0x1000));
  // As some kernels do, to have their tables in their address space.
  memory.put(S.RAM + 8 * 511, BigInt(S.RAM) | S.TABLE | S.AF);
  const found = await findMappings(regimeOf(registers), [GICD], memory.read);
  // At 511.511.0 the level 2 table acts as the last one: its first entry is a page.
  assert.deepEqual(
    found.mappings.map(({ virtual }) => virtual),
    [0n],
  );
  assert.deepEqual([found.tables, found.truncated], [3, false]);
});

test('all paths there can be, to a single page: bounded', async () => {
  const memory = new S.Memory();
  for (let level = 0; level < 4; level++)
    for (let n = 0; n < 512; n++) {
      const next = level === 3 ? BigInt(GICD.address) | DEVICE_PAGE : BigInt(S.RAM + 4096 * (level + 1)) | S.TABLE;
      memory.put(S.RAM + 4096 * level + 8 * n, next);
    }
  const tcr = S.lowerHalf(12, 48) | S.EPD1 | S.IPS_40;
  const regime = regimeOf(S.registers({ tcr, ttbr0: BigInt(S.RAM) }));
  const found = await findMappings(regime, [GICD], memory.read, { mappings: 1000 });
  assert.deepEqual([found.mappings.length, found.truncated, found.tables], [1000, true, 4]);
  assert.equal(found.mappings[999]?.virtual, 999n * 4096n);
});

test('a budget of tables', async () => {
  const { memory, regime } = linux();
  const found = await findMappings(regime, [GICD, GICR], memory.read, { tables: 7 });
  assert.deepEqual([found.mappings.length, found.truncated, found.tables], [1, true, 7]);
  const enough = await findMappings(regime, [GICD, GICR], memory.read, { tables: 8 });
  assert.deepEqual([enough.mappings.length, enough.truncated], [2, false]);
});

test('tables outside memory are noted, and the others walked', async () => {
  const { memory, registers } = S.lowerSpace((tables) => {
    mapPages(tables, 0n, GICD.address, 0x1000);
    tables.map(1n << 30n, 1, 0x7000_0000n | S.TABLE);
    tables.map(2n << 30n, 1, 0x7100_0000n | S.TABLE);
    tables.map(0x20_0000n, 2, 0x7200_0000n | S.TABLE);
  });
  const found = await findMappings(regimeOf(registers), [GICD], memory.read);
  assert.equal(found.mappings.length, 1);
  assert.deepEqual(found.notes, [
    '2 tables, the first at 0x70000000, of level 2 below TTBR0_EL1 cannot be read: what they map is not known',
    'The table at 0x72000000 of level 3 below TTBR0_EL1 cannot be read: what it maps is not known',
  ]);
});

test('what is looked for is never read, whatever tables say', async () => {
  const { memory, registers } = S.lowerSpace((tables) => tables.map(0n, 1, BigInt(GICD.address) | S.TABLE));
  const found = await findMappings(regimeOf(registers), [GICD], memory.read);
  assert.deepEqual(
    memory.calls.flat().map(({ address }) => address),
    [S.RAM],
  );
  assert.equal(found.notes.length, 1);
});

test('what cannot be walked says so', async () => {
  const { memory, registers } = S.lowerSpace(() => {});
  const later = regimeOf({ ...registers, tcr: registers.tcr | (1n << 59n) });
  assert.match((await findMappings(later, [GICD], memory.read)).notes.join(), /FEAT_LPA2\) are not supported/);
  const astray = regimeOf({ ...registers, ttbr0: 1n << 41n });
  assert.match((await findMappings(astray, [GICD], memory.read)).notes.join(), /TTBR0_EL1 points outside the 40 bits/);
  assert.equal(memory.calls.length, 0);
});

test('MMU off: everything is where it is', async () => {
  const memory = new S.Memory();
  const found = await findMappings(regimeOf(S.registers({ sctlr: 0n })), [GICR, GICD], memory.read);
  assert.deepEqual(
    found.mappings.map(({ virtual, physical, size }) => [virtual, physical, size]),
    [GICD, GICR].map(({ address, size }) => [BigInt(address), address, size]),
  );
  assert.equal(memory.calls.length, 0);
});

test('nothing to look for, and nothing that counts', async () => {
  const { memory, regime } = linux();
  assert.deepEqual((await findMappings(regime, [], memory.read)).mappings, []);
  assert.deepEqual((await findMappings(regime, [{ address: S.DEVICE, size: 0 }], memory.read)).mappings, []);
});
