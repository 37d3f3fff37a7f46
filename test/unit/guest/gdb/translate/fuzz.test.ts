import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMappings } from '../../../../../adapter/guest/gdb/translate/find-mappings.ts';
import type { ReadTables } from '../../../../../adapter/guest/gdb/translate/read-tables.ts';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import { translate } from '../../../../../adapter/guest/gdb/translate/translate.ts';
import { verifyMapping } from '../../../../../adapter/guest/gdb/translate/verify-mapping.ts';
import { generator } from '../../../../fuzz/generator.ts';
import { DEVICE } from './support.ts';

/** Same bytes every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 40);
const NOISE = 0x4_0000;
const MOST = 300;

/** Memory everywhere, with noise in it: the same at the same address. Now and then there is none, or less than asked for. */
function noiseReader(noise: Uint8Array): ReadTables {
  return (requests) =>
    Promise.resolve(
      requests.map(({ address, length }) => {
        assert.ok(Number.isSafeInteger(address) && address >= 0 && address < 2 ** 52 && length <= 0x1_0000);
        // No table crosses a multiple of 64 KiB.
        const chunk = Math.floor(address / 0x1_0000);
        if (chunk % 31 === 0) return chunk % 2 === 0 ? null : noise.subarray(0, length - 1);
        const at = ((chunk * 808) % (noise.length - 0x1_0000)) + (address % 0x1_0000);
        return noise.subarray(at, at + length);
      }),
    );
}

test('noise for registers and tables: nothing throws, and limits hold', async () => {
  const random = generator(SEED);
  const word = (): bigint => (BigInt(random(0x1_0000_0000)) << 32n) | BigInt(random(0x1_0000_0000));
  const noise = new Uint8Array(NOISE);
  for (let round = 0; round < ROUNDS; round++) {
    // Sparse noise has deeper trees.
    const density = 1 + random(4);
    for (let n = 0; n < NOISE; n++) noise[n] = random(4) < density ? random(256) : 0;
    const read = noiseReader(noise);
    const sizes = BigInt(12 + random(34)) | (BigInt(12 + random(34)) << 16n);
    const tcr = random(4) === 0 ? word() : (word() & ~0x0800_0000_00bf_00bfn) | sizes;
    const registers = { sctlr: word() | 1n, tcr, ttbr0: word(), ttbr1: word(), mair: word(), currentEl: random(4) };
    const regime = regimeOf(registers);
    for (let n = 0; n < 20; n++) {
      const found = await translate(regime, word(), read, 'write');
      if (found.fault === null) assert.ok(found.physical < 2 ** 52);
    }
    const ranges = [
      { address: DEVICE, size: 0x1_0000 },
      { address: random(0x1_0000_0000), size: 2 ** random(40) },
    ];
    const found = await findMappings(regime, ranges, read, {
      tables: MOST,
      mappings: MOST,
      kernelOnly: random(2) === 0,
    });
    const where = `seed ${SEED}, round ${round}`;
    assert.ok(found.tables <= MOST && found.mappings.length <= MOST, where);
    for (const mapping of found.mappings.slice(0, 5))
      assert.equal(await verifyMapping(regime, mapping, read), true, `${where}: 0x${mapping.virtual.toString(16)}`);
  }
});

test('a guest whose every table is full of others: the default limits end it', async () => {
  const table = new Uint8Array(4096);
  const view = new DataView(table.buffer);
  let next = 0;
  const read: ReadTables = (requests) =>
    Promise.resolve(
      requests.map(() => {
        for (let n = 0; n < 512; n++) view.setUint32(8 * n, (++next << 12) | 3, true);
        return table.slice();
      }),
    );
  const regime = regimeOf({ sctlr: 1n, tcr: 0x5_0010_0010n | (2n << 30n), ttbr0: 0n, ttbr1: 0n, currentEl: 1 });
  const found = await findMappings(regime, [{ address: DEVICE, size: 0x1000 }], read);
  assert.deepEqual([found.tables, found.truncated], [16384, true]);
});
