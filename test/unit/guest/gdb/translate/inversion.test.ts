import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMappings, type PhysicalRange } from '../../../../../adapter/guest/gdb/translate/find-mappings.ts';
import { regimeOf, type Regime } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import { verifyMapping } from '../../../../../adapter/guest/gdb/translate/verify-mapping.ts';
import { generator } from '../../../../fuzz/generator.ts';
import { invert } from './inversion.ts';
import { fillTables, SPACING, someIndexes, type Random } from './random-tables.ts';
import { DEVICE, IPS_40, lowerHalf, Memory, RAM, registers, upperHalf, type GranuleBits } from './support.ts';

/** Same tables every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 40);
const TABLES = 10;

interface Space {
  readonly granule: GranuleBits;
  readonly sizes: readonly number[];
  /** Entries of a table that are anything but zero, and how many in a hundred of them lead to tables. */
  readonly filled: number;
  readonly links: number;
}

/** Small enough to ask for each page. */
const SMALL: readonly Space[] = [
  { granule: 12, sizes: [16, 19, 20, 21, 22], filled: 60, links: 15 },
  { granule: 14, sizes: [16, 20, 23, 26], filled: 60, links: 15 },
  { granule: 16, sizes: [17, 20, 24, 30], filled: 60, links: 15 },
];
/** With all their levels, but few paths. */
const LARGE: readonly Space[] = [
  { granule: 12, sizes: [31, 39, 40, 48], filled: 8, links: 30 },
  { granule: 14, sizes: [36, 37, 47, 48], filled: 14, links: 20 },
  { granule: 16, sizes: [30, 42, 43, 48], filled: 14, links: 15 },
];

function randomRegime(random: Random, space: Space): Regime {
  const size = (): number => space.sizes[random(space.sizes.length)] ?? 25;
  const base = (): bigint => BigInt(RAM + random(TABLES) * SPACING);
  const tcr = lowerHalf(space.granule, size()) | upperHalf(space.granule, size()) | IPS_40;
  return regimeOf(registers({ tcr, ttbr0: base(), ttbr1: base() }));
}

/** One to three pieces of the devices, not of whole pages, and apart from each other. */
function randomRanges(random: Random): readonly PhysicalRange[] {
  const ranges: PhysicalRange[] = [];
  let address = DEVICE + random(0x8000);
  for (let n = 1 + random(3); n > 0; n--) {
    const size = 1 + random(random(2) === 0 ? 0x3000 : 0x2_0000);
    ranges.unshift({ address, size });
    address += size + 1 + random(0x8000);
  }
  return ranges;
}

for (const [what, spaces, isEachPage] of [
  ['page by page', SMALL, true],
  ['with all levels', LARGE, false],
] as const)
  for (const space of spaces)
    test(`findMappings inverts translate: ${2 ** (space.granule - 10)}K granule, ${what}`, async () => {
      const random = generator(SEED);
      const memory = new Memory(TABLES * SPACING);
      let total = 0;
      const rounds = isEachPage ? Math.ceil(ROUNDS / 10) : ROUNDS;
      for (let round = 0; round < rounds; round++) {
        const indexes = someIndexes(random, 2 ** (space.granule - 3), space.filled);
        fillTables(memory.bytes, random, { ...space, tables: TABLES, indexes, page: 2 ** space.granule });
        const regime = randomRegime(random, space);
        const ranges = randomRanges(random);
        const expected = await invert(regime, ranges, memory.read, isEachPage ? null : new Set(indexes));
        for (const kernelOnly of [false, true]) {
          const found = await findMappings(regime, ranges, memory.read, { kernelOnly, mappings: Infinity });
          const all = kernelOnly ? expected.filter((mapping) => !mapping.el0) : expected;
          assert.deepEqual(found.mappings, all, `seed ${SEED}, round ${round}`);
          assert.equal(found.truncated, false);
          total += all.length;
          for (const mapping of found.mappings.slice(0, 20)) {
            assert.equal(await verifyMapping(regime, mapping, memory.read), true);
            assert.equal(await verifyMapping(regime, { ...mapping, el0: !mapping.el0 }, memory.read), false);
            const moved = { ...mapping, physical: mapping.physical + 0x1000 };
            assert.equal(await verifyMapping(regime, moved, memory.read), false);
          }
        }
      }
      assert.ok(total > rounds, `${total} mappings in ${rounds} rounds`);
    });
