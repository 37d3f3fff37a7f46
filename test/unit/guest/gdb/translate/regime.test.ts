import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regimeOf } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import { EPD1, lowerHalf, registers, upperHalf, type GranuleBits } from './support.ts';

const IPS_52 = 6n << 32n;
const DS = 1n << 59n;

test('registers as Linux sets them: 4K granule, 48 bits on both sides', () => {
  // Made up, not recorded: with 16-bit ASIDs, TBI0, and CnP in TTBR1_EL1.
  const regime = regimeOf(
    registers({
      sctlr: 0x34d5_d91dn,
      tcr: 0x0000_0032_b550_3510n,
      ttbr0: 0x004a_0000_4212_3000n,
      ttbr1: 0x0000_0000_41b4_6001n,
    }),
  );
  assert.equal(regime.isOn, true);
  assert.equal(regime.isBigEndian, false);
  assert.equal(regime.isWxn, false);
  assert.deepEqual(
    [regime.lower, regime.upper].map(({ granuleBits, sizeBits, topBits, outputBits, isOff }) => ({
      granuleBits,
      sizeBits,
      topBits,
      outputBits,
      isOff,
    })),
    [
      { granuleBits: 12, sizeBits: 48, topBits: 56, outputBits: 40, isOff: false },
      { granuleBits: 12, sizeBits: 48, topBits: 64, outputBits: 40, isOff: false },
    ],
  );
  assert.equal(regime.lower.root, 0x4212_3000);
  assert.equal(regime.upper.root, 0x41b4_6000);
  assert.equal(regime.upper.base, 0xffff_0000_0000_0000n);
});

test('TG0 and TG1 count differently', () => {
  for (const granule of [12, 14, 16] satisfies GranuleBits[]) {
    const regime = regimeOf(registers({ tcr: lowerHalf(granule, 40) | upperHalf(granule, 40) }));
    assert.deepEqual([regime.lower.granuleBits, regime.upper.granuleBits], [granule, granule]);
  }
});

const LEVELS: readonly (readonly [GranuleBits, number, readonly (readonly [number, number, number])[]])[] = [
  // level, bits below the index, entries
  [12, 48, [[0, 39, 512], [1, 30, 512], [2, 21, 512], [3, 12, 512]]], // prettier-ignore
  [12, 40, [[0, 39, 2], [1, 30, 512], [2, 21, 512], [3, 12, 512]]], // prettier-ignore
  [12, 39, [[1, 30, 512], [2, 21, 512], [3, 12, 512]]], // prettier-ignore
  [12, 25, [[2, 21, 16], [3, 12, 512]]], // prettier-ignore
  [12, 16, [[3, 12, 16]]],
  [14, 48, [[0, 47, 2], [1, 36, 2048], [2, 25, 2048], [3, 14, 2048]]], // prettier-ignore
  [14, 36, [[2, 25, 2048], [3, 14, 2048]]], // prettier-ignore
  [16, 48, [[1, 42, 64], [2, 29, 8192], [3, 16, 8192]]], // prettier-ignore
  [16, 52, [[1, 42, 1024], [2, 29, 8192], [3, 16, 8192]]], // prettier-ignore
];

for (const [granule, size, expected] of LEVELS) {
  test(`levels of ${2 ** (granule - 10)}K granule and ${size} bits`, () => {
    const { levels } = regimeOf(registers({ tcr: lowerHalf(granule, size) })).lower;
    assert.deepEqual(
      levels.map(({ level, shift, entries }) => [level, shift, entries]),
      expected,
    );
  });
}

test('a half is off by EPD, or where TnSZ is beyond what there is', () => {
  const isOff = (tcr: bigint): boolean => regimeOf(registers({ tcr })).lower.isOff;
  assert.equal(isOff(lowerHalf(12, 48)), false);
  assert.equal(isOff(lowerHalf(12, 48) | (1n << 7n)), true);
  assert.equal(isOff(lowerHalf(12, 49)), true);
  assert.equal(isOff(lowerHalf(12, 15)), true);
  assert.equal(isOff(lowerHalf(16, 52)), false);
  assert.equal(isOff(lowerHalf(16, 53)), true);
});

test('52 bits come out of the 64K granule, and TTBR has the upper four in its lower bits', () => {
  const wide = regimeOf(
    registers({ tcr: lowerHalf(16, 48) | IPS_52, ttbr0: 0x0012_0000_4000_0000n | (0xan << 2n) }),
  ).lower;
  assert.equal(wide.outputBits, 52);
  assert.equal(wide.root, 0xa_0000_4000_0000);
  const narrow = regimeOf(registers({ tcr: lowerHalf(12, 48) | IPS_52, ttbr0: 0x4000_0000n | (0xan << 2n) })).lower;
  assert.equal(narrow.outputBits, 48);
  assert.equal(narrow.root, 0x4000_0000);
});

test('the CPU may have fewer address bits than IPS says', () => {
  const { lower } = regimeOf(registers({ tcr: lowerHalf(12, 48) | (5n << 32n), physicalBits: 40 }));
  assert.equal(lower.outputBits, 40);
});

test('what is not supported says so', () => {
  const regime = regimeOf(registers({ tcr: lowerHalf(12, 48) | upperHalf(16, 48) | DS }));
  assert.match(regime.lower.unsupported ?? '', /4K granule with 52-bit addresses \(FEAT_LPA2\) are not supported/);
  // DS has no meaning for the 64K granule.
  assert.equal(regime.upper.unsupported, null);
  assert.equal(regimeOf(registers({ tcr: lowerHalf(12, 48) | EPD1 })).lower.unsupported, null);
});
