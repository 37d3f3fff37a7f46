import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RedistributorRegion } from '../../../../../adapter/guest/gdb/find/candidate.ts';
import { architectureAt } from '../../../../../adapter/guest/gdb/find/identify/architecture.ts';
import { locateCpuInterface } from '../../../../../adapter/guest/gdb/find/identify/cpu-interface.ts';
import { decodeTyper, readDistributor } from '../../../../../adapter/guest/gdb/find/identify/distributor.ts';
import { identificationText, identify } from '../../../../../adapter/guest/gdb/find/identify/identification.ts';
import {
  MAX_REDISTRIBUTORS,
  walkRedistributors,
} from '../../../../../adapter/guest/gdb/find/identify/redistributors.ts';
import { FakeProbe, gicV2, gicV3, refusal, typer, type Registers } from './fixtures.ts';

const GICD = 0x800_0000;
const GICR = 0x80a_0000;
const ONES = 0xffff_ffff_ffff_ffffn;

describe('the architecture', () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [0xfe8, 0x1b, 'GICv1'],
    [0xfe8, 0x2b, 'GICv2'],
    [0xffe8, 0x3b, 'GICv3'],
    [0xffe8, 0x4b, 'GICv4'],
  ];
  for (const [offset, pidr2, architecture] of cases) {
    it(`${architecture} by GICD_PIDR2 at +0x${offset.toString(16)}`, async () => {
      const probe = new FakeProbe({ registers: new Map([[GICD + offset, BigInt(pidr2)]]), elsewhere: 0n });
      assert.equal(await architectureAt(probe, GICD, null), architecture);
    });
  }

  it('of a frame of 4 KB is found without a read beyond it', async () => {
    const probe = new FakeProbe({ registers: gicV2(GICD, GICD + 0x2000) });
    assert.equal(await architectureAt(probe, GICD, null), 'GICv2');
    assert.deepEqual(probe.reads, ['0x8000fe8 4']);
  });

  it('that is not the expected one is said', async () => {
    const probe = new FakeProbe({ registers: new Map([[GICD + 0xffe8, 0x2bn]]) });
    const error = await refusal(architectureAt(probe, GICD, 'v3'));
    assert.equal(error.place, 'GICD_PIDR2 at 0x800ffe8');
    assert.equal(error.read, '0x0000002b');
    assert.equal(error.reason, 'this is a GICv2, not a GICv3');
  });

  const nothing: readonly (readonly [string, bigint | null, string])[] = [
    ['zeros', 0n, 'GICD_PIDR2 at 0x8000fe8 reads 0x00000000: no GIC distributor answers there. Is the address right'],
    ['ones', ONES, 'GICD_PIDR2 at 0x8000fe8 reads 0xffffffff: no GIC distributor answers there. Is the address right'],
    ['a refusal', null, 'GICD_PIDR2 at 0x8000fe8 reads nothing: the target refuses the read, so no GIC distributor'],
    [
      'an Arm11 MPCore',
      0x0bn,
      'GICD_PIDR2 at 0x8000fe8 reads 0x0000000b: ArchRev is 0, as before GICv1 (Arm11 MPCore)',
    ],
    ['RAM', 0x1234_56f8n, 'GICD_PIDR2 at 0x8000fe8 reads 0x123456f8: no GIC distributor answers there.'],
  ];
  for (const [what, elsewhere, message] of nothing) {
    it(`of ${what} is none`, async () => {
      const error = await refusal(architectureAt(new FakeProbe({ elsewhere }), GICD, null));
      assert.ok(error.message.startsWith(message), error.message);
      assert.match(error.message, /does the stub access physical memory\? With the MMU on/);
    });
  }
});

describe('the distributor', () => {
  it('counts SPIs and CPUs by GICD_TYPER', () => {
    assert.deepEqual(decodeTyper(0x0000_fc67, 'GICv2'), {
      spis: 224,
      extendedSpis: 0,
      cpus: 4,
      securityExtension: true,
    });
    assert.equal(decodeTyper(0x0000_0000, 'GICv2').spis, 0);
    assert.equal(decodeTyper(0x0000_001f, 'GICv2').spis, 988);
    // ESPI on a GICv3 alone: bits 31:27 are reserved in a GICv2.
    assert.equal(decodeTyper(0xf800_0101, 'GICv3').extendedSpis, 1024);
    assert.equal(decodeTyper(0xf800_0001, 'GICv3').extendedSpis, 0);
    assert.equal(decodeTyper(0xf800_0101, 'GICv2').extendedSpis, 0);
  });

  for (const [value, shown] of [
    [0n, '0x00000000'],
    [0xffff_ffffn, '0xffffffff'],
    [null, 'nothing'],
  ] as const) {
    it(`with a GICD_TYPER of ${shown} is none`, async () => {
      const error = await refusal(readDistributor(new FakeProbe({ elsewhere: value }), GICD, 'GICv3'));
      assert.deepEqual([error.place, error.read], ['GICD_TYPER at 0x8000004', shown]);
    });
  }

  it('is named by GICD_IIDR', () => {
    const text = (iidr: number, architecture: 'GICv1' | 'GICv2' | 'GICv3' | 'GICv4.1'): string =>
      identificationText(identify(iidr, architecture));
    assert.equal(text(0x0200_143b, 'GICv2'), 'Arm GIC-400 (GICD_IIDR 0x0200143b, variant 0, revision 1)');
    assert.equal(text(0x0201_743b, 'GICv3'), 'Arm GIC-600 (GICD_IIDR 0x0201743b, variant 1, revision 7)');
    assert.equal(text(0x0300_143b, 'GICv3'), 'Arm GIC-600AE (GICD_IIDR 0x0300143b, variant 0, revision 1)');
    assert.equal(text(0x0402_043b, 'GICv4.1'), 'Arm GIC-700 (GICD_IIDR 0x0402043b, variant 2, revision 0)');
    assert.equal(text(0x0102_043b, 'GICv1'), 'Arm Cortex-A9 MPCore (GICD_IIDR 0x0102043b, variant 2, revision 0)');
    assert.equal(text(0x4b00_243b, 'GICv3'), "Arm KVM's vgic (GICD_IIDR 0x4b00243b, variant 0, revision 2)");
    assert.equal(text(0xa100_034c, 'GICv3'), 'Cavium product 0xa1 (GICD_IIDR 0xa100034c, variant 0, revision 0)');
    assert.equal(
      text(0x7700_0123, 'GICv2'),
      'implementer 0x123 product 0x77 (GICD_IIDR 0x77000123, variant 0, revision 0)',
    );
    assert.equal(text(0, 'GICv2'), 'GICD_IIDR 0x00000000: it does not say what it is');
  });
});

describe('redistributors', () => {
  const region = (base: number, size: number | null = null, stride: number | null = null): RedistributorRegion => ({
    base,
    size,
    stride,
  });
  const four = (): Registers =>
    gicV3(
      GICD,
      [0, 1, 2, 3].map((n) => [GICR + n * 0x2_0000, typer(n, n, n === 3)]),
    );

  it('are walked to the last, by one read each', async () => {
    const probe = new FakeProbe({ registers: four() });
    const { found, v41 } = await walkRedistributors(probe, [region(GICR, 0xf6_0000)]);
    assert.deepEqual(
      found,
      [0, 1, 2, 3].map((n) => ({
        base: GICR + n * 0x2_0000,
        affinity: n,
        processorNumber: n,
        size: 0x2_0000,
        last: n === 3,
      })),
    );
    assert.equal(v41, false);
    assert.equal(probe.reads.length, 5);
  });

  it('are read in halves where the target refuses eight bytes', async () => {
    const registers = gicV3(GICD, [
      [GICR, typer(0x0102_0304, 7)],
      [GICR + 0x2_0000, typer(0x8100_0000, 0xffff, true)],
    ]);
    const probe = new FakeProbe({ registers, noDoubles: true });
    const { found } = await walkRedistributors(probe, [region(GICR)]);
    assert.deepEqual(
      found.map(({ affinity, processorNumber }) => [affinity, processorNumber]),
      [
        [0x0102_0304, 7],
        [0x8100_0000, 0xffff],
      ],
    );
  });

  it('are 256 KB apart with virtual LPIs, and a given stride apart otherwise', async () => {
    const wide = gicV3(GICD, [
      [GICR, typer(0, 0, false, true)],
      [GICR + 0x4_0000, typer(1, 1, true, true) | 0x80n],
    ]);
    const walk = await walkRedistributors(new FakeProbe({ registers: wide }), [region(GICR, 0x8_0000)]);
    assert.deepEqual(
      walk.found.map(({ base, size }) => [base, size]),
      [
        [GICR, 0x4_0000],
        [GICR + 0x4_0000, 0x4_0000],
      ],
    );
    assert.equal(walk.v41, true);
    const apart = gicV3(GICD, [
      [GICR, typer(0, 0)],
      [GICR + 0x10_0000, typer(1, 1, true)],
    ]);
    const { found } = await walkRedistributors(new FakeProbe({ registers: apart }), [region(GICR, null, 0x10_0000)]);
    assert.equal(found[1]?.base, GICR + 0x10_0000);
  });

  it('continue in the next region', async () => {
    const registers = gicV3(GICD, [
      [GICR, typer(0, 0, true)],
      [0x40_0000_0000, typer(0x100, 1, true)],
    ]);
    const { found } = await walkRedistributors(new FakeProbe({ registers }), [region(GICR), region(0x40_0000_0000)]);
    assert.deepEqual(
      found.map(({ affinity }) => affinity),
      [0, 0x100],
    );
  });

  it('of a first CPU without LPIs read all zeros, and are taken if GICR_PIDR2 says so', async () => {
    const registers = gicV3(GICD, [
      [GICR, 0n],
      [GICR + 0x2_0000, typer(1, 1, true)],
    ]);
    const { found } = await walkRedistributors(new FakeProbe({ registers }), [region(GICR)]);
    assert.equal(found.length, 2);
  });

  it('that are none are refused, with place and value', async () => {
    const of = async (elsewhere: bigint | null, registers?: Registers): Promise<readonly (string | null)[]> => {
      const target = registers ? { registers, elsewhere } : { elsewhere };
      const error = await refusal(walkRedistributors(new FakeProbe(target), [region(GICR)]));
      return [error.place, error.read, error.reason];
    };
    assert.deepEqual(await of(0n), ['GICR_PIDR2 at 0x80affe8', '0x00000000', 'no redistributor answers there']);
    assert.deepEqual(await of(ONES), [
      'GICR_TYPER at 0x80a0008',
      '0xffffffffffffffff',
      'no redistributor answers there',
    ]);
    assert.deepEqual(await of(null), ['GICR_TYPER at 0x80a0008', 'nothing', 'the target refuses the read']);
    // The second of two is not there.
    const one = gicV3(GICD, [[GICR, typer(0, 0)]]);
    assert.deepEqual(await of(0n, one), ['GICR_PIDR2 at 0x80cffe8', '0x00000000', 'no redistributor answers there']);
    assert.deepEqual(await of(ONES, one), [
      'GICR_TYPER at 0x80c0008',
      '0xffffffffffffffff',
      'no redistributor answers there',
    ]);
  });

  it('with one affinity twice are refused', async () => {
    const registers = gicV3(GICD, [
      [GICR, typer(0, 0)],
      [GICR + 0x2_0000, typer(3, 1)],
      [GICR + 0x4_0000, typer(3, 2, true)],
    ]);
    const error = await refusal(walkRedistributors(new FakeProbe({ registers }), [region(GICR)]));
    assert.equal(error.place, 'GICR_TYPER at 0x80e0008');
    assert.match(error.reason, /affinity 0\.0\.0\.3 is that of the redistributor at 0x80c0000 already/);
  });

  it('without a last do not leave their region', async () => {
    const registers = gicV3(GICD, [
      [GICR, typer(0, 0)],
      [GICR + 0x2_0000, typer(1, 1)],
      [GICR + 0x4_0000, typer(2, 2, true)],
    ]);
    const probe = new FakeProbe({ registers });
    const error = await refusal(walkRedistributors(probe, [region(GICR, 0x4_0000)]));
    assert.match(error.reason, /the region at 0x80a0000 ends at 0x80e0000, and no redistributor in it is the last/);
    assert.deepEqual([error.place, error.read], ['GICR_TYPER at 0x80c0008', 'Last 0']);
    assert.ok(!probe.reads.includes('0x80e0008 8'));
  });

  it('without end end at 512', async () => {
    const registers = gicV3(
      GICD,
      Array.from({ length: 600 }, (_, n) => [GICR + n * 0x2_0000, typer(n, n)]),
    );
    const probe = new FakeProbe({ registers });
    const error = await refusal(walkRedistributors(probe, [region(GICR)]));
    assert.match(error.reason, /^512 redistributors, and none of the region at 0x80a0000 is the last$/);
    assert.equal(probe.reads.length, MAX_REDISTRIBUTORS + 1);
  });
});

describe('the CPU interface', () => {
  const GICC = 0xf902_0000;
  const iidr = (...bases: readonly number[]): FakeProbe =>
    new FakeProbe({ registers: new Map(bases.map((base) => [base + 0xfc, 0x0202_143bn])) });

  it('repeated over 64 KB is where its second page follows', async () => {
    const found = await locateCpuInterface(iidr(GICC, GICC + 0xf000), { base: GICC, size: 0x2_0000 });
    assert.equal(found.base, GICC + 0xf000);
    assert.match(found.note ?? '', /repeated every 4 KB from 0xf9020000/);
  });

  it('elsewhere is where it is said to be', async () => {
    assert.equal((await locateCpuInterface(iidr(GICC), { base: GICC, size: 0x2_0000 })).base, GICC);
    const small = iidr(GICC, GICC + 0xf000);
    assert.deepEqual(await locateCpuInterface(small, { base: GICC, size: 0x2000 }), { base: GICC, note: null });
    assert.equal(small.reads.length, 1);
  });

  it('that does not answer a debug probe is told, no more', async () => {
    const found = await locateCpuInterface(new FakeProbe({}), { base: GICC, size: 0x2000 });
    assert.equal(found.base, GICC);
    assert.equal(found.note, 'GICC_IIDR at 0xf90200fc reads nothing: the CPU interface does not answer the stub');
  });
});
