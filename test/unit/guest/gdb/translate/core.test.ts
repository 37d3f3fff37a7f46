import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import type { TranslationRegisters } from '../../../../../adapter/guest/gdb/translate/registers.ts';
import { translate } from '../../../../../adapter/guest/gdb/translate/translate.ts';
import { generator } from '../../../../fuzz/generator.ts';
import { CoreWalker } from './core-walker.ts';
import { fillTables, SPACING, someIndexes, type Random } from './random-tables.ts';
import { Memory, RAM } from './support.ts';

/** Same tables every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 100);
const ADDRESSES = 150;
const TABLES = 12;

/*
 * The core is a Cortex-A53: it has none of the features whose bits in TCR_EL1 are left clear here, its physical addresses
 * have at most 40 bits, and TnSZ beyond its bounds acts as if within.
 */
function randomRegisters(random: Random): TranslationRegisters {
  const sizes = BigInt(16 + random(24)) | (BigInt(16 + random(24)) << 16n);
  const granules = (BigInt(random(4)) << 14n) | (BigInt(random(4)) << 30n);
  const off = (random(12) === 0 ? 1n << 7n : 0n) | (random(12) === 0 ? 1n << 23n : 0n);
  const wxn = random(4) === 0 ? 1n << 19n : 0n;
  return {
    sctlr: (random(16) === 0 ? 0n : 1n) | wxn,
    tcr: sizes | granules | off | (BigInt(random(6)) << 32n) | (BigInt(random(4)) << 37n) | (1n << 22n),
    ttbr0: randomBase(random),
    ttbr1: randomBase(random),
    currentEl: random(2),
    physicalBits: 40,
  };
}

/** With an ASID, CnP, and now and then bits that should be zero, or outside memory. */
function randomBase(random: Random): bigint {
  const table = BigInt(RAM + random(TABLES) * SPACING);
  const odd = random(6) === 0 ? BigInt(random(0x1000)) : BigInt(random(2));
  const astray = random(30) === 0 ? 1n << BigInt(40 + random(8)) : 0n;
  return (BigInt(random(0x1_0000)) << 48n) | table | odd | astray;
}

/** Mostly one that tables say something about. */
function randomAddress(random: Random, registers: TranslationRegisters, indexes: readonly number[]): bigint {
  const regime = regimeOf(registers);
  const half = random(2) === 0 ? regime.lower : regime.upper;
  let address = half.base + BigInt(random(2 ** half.granuleBits));
  for (const { shift, entries } of half.levels) {
    const index = random(12) === 0 ? random(entries) : (indexes[random(indexes.length)] ?? 0);
    address |= BigInt(index % entries) << BigInt(shift);
  }
  if (random(4) === 0) address ^= BigInt(random(256)) << 56n;
  return random(20) === 0 ? address ^ (1n << BigInt(random(64))) : address;
}

test('what the simulated core translates, translates alike', async () => {
  const core = await CoreWalker.create(TABLES * SPACING);
  const memory = new Memory(0, core.ram);
  const random = generator(SEED);
  const seen = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const indexes = someIndexes(random, [16, 512, 2048, 8192][random(4)] ?? 512, 16);
    fillTables(core.ram, random, { tables: TABLES, indexes, page: 4096, links: 60 });
    const registers = randomRegisters(random);
    core.set(registers);
    const regime = regimeOf(registers);
    for (let n = 0; n < ADDRESSES; n++) {
      const address = randomAddress(random, registers, indexes);
      // The core never looks at bits 63:56 while the MMU is off, TBI or not.
      if (!regime.isOn && address >> 56n !== 0n) continue;
      const ours = await translate(regime, address, memory.read);
      const where = `seed ${SEED}, round ${round}: 0x${address.toString(16)}`;
      for (const isEl0 of [false, true]) {
        const theirs = core.translate(address, isEl0);
        seen.set(theirs.fault ?? 'none', (seen.get(theirs.fault ?? 'none') ?? 0) + 1);
        if (ours.fault !== null || theirs.fault !== null) {
          assert.equal(ours.fault, theirs.fault, where);
          if ('level' in theirs) assert.equal(ours.level, theirs.level, where);
          continue;
        }
        const { physical, mayRead, mayWrite, mayExecute } = theirs;
        const expected = { physical, mayRead, mayWrite, mayExecute };
        const found = {
          physical: ours.physical,
          mayRead: !isEl0 || ours.el0,
          mayWrite: ours.writable && (!isEl0 || ours.el0),
          mayExecute: isEl0 ? ours.el0Executable : ours.executable,
        };
        assert.deepEqual(found, expected, where);
        if (isEl0 === regime.isEl0)
          for (const [access, may] of [
            ['read', mayRead] as const,
            ['write', mayWrite] as const,
            ['execute', mayExecute] as const,
          ]) {
            const judged = await translate(regime, address, memory.read, access);
            assert.equal(judged.fault, may ? null : 'permission', `${where}, ${access}`);
          }
      }
    }
  }
  for (const kind of ['none', 'translation', 'access flag', 'address size', 'walk'])
    assert.ok((seen.get(kind) ?? 0) > 20, `${kind} was met ${seen.get(kind) ?? 0} times`);
});
