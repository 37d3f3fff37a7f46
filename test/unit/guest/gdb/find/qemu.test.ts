import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Miss, type Candidate } from '../../../../../adapter/guest/gdb/find/candidate.ts';
import { candidateOfMtree } from '../../../../../adapter/guest/gdb/find/qemu/from-mtree.ts';
import { readMtree } from '../../../../../adapter/guest/gdb/find/qemu/mtree.ts';
import { gicsOf, isQtree, readQtree } from '../../../../../adapter/guest/gdb/find/qemu/qtree.ts';
import { qemuTarget } from '../../../../../adapter/guest/gdb/find/qemu/target.ts';
import { FakeProbe, machine, recorded, type Command } from './fixtures.ts';

function candidate(name: string, command: Command = 'mtree-f'): Candidate {
  return candidateOfMtree(readMtree(recorded(name, command)), 'test');
}

/** GICD, GICC, GICH, GICV; then the redistributors' regions, then ITSs. */
type Addresses = readonly [
  version: 'v2' | 'v3',
  frames: readonly [number, number | null, number | null, number | null],
  regions?: readonly (readonly [number, number])[],
  its?: readonly number[],
];

const MACHINES: Readonly<Record<string, Addresses>> = {
  'virt-v2-1': ['v2', [0x800_0000, 0x801_0000, null, null]],
  'virt-v2-2': ['v2', [0x800_0000, 0x801_0000, null, null]],
  'virt-v2-secure': ['v2', [0x800_0000, 0x801_0000, 0x803_0000, 0x804_0000]],
  'virt-v3-4': ['v3', [0x800_0000, null, null, null], [[0x80a_0000, 0x8_0000]], [0x808_0000]],
  'virt-v3-secure': ['v3', [0x800_0000, null, null, null], [[0x80a_0000, 0x4_0000]], [0x808_0000]],
  'virt-v4-2': ['v3', [0x800_0000, null, null, null], [[0x80a_0000, 0x8_0000]], [0x808_0000]],
  'virt-v3-160': [
    'v3',
    [0x800_0000, null, null, null],
    [
      [0x80a_0000, 0xf6_0000],
      [0x40_0000_0000, 0x4a_0000],
    ],
    [0x808_0000],
  ],
  // Pages of both frames repeated: the CPU interface is where the second page follows the first.
  zcu102: ['v2', [0xf901_0000, 0xf902_f000, null, null]],
  // Only the CPUs' own address space has it.
  versal: ['v3', [0xf900_0000, null, null, null], [[0xf908_0000, 0x4_0000]]],
  'sbsa-4': ['v3', [0x4006_0000, null, null, null], [[0x4008_0000, 0x8_0000]]],
  'vexpress-a9-1': ['v2', [0x1e00_1000, 0x1e00_0100, null, null]],
  'vexpress-a15': ['v2', [0x2c00_1000, 0x2c00_2000, 0x2c00_4000, 0x2c00_6000]],
  mcimx7: ['v2', [0x3100_1000, 0x3100_2000, 0x3100_4000, 0x3100_6000]],
  highbank: ['v2', [0xfff1_1000, 0xfff1_0100, null, null]],
};

describe('QEMU’s memory tree', () => {
  for (const [name, [version, frames, regions = [], its = []]] of Object.entries(MACHINES)) {
    for (const command of ['mtree-f', 'mtree'] as const) {
      it(`${name}, ${command}`, () => {
        const found = candidate(name, command);
        assert.equal(found.version, version);
        assert.deepEqual(
          [
            found.distributor,
            found.cpuInterface?.base ?? null,
            found.hypervisorInterface,
            found.virtualCpuInterface,
          ].map((base) => base?.toString(16)),
          frames.map((base) => base?.toString(16)),
        );
        assert.deepEqual(
          found.redistributors.map(({ base, size }) => [base, size]),
          regions,
        );
        assert.deepEqual(found.its, its);
      });
    }
  }

  it('of a machine without a GIC has none', () => {
    for (const command of ['mtree-f', 'mtree'] as const) {
      assert.throws(() => candidate('raspi3b', command), new Miss('no address space of the memory tree has a GIC'));
    }
  });

  it('of a machine with several does not choose', () => {
    for (const command of ['mtree-f', 'mtree'] as const) {
      assert.throws(
        () => candidate('realview-eb-mpcore', command),
        /5 controllers \(distributors at 0x10041000, .*0x10101000\)/,
      );
    }
  });

  it('prefers the view of the first CPU to other masters’', () => {
    const view = (space: string, base: string): string =>
      `FlatView #0\n AS "${space}", root: x\n Root memory region: x\n  ${base}0000-${base}0fff (prio 0, i/o): gic_dist\n  ${base}2000-${base}3fff (prio 0, i/o): gic_cpu\n\n`;
    const text = view('dma', '000000001000') + view('cpu-memory-1', '000000002000') + view('memory', '000000003000');
    assert.equal(candidateOfMtree(readMtree(text), '').distributor, 0x3000_0000);
    assert.equal(candidateOfMtree(readMtree(text + view('cpu-memory-0', '000000004000')), '').distributor, 0x4000_0000);
    assert.throws(() => candidateOfMtree(readMtree(view('dma', '000000001000')), ''), Miss);
  });

  it('leaves out what is disabled, and what is cut off', () => {
    const text = recorded('virt-v2-1', 'mtree-f');
    assert.throws(
      () => candidateOfMtree(readMtree(text.replace('i/o): gic_dist', 'i/o): gic_dist [disabled]')), ''),
      Miss,
    );
    assert.throws(() => candidateOfMtree(readMtree(text.slice(0, text.indexOf('gic_cpu'))), ''), /no gic_cpu/);
    assert.deepEqual(readMtree("invalid command name 'info'\n"), []);
  });

  it('reads lines that end in CR LF', () => {
    const text = recorded('virt-v3-4', 'mtree-f').replaceAll('\n', '\r\n');
    assert.deepEqual(candidateOfMtree(readMtree(text), 'test'), candidate('virt-v3-4'));
  });
});

describe('QEMU’s device tree', () => {
  const QTREES: Readonly<
    Record<string, readonly (readonly [string, number, number, number, boolean, number | null])[]>
  > = {
    'virt-v2-1': [['arm_gic', 1, 288, 2, false, 0x800_0000]],
    'virt-v2-2': [['arm_gic', 2, 288, 2, false, 0x800_0000]],
    'virt-v2-secure': [['arm_gic', 1, 288, 2, true, 0x800_0000]],
    'virt-v3-4': [['arm-gicv3', 4, 288, 3, false, 0x800_0000]],
    'virt-v3-160': [['arm-gicv3', 160, 288, 3, false, 0x800_0000]],
    'virt-v4-2': [['arm-gicv3', 2, 288, 4, false, 0x800_0000]],
    zcu102: [['arm_gic', 4, 192, 2, false, null]],
    versal: [['arm-gicv3', 2, 224, 3, true, null]],
    'sbsa-4': [['arm-gicv3', 4, 288, 3, true, 0x4006_0000]],
    'vexpress-a15': [['arm_gic', 2, 160, 2, true, null]],
    'vexpress-a9-1': [['arm_gic', 1, 96, 1, true, null]],
    raspi3b: [],
  };
  for (const [name, gics] of Object.entries(QTREES)) {
    it(name, () => {
      const text = recorded(name, 'qtree');
      assert.ok(isQtree(text));
      assert.deepEqual(
        gicsOf(readQtree(text)).map((gic) => [
          gic.type,
          gic.cpus,
          gic.irqs,
          gic.revision,
          gic.securityExtension,
          gic.distributor,
        ]),
        gics,
      );
    });
  }

  it('counts the controllers of a board with several', () => {
    const gics = gicsOf(readQtree(recorded('realview-eb-mpcore', 'qtree')));
    assert.deepEqual(
      gics.map(({ revision, cpus }) => [revision, cpus]),
      [
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
        [0, 1],
      ],
    );
  });

  it('keeps a device’s properties apart from its children’s', () => {
    const devices = readQtree(recorded('virt-v3-4', 'qtree'));
    const gic = devices.find(({ type }) => type === 'arm-gicv3');
    assert.ok(gic);
    assert.equal(gic.properties.get('has-lpi'), 'true');
    assert.deepEqual(gic.mmio, [
      { base: 0x800_0000, size: 0x1_0000 },
      { base: 0x80a_0000, size: 0x8_0000 },
    ]);
    assert.equal(devices.filter(({ type }) => type === 'virtio-mmio').length, 32);
  });
});

describe('whether reading a register ends QEMU', () => {
  const kills = async (name: string, threads: number): Promise<boolean> =>
    (await qemuTarget(machine(name, { threads })))?.plainReadsKillBecause !== null;

  it('does with a GICv2 of several CPUs, and with nothing else', async () => {
    assert.equal(await kills('virt-v2-2', 2), true);
    assert.equal(await kills('zcu102', 4), true);
    assert.equal(await kills('vexpress-a15', 2), true);
    assert.equal(await kills('virt-v2-1', 1), false);
    assert.equal(await kills('virt-v3-4', 4), false);
    assert.equal(await kills('virt-v3-160', 160), false);
  });

  it('goes by the threads where num-cpu is not there', async () => {
    const text = recorded('virt-v2-2', 'qtree').replace(/ +num-cpu = .*\n/, '');
    const target = (threads: number): FakeProbe => new FakeProbe({ threads, monitor: () => text });
    assert.match((await qemuTarget(target(2)))?.plainReadsKillBecause ?? '', /arm_gic of 2 CPUs/);
    assert.equal((await qemuTarget(target(1)))?.plainReadsKillBecause, null);
    // Cut off before the GIC.
    const cut = text.slice(0, text.indexOf('dev: arm_gic'));
    const probe = new FakeProbe({ threads: 2, monitor: () => cut });
    assert.match((await qemuTarget(probe))?.plainReadsKillBecause ?? '', /names no GIC/);
  });

  it('is not asked of what is not QEMU', async () => {
    assert.equal(await qemuTarget(new FakeProbe({ threads: 4, monitor: null })), null);
    assert.equal(await qemuTarget(new FakeProbe({ threads: 4, monitor: () => 'invalid command name "info"\n' })), null);
  });
});
