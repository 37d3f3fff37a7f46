import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FdtNode, FdtProperty } from '../../../../../adapter/guest/device-tree/fdt.ts';
import { cellsOf, nodeAt, readFdt, stringsOf } from '../../../../../adapter/guest/device-tree/fdt-reader.ts';
import { virtFdt, virtTree } from '../../../../../adapter/guest/simulated/board/virt-fdt.ts';
import { VirtConfigError, type VirtConfig } from '../../../../../adapter/guest/simulated/board/virt.ts';
import { dtsOf } from './dts.ts';

const MEMORY = 128 << 20;

/** In QEMU's tree and not here: no PMU, no message-signalled interrupts, no bus for hot-plugged platform devices. */
const NOT_HERE = ['pmu', 'v2m@8020000', 'its@8080000', 'platform-bus@c000000'];
/** Properties that differ for good: numbers that only link nodes, random seeds, and what belongs to NOT_HERE. */
const OTHER_VALUES = new Set([
  'phandle',
  'interrupt-parent',
  'clocks',
  'cpu',
  'gpios',
  'interrupt-map',
  'msi-map',
  'rng-seed',
  'kaslr-seed',
]);

function qemu(name: string): FdtNode {
  const url = new URL(`../../../../data/devices/qemu-virt-${name}.dtb`, import.meta.url);
  return readFdt(readFileSync(fileURLToPath(url))).root;
}

/** Children and properties by name, without what differs for good. */
function comparable(node: FdtNode): FdtNode {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  return {
    name: node.name,
    properties: node.properties.filter(({ name }) => !OTHER_VALUES.has(name)).sort(byName),
    children: node.children
      .filter(({ name }) => !NOT_HERE.includes(name))
      .map(comparable)
      .sort(byName),
  };
}

/** Every property named, with the path of its node. */
function every(node: FdtNode, name: string, path = ''): readonly (readonly [path: string, property: FdtProperty])[] {
  const own = node.properties.filter((property) => property.name === name).map((property) => [path, property] as const);
  return [...own, ...node.children.flatMap((child) => every(child, name, `${path}/${child.name}`))];
}

describe('device tree of the machine', () => {
  for (const gic of ['v2', 'v3'] as const) {
    it(`reads so for GIC${gic} and two vCPUs`, () => {
      const text = dtsOf(virtTree({ gic, vcpus: 2, memory: MEMORY, bootargs: 'console=ttyAMA0' }));
      const file = fileURLToPath(new URL(`virt-${gic}-2.dts`, import.meta.url));
      if (process.env['BLESS'] === '1') writeFileSync(file, text);
      assert.ok(existsSync(file), `${file} is missing: BLESS=1 writes it`);
      assert.equal(text, readFileSync(file, 'utf8'));
    });
  }

  for (const [name, config] of [
    ['v2-1', { gic: 'v2', vcpus: 1, memory: MEMORY }],
    ['v2-2', { gic: 'v2', vcpus: 2, memory: MEMORY }],
    ['v3-8', { gic: 'v3', vcpus: 8, memory: MEMORY }],
  ] as const satisfies readonly (readonly [string, VirtConfig])[]) {
    it(`is QEMU’s own, ${name}`, () => {
      assert.equal(dtsOf(comparable(virtTree(config))), dtsOf(comparable(qemu(name))));
    });
  }

  it('links its nodes', () => {
    for (const gic of ['v2', 'v3'] as const) {
      const root = virtTree({ gic, vcpus: 8, memory: MEMORY });
      const handles = new Map(every(root, 'phandle').map(([path]) => [cellsOf(at(root, path), 'phandle')?.[0], path]));
      assert.equal(handles.size, every(root, 'phandle').length, 'each once');
      const target = (path: string, name: string, cell = 0): string | undefined =>
        handles.get(cellsOf(at(root, path), name)?.[cell]);
      assert.equal(target('', 'interrupt-parent'), '/intc@8000000');
      assert.equal(target('/pl011@9000000', 'clocks', 1), '/apb-pclk');
      assert.equal(target('/gpio-keys/poweroff', 'gpios'), '/pl061@9030000');
      assert.equal(target('/cpus/cpu-map/socket0/cluster0/core7', 'cpu'), '/cpus/cpu@7');
      const map = cellsOf(at(root, '/pcie@10000000'), 'interrupt-map') ?? [];
      assert.equal(map.length, 16 * 10);
      for (let n = 0; n < 16; n++) assert.equal(handles.get(map[10 * n + 4]), '/intc@8000000');
    }
  });

  it('names the command line, the initial RAM disk and how PSCI is called', () => {
    const base = { gic: 'v2', vcpus: 1, memory: MEMORY } as const;
    const plain = at(virtTree(base), '/chosen').properties.map(({ name }) => name);
    assert.deepEqual(plain, ['stdout-path', 'rng-seed']);
    const root = readFdt(
      virtFdt({ ...base, bootargs: 'a=1 b', initrd: { base: 0x4400_0000, size: 0x123 }, conduit: 'smc' }),
    ).root;
    const chosen = at(root, '/chosen');
    assert.deepEqual(stringsOf(chosen, 'bootargs'), ['a=1 b']);
    assert.deepEqual(cellsOf(chosen, 'linux,initrd-start'), [0, 0x4400_0000]);
    assert.deepEqual(cellsOf(chosen, 'linux,initrd-end'), [0, 0x4400_0123]);
    assert.deepEqual(stringsOf(at(root, '/psci'), 'method'), ['smc']);
  });

  it('gives timers of a GICv2 the vCPUs there are', () => {
    const flags = (vcpus: number): number | undefined =>
      cellsOf(at(virtTree({ gic: 'v2', vcpus, memory: MEMORY }), '/timer'), 'interrupts')?.[2];
    assert.deepEqual([1, 2, 8].map(flags), [0x104, 0x304, 0xff04]);
  });

  it('refuses a machine that cannot be', () => {
    const good = { gic: 'v3', vcpus: 1, memory: MEMORY } as const;
    const refused: readonly (readonly [VirtConfig, RegExp])[] = [
      [{ ...good, vcpus: 0 }, /^0 vCPUs: this machine has 1 to 8$/],
      [{ ...good, vcpus: 9 }, /9 vCPUs/],
      [{ ...good, vcpus: 1.5 }, /1.5 vCPUs/],
      [{ ...good, memory: 15 << 20 }, /15 MB/],
      [{ ...good, memory: 4 * 2 ** 30 }, /4096 MB/],
      [{ ...good, memory: MEMORY + 1 }, /whole megabytes/],
      [{ ...good, memory: NaN }, /NaN/],
    ];
    for (const [config, message] of refused) {
      assert.throws(
        () => virtTree(config),
        (error) => error instanceof VirtConfigError && message.test(error.message),
      );
    }
  });
});

function at(root: FdtNode, path: string): FdtNode {
  const node = nodeAt(root, path);
  assert.ok(node, path);
  return node;
}
