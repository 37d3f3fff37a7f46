import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cells,
  node,
  strings,
  writeFdt,
  type FdtNode,
  type FdtProperty,
} from '../../../../../adapter/guest/device-tree/fdt.ts';
import { Miss, type Candidate } from '../../../../../adapter/guest/gdb/find/candidate.ts';
import { GIC_COMPATIBLES } from '../../../../../adapter/guest/gdb/find/device-tree/compatibles.ts';
import { candidateOfTree } from '../../../../../adapter/guest/gdb/find/device-tree/from-tree.ts';
import { recordedTree } from './fixtures.ts';

const GIC = 1;
const OTHER = 2;

function root(properties: readonly FdtProperty[], children: readonly FdtNode[]): Uint8Array {
  return writeFdt({ root: node('', properties, children), reservations: [], bootCpu: 0 });
}

/** A tree of 2 + 2 cells whose interrupts go to phandle 1. */
function tree(...children: readonly FdtNode[]): Uint8Array {
  return root([cells('#address-cells', 2), cells('#size-cells', 2), cells('interrupt-parent', GIC)], children);
}

function gic(compatible: string, reg: readonly number[], ...more: readonly FdtProperty[]): FdtNode {
  return node('gic@1', [strings('compatible', compatible), cells('reg', ...reg), cells('phandle', GIC), ...more]);
}

const V2_REG = [0, 0x1000_0000, 0, 0x1000, 0, 0x1000_2000, 0, 0x2000];
const V3_REG = [0, 0x1000_0000, 0, 0x1_0000, 0, 0x1010_0000, 0, 0x20_0000];

function read(blob: Uint8Array): Candidate {
  return candidateOfTree(blob, 'the tree');
}

function misses(blob: Uint8Array, message: RegExp): void {
  assert.throws(
    () => read(blob),
    (error) => {
      assert.ok(error instanceof Miss, String(error));
      assert.match(error.message, message);
      return true;
    },
  );
}

describe('the controller of QEMU’s own trees', () => {
  it('virt, GICv2 with two CPUs', () => {
    const found = read(recordedTree('virt-v2-2'));
    assert.equal(found.origin, 'the tree (/intc@8000000, arm,cortex-a15-gic)');
    assert.deepEqual(
      [found.version, found.distributor, found.cpuInterface],
      ['v2', 0x800_0000, { base: 0x801_0000, size: 0x1_0000 }],
    );
    assert.deepEqual(found.affinities, [0, 1]);
    assert.deepEqual(found.notes, [
      '/intc@8000000/v2m@8020000: MSIs become SPIs there (GICv2m), no controller of its own',
    ]);
  });

  it('virt, GICv2 with virtualisation', () => {
    const found = read(recordedTree('virt-v2-secure'));
    assert.deepEqual([found.hypervisorInterface, found.virtualCpuInterface], [0x803_0000, 0x804_0000]);
  });

  it('virt, GICv3 with ITS', () => {
    const found = read(recordedTree('virt-v3-4'));
    assert.deepEqual([found.version, found.distributor, found.cpuInterface], ['v3', 0x800_0000, null]);
    assert.deepEqual(found.redistributors, [{ base: 0x80a_0000, size: 0xf6_0000, stride: null }]);
    assert.deepEqual(found.its, [0x808_0000]);
    assert.deepEqual(found.notes, []);
  });

  it('virt, GICv3 with redistributors in two regions', () => {
    const found = read(recordedTree('virt-v3-160'));
    assert.deepEqual(found.redistributors, [
      { base: 0x80a_0000, size: 0xf6_0000, stride: null },
      { base: 0x40_0000_0000, size: 0x400_0000, stride: null },
    ]);
    assert.equal(found.affinities?.length, 160);
    assert.deepEqual(found.affinities.slice(14, 18), [14, 15, 0x100, 0x101]);
  });

  it('Versal', () => {
    const found = read(recordedTree('versal'));
    assert.deepEqual([found.distributor, found.redistributors[0]?.base], [0xf900_0000, 0xf908_0000]);
  });

  it('sbsa-ref describes none', () => misses(recordedTree('sbsa'), /^the tree has no GIC$/));
});

describe('reg', () => {
  it('counts cells as the parent says', () => {
    const found = read(
      root(
        [cells('#address-cells', 1), cells('#size-cells', 1)],
        [gic('arm,gic-400', [0x1000, 0x1000, 0x2000, 0x2000, 0x4000, 0x2000, 0x6000, 0x2000])],
      ),
    );
    assert.deepEqual(
      [found.distributor, found.cpuInterface, found.hypervisorInterface, found.virtualCpuInterface],
      [0x1000, { base: 0x2000, size: 0x2000 }, 0x4000, 0x6000],
    );
  });

  it('takes 2 + 1 cells where the parent does not say', () => {
    const found = read(root([], [gic('arm,gic-400', [1, 0x1000, 0x1000, 1, 0x2000, 0x2000])]));
    assert.deepEqual([found.distributor, found.cpuInterface?.base], [0x1_0000_1000, 0x1_0000_2000]);
  });

  it('is translated by the ranges of all buses above', () => {
    // As on the BCM2711 and behind another bus: 0x40041000 is 0xff841000 to the CPUs.
    const inner = node(
      'bus',
      [
        cells('#address-cells', 1),
        cells('#size-cells', 1),
        cells('ranges', 0x7c00_0000, 0x7e00_0000, 0x10_0000, 0x4000_0000, 0x6000_0000, 0x80_0000),
      ],
      [gic('arm,gic-400', [0x4004_1000, 0x1000, 0x4004_2000, 0x2000])],
    );
    const outer = node(
      'soc',
      [cells('#address-cells', 1), cells('#size-cells', 1), cells('ranges', 0x6000_0000, 0x10, 0xff80_0000, 0x80_0000)],
      [inner],
    );
    const found = read(root([cells('#address-cells', 2), cells('#size-cells', 1)], [outer]));
    assert.equal(found.distributor, 0x10_ff84_1000);
    assert.equal(found.origin, 'the tree (/soc/bus/gic@1, arm,gic-400)');
  });

  it('of an ITS is translated through the controller', () => {
    const its = (name: string, base: number, ...more: readonly FdtProperty[]): FdtNode =>
      node(name, [strings('compatible', 'arm,gic-v3-its'), cells('reg', base, 0x2_0000), ...more]);
    const controller = {
      ...gic(
        'arm,gic-v3',
        V3_REG,
        cells('#address-cells', 1),
        cells('#size-cells', 1),
        cells('ranges', 0, 0, 0x1002_0000, 0x10_0000),
      ),
      children: [
        its('its@0', 0),
        its('its@20000', 0x2_0000),
        its('its@40000', 0x4_0000, strings('status', 'disabled')),
      ],
    };
    assert.deepEqual(read(tree(controller)).its, [0x1002_0000, 0x1004_0000]);
  });

  it('has redistributor regions, a stride and the frames of the CPU interface behind', () => {
    const found = read(
      tree(
        gic(
          'arm,gic-v3',
          [
            ...V3_REG,
            0,
            0x2000_0000,
            0,
            0x10_0000,
            0,
            0x3000_0000,
            0,
            0x2000,
            0,
            0x3001_0000,
            0,
            0x2000,
            0,
            0x3002_0000,
            0,
            0x2000,
          ],
          cells('#redistributor-regions', 2),
          cells('redistributor-stride', 0, 0x4_0000),
        ),
      ),
    );
    assert.deepEqual(found.redistributors, [
      { base: 0x1010_0000, size: 0x20_0000, stride: 0x4_0000 },
      { base: 0x2000_0000, size: 0x10_0000, stride: 0x4_0000 },
    ]);
    assert.deepEqual(
      [found.cpuInterface?.base, found.hypervisorInterface, found.virtualCpuInterface],
      [0x3000_0000, 0x3001_0000, 0x3002_0000],
    );
  });

  const BROKEN: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['absent', tree(node('gic@1', [strings('compatible', 'arm,gic-400')])), /\/gic@1 has no reg/],
    ['cut off', tree(gic('arm,gic-400', V2_REG.slice(0, 7))), /reg has 7 cells, which are no entries of 2 \+ 2 cells/],
    [
      'of odd bytes',
      tree(node('gic@1', [strings('compatible', 'arm,gic-400'), { name: 'reg', value: new Uint8Array(15) }])),
      /reg has 15 bytes, which are no whole cells/,
    ],
    ['of a distributor alone', tree(gic('arm,gic-400', V2_REG.slice(0, 4))), /no CPU interface/],
    ['without redistributors', tree(gic('arm,gic-v3', V3_REG.slice(0, 4))), /too few for 1 redistributor region/],
    [
      'with too few regions',
      tree(gic('arm,gic-v3', V3_REG, cells('#redistributor-regions', 4096))),
      /2 entries, too few for 4096 redistributor regions/,
    ],
    ['of no bytes', tree(gic('arm,gic-400', [0, 0x1000, 0, 0])), /an entry of 0x0 bytes/],
    ['beyond 52 bits', tree(gic('arm,gic-400', [0x10_0000, 0, 0, 0x1000])), /0x10000000000000 is no physical address/],
    [
      'in cells of odd numbers',
      root([cells('#address-cells', 9), cells('#size-cells', 1)], [gic('arm,gic-400', V2_REG)]),
      /#address-cells 9 and #size-cells 1 are not of this world/,
    ],
    [
      'without cells',
      root([cells('#address-cells', 0), cells('#size-cells', 0)], [gic('arm,gic-400', V2_REG)]),
      /no entries of 0 \+ 0 cells/,
    ],
    [
      'with a stride of half a frame',
      tree(gic('arm,gic-v3', V3_REG, cells('redistributor-stride', 0x8000))),
      /redistributor-stride 0x8000/,
    ],
    [
      'on a bus without ranges',
      tree(node('i2c', [cells('#address-cells', 2), cells('#size-cells', 2)], [gic('arm,gic-400', V2_REG)])),
      /\/i2c has no ranges, so 0x10000000 is no address of the CPUs'/,
    ],
    [
      'outside the ranges',
      tree(
        node(
          'bus',
          [cells('#address-cells', 2), cells('#size-cells', 2), cells('ranges', 0, 0, 0, 0, 0, 0x1000)],
          [gic('arm,gic-400', V2_REG)],
        ),
      ),
      /0x10000000 is in none of the ranges of \/bus/,
    ],
    [
      'on a bus with ranges cut off',
      tree(
        node(
          'bus',
          [cells('#address-cells', 2), cells('#size-cells', 2), cells('ranges', 0, 0, 0, 0)],
          [gic('arm,gic-400', V2_REG)],
        ),
      ),
      /ranges has 4 cells, which are no entries of 6 cells/,
    ],
  ];
  for (const [what, blob, message] of BROKEN) it(`${what}: an error that says so`, () => misses(blob, message));
});

describe('the root controller', () => {
  it('is known by every compatible string, also as the second of a node', () => {
    for (const [compatible, { version, secondary }] of GIC_COMPATIBLES) {
      const blob = tree(gic(compatible, version === 'v2' ? V2_REG : V3_REG));
      if (secondary) misses(blob, /none is what CPUs are wired to/);
      else assert.equal(read(blob).version, version, compatible);
    }
    const second = tree(node('gic@1', [strings('compatible', 'vendor,own', 'arm,gic-400'), cells('reg', ...V2_REG)]));
    assert.equal(read(second).version, 'v2');
  });

  const wired = [cells('interrupts', 0, 1, 4)];
  const second = (name: string, ...more: readonly FdtProperty[]): FdtNode =>
    node(name, [
      strings('compatible', 'arm,gic-400'),
      cells('reg', 0, 0x2000_0000, 0, 0x1000, 0, 0x2000_2000, 0, 0x2000),
      cells('phandle', OTHER),
      ...more,
    ]);

  it('is the one that others are behind, wherever it stands', () => {
    for (const order of [0, 1]) {
      const nodes = [second('other@2', ...wired), gic('arm,gic-400', V2_REG, cells('interrupt-parent', GIC), ...wired)];
      const found = read(tree(...(order === 0 ? nodes : nodes.reverse())));
      assert.equal(found.distributor, 0x1000_0000);
      assert.deepEqual(found.notes, ['/other@2 (arm,gic-400) is behind /gic@1: a secondary controller, not shown']);
    }
  });

  it('is found through a controller for wake-up between devices and GIC', () => {
    const wakeup = node('gpc@3', [cells('phandle', 3), cells('interrupt-parent', GIC)]);
    const blob = root(
      [cells('#address-cells', 2), cells('#size-cells', 2), cells('interrupt-parent', 3)],
      [second('other@2', cells('interrupt-parent', OTHER), ...wired), wakeup, gic('arm,gic-400', V2_REG, ...wired)],
    );
    const found = read(blob);
    assert.equal(found.distributor, 0x1000_0000);
    assert.deepEqual(found.notes, ['/other@2 (arm,gic-400) is another controller beside /gic@1, not shown']);
  });

  it('is none in a circle of two', () => {
    const blob = tree(
      gic('arm,gic-400', V2_REG, cells('interrupt-parent', OTHER), ...wired),
      second('other@2', cells('interrupt-parent', GIC), ...wired),
    );
    misses(blob, /behind other controllers, and none is what CPUs are wired to/);
  });

  it('is not one that is disabled, itself or by its bus', () => {
    misses(tree(gic('arm,gic-400', V2_REG, strings('status', 'disabled'))), /\/gic@1 \(arm,gic-400\): not enabled/);
    misses(tree(node('bus', [strings('status', 'disabled')], [gic('arm,gic-400', V2_REG)])), /not enabled/);
    assert.equal(read(tree(gic('arm,gic-400', V2_REG, strings('status', 'okay')))).distributor, 0x1000_0000);
  });

  it('of a GICv5 is named', () => {
    misses(tree(gic('arm,gic-v5', V3_REG)), /\/gic@1 is a GICv5, which is not supported/);
  });

  it('is none in a tree without GIC, and in what is no tree', () => {
    misses(tree(), /^the tree has no GIC$/);
    misses(new Uint8Array(100), /starts with 0x0, not with the magic number/);
    const blob = tree(gic('arm,gic-400', V2_REG));
    misses(blob.slice(0, blob.length - 8), /says \d+ bytes, but there are/);
  });
});

describe('CPUs', () => {
  const cpu = (name: string, reg: readonly number[], ...more: readonly FdtProperty[]): FdtNode =>
    node(name, [strings('device_type', 'cpu'), cells('reg', ...reg), ...more]);

  it('have the affinity their reg says, in one cell or two', () => {
    const cpus = node(
      'cpus',
      [],
      [
        cpu('cpu@0', [0]),
        cpu('cpu@1', [0x0101]),
        cpu('cpu@2', [0, 0x8100_0203]),
        cpu('cpu@3', [4, 0x0001_0000]),
        node('cpu-map', []),
        node('l2-cache', []),
      ],
    );
    const found = read(tree(cpus, gic('arm,gic-400', V2_REG)));
    assert.deepEqual(found.affinities, [0, 0x101, 0x203, 0x0401_0000]);
  });

  it('that are not enabled are told', () => {
    const cpus = node('cpus', [], [cpu('cpu@0', [0]), cpu('cpu@1', [1], strings('status', 'disabled'))]);
    const found = read(tree(cpus, gic('arm,gic-400', V2_REG)));
    assert.deepEqual([found.affinities, found.notes], [[0], ['1 CPU of the tree not enabled']]);
  });

  it('may be missing', () => assert.equal(read(tree(gic('arm,gic-400', V2_REG))).affinities, null));
});
