import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { find } from '../../../../../adapter/guest/gdb/find/find.ts';
import type { Wishes } from '../../../../../adapter/guest/gdb/find/wishes.ts';
import { FakeProbe, gicV2, gicV3, machine, recorded, recordedTree, refusal, typer } from './fixtures.ts';

/** What users are told of recorded machines. BLESS=1 rewrites it; read the difference before committing. */
const GOLDEN = 'test/data/gdb/found.golden.txt';

/** Registers whose read changes something: GICC_IAR and GICC_AIAR of every machine here. */
function assertHarmless(probe: FakeProbe, gicc: number | null): void {
  for (const read of probe.reads) {
    const address = Number(read.split(' ')[0]);
    assert.ok(gicc === null || ![0xc, 0x20].includes(address - gicc), `${read} acknowledges an interrupt`);
  }
}

const MACHINES: readonly (readonly [string, number])[] = [
  ['virt-v2-1', 1],
  ['virt-v2-2', 2],
  ['virt-v2-secure', 1],
  ['virt-v3-4', 4],
  ['virt-v3-160', 160],
  ['virt-v4-2', 2],
  ['zcu102', 4],
  ['versal', 2],
  ['sbsa-4', 4],
  ['vexpress-a9-1', 1],
];

describe('finding the controller of a recorded machine', () => {
  it('says what was found and how', async () => {
    const texts: string[] = [];
    for (const [name, threads] of MACHINES) {
      const probe = machine(name, { threads });
      const found = await find(probe);
      assertHarmless(probe, found.cpuInterface);
      assert.equal(found.foundBy, 'QEMU');
      texts.push(`${name}\n${found.how.map((sentence) => `  ${sentence}\n`).join('')}`);
    }
    for (const [name, threads] of [
      ['raspi3b', 4],
      ['realview-eb-mpcore', 1],
    ] as const) {
      const error = await refusal(find(machine(name, { threads })));
      texts.push(`${name}\n${error.message.replaceAll(/^/gm, '  ')}\n`);
    }
    const text = texts.join('\n');
    if (process.env['BLESS'] === '1') writeFileSync(GOLDEN, text);
    assert.ok(existsSync(GOLDEN), `${GOLDEN} is missing: BLESS=1 writes it`);
    assert.equal(text, readFileSync(GOLDEN, 'utf8'));
  });

  it('reads no register of a GICv2 with several CPUs, by whatever source', async () => {
    const blob = recordedTree('virt-v2-2');
    const sources: readonly Wishes[] = [
      {},
      { deviceTree: { name: 'virt.dtb', blob } },
      { deviceTreeAddress: 0x4000_0000 },
      { distributor: 0x800_0000, cpuInterface: 0x801_0000 },
      { distributor: 0x800_0000 },
      { distributor: 0x800_0000, version: 'v2', cpuInterface: 0x801_0000, cpus: 2, spis: 256 },
      { board: 'qemu-virt-v2' },
    ];
    for (const wishes of sources) {
      const probe = machine('virt-v2-2', { threads: 2, memory: { base: 0x4000_0000, bytes: blob } });
      const found = await find(probe, wishes);
      assert.deepEqual(probe.reads, [], JSON.stringify(wishes));
      assert.equal(found.plainReadsKill, true);
      assert.match(found.plainReadsKillBecause ?? '', /arm_gic of 2 CPUs: QEMU crashes/);
      assert.deepEqual([found.cpus, found.spis, found.cpuInterface], [2, 256, 0x801_0000]);
    }
  });

  it('does not read it as a GICv3 either', async () => {
    const probe = machine('virt-v2-2', { threads: 2 });
    const wishes = { distributor: 0x800_0000, redistributors: [{ base: 0x80a_0000 }] };
    const error = await refusal(find(probe, wishes));
    assert.match(error.message, /says GICv3, but QEMU has arm_gic: nothing was read/);
    assert.deepEqual(probe.reads, []);
    await refusal(find(probe, { board: 'qemu-virt-v3' }));
    assert.deepEqual(probe.reads, []);
    // Not even where the device tree is cut off before its GIC.
    const text = recorded('virt-v2-2', 'qtree');
    const cut = text.slice(0, text.indexOf('dev: arm_gic'));
    const short = new FakeProbe({
      threads: 2,
      monitor: (command) => (command === 'info qtree' ? cut : recorded('virt-v2-2', 'mtree-f')),
    });
    await refusal(find(short, { deviceTree: { name: 'wrong.dtb', blob: recordedTree('virt-v3-4') } }));
    assert.deepEqual(short.reads, []);
  });

  it('asks for cpus and spis where QEMU does not say them', async () => {
    const text = recorded('virt-v2-2', 'qtree').replace(/ +num-irq = .*\n/, '');
    const monitor = (command: string): string => (command === 'info qtree' ? text : recorded('virt-v2-2', 'mtree-f'));
    const probe = new FakeProbe({ threads: 2, monitor });
    const error = await refusal(find(probe, { distributor: 0x800_0000 }));
    assert.match(error.message, /does not say how large it is\. Name cpus and spis in the launch configuration/);
    assert.equal((await find(probe, { spis: 64 })).spis, 64);
    assert.deepEqual(probe.reads, []);
  });

  it('is not possible where it is in the kernel', async () => {
    const text = recorded('virt-v3-4', 'qtree').replace('dev: arm-gicv3,', 'dev: kvm-arm-gicv3,');
    const error = await refusal(find(new FakeProbe({ threads: 4, monitor: () => text })));
    assert.match(error.message, /QEMU has kvm-arm-gicv3: the controller is in the host's kernel.*-accel tcg/);
  });

  it('falls back to the nested memory tree', async () => {
    const flat = machine('virt-v3-4', { threads: 4 });
    const old = machine('virt-v3-4', {
      threads: 4,
      monitor: (command) =>
        command === 'info mtree -f'
          ? 'mtree: extraneous characters\n'
          : recorded('virt-v3-4', command === 'info qtree' ? 'qtree' : 'mtree'),
    });
    const [one, other] = [await find(flat), await find(old)];
    assert.equal(other.how[0], "GICv3 distributor at 0x8000000: QEMU's memory tree (info mtree)");
    assert.deepEqual({ ...other, how: [] }, { ...one, how: [] });
  });
});

describe('what the user says', () => {
  const hardware = (): FakeProbe =>
    new FakeProbe({
      registers: gicV3(0xfee0_0000, [
        [0xfef0_0000, typer(0, 0)],
        [0xfef2_0000, typer(0x100, 1, true)],
      ]),
      threads: 2,
    });

  it('comes first, and needs nothing else', async () => {
    const probe = hardware();
    const found = await find(probe, {
      distributor: 0xfee0_0000,
      redistributors: [{ base: 0xfef0_0000, size: 0xc_0000 }],
      its: [0xfee2_0000],
      cpus: 6,
    });
    assert.deepEqual(found.how, [
      'GICv3 distributor at 0xfee00000: the launch configuration',
      'Arm GIC-600 (GICD_IIDR 0x0201743b, variant 1, revision 7)',
      '2 CPUs, 224 SPIs, two Security states',
      '2 redistributors at 0xfef00000, affinities 0.0.0.0 to 0.0.1.0',
      'ITS at 0xfee20000',
      'The launch configuration says 6 CPUs; there are 2 redistributors',
    ]);
    assert.deepEqual(probe.commands, ['info qtree']);
    assert.deepEqual(probe.reads, [
      '0xfee0ffe8 4',
      '0xfee00004 4',
      '0xfee00008 4',
      '0xfef00008 8',
      '0xfef0ffe8 4',
      '0xfef20008 8',
    ]);
  });

  it('names a board', async () => {
    const found = await find(hardware(), { board: 'rk3399' });
    assert.equal(found.foundBy, 'board');
    assert.equal(
      found.how[0],
      'GICv3 distributor at 0xfee00000: the board rk3399, Rockchip RK3399 (Linux arch/arm64/boot/dts/rockchip/rk3399-base.dtsi)',
    );
    assert.deepEqual([found.cpuInterface, found.its], [0xfff0_0000, [0xfee2_0000]]);
    const error = await refusal(find(hardware(), { board: 'bcm2711' }));
    assert.equal(error.place, 'GICD_PIDR2 at 0xff841fe8');
    assert.deepEqual(error.attempts, []);
  });

  it('that is wrong is said, and nothing else tried', async () => {
    const probe = machine('virt-v3-4', { threads: 4, elsewhere: 0n });
    const error = await refusal(
      find(probe, { distributor: 0x900_0000, version: 'v3', redistributors: [{ base: 0x80a_0000 }] }),
    );
    assert.equal(error.place, 'GICD_PIDR2 at 0x900ffe8');
    assert.deepEqual(probe.commands, ['info qtree']);
    assert.equal(probe.reads.length, 1);
  });

  it('is completed by what else is known of that distributor', async () => {
    const found = await find(machine('virt-v3-4', { threads: 4 }), { distributor: 0x800_0000 });
    assert.equal(found.foundBy, 'configuration');
    assert.equal(found.redistributors.length, 4);
    const error = await refusal(find(hardware(), { distributor: 0xfee0_0000 }));
    assert.match(
      error.message,
      /^GICv3 distributor at 0xfee00000, but the launch configuration names no redistributors/,
    );
  });

  it('wins over a source it completes', async () => {
    const registers = gicV2(0xf901_0000, 0xf902_f000);
    const probe = new FakeProbe({ registers, threads: 2 });
    const found = await find(probe, { board: 'zynqmp', cpuInterface: 0xf902_f000, cpus: 2 });
    assert.deepEqual([found.cpuInterface, found.cpus], [0xf902_f000, 2]);
    assert.ok(found.how.includes('CPU interface at 0xf902f000: the launch configuration'));
  });

  const REFUSED: readonly (readonly [Wishes, RegExp])[] = [
    [{ distributor: 0x800_0010 }, /distributor: 0x8000010 is not a multiple of 0x1000/],
    [{ distributor: 0x800_1000, version: 'v3' }, /distributor: 0x8001000 is not a multiple of 0x10000/],
    [{ distributor: -4096 }, /distributor: -4096 is no physical address/],
    [{ distributor: 2 ** 53 }, /is no physical address/],
    [{ distributor: Number.NaN }, /NaN is no physical address/],
    [{ cpuInterface: 0x1e00_0110 }, /cpuInterface: 0x1e000110 is not a multiple of 0x100/],
    [{ redistributors: [{ base: 0x1000 }] }, /redistributors\[0\]: 0x1000 is not a multiple of 0x10000/],
    [{ redistributors: [{ base: 0, size: 0x1_0000 }] }, /redistributors\[0\]: a size of 65536 bytes/],
    [{ redistributors: [{ base: 0, stride: 0x3_0001 }] }, /redistributors\[0\]: a stride of 196609 bytes/],
    [
      { redistributors: [{ base: 0, size: 0x4_0000 }, { base: 0x2_0000 }] },
      /redistributors\[1\]: 0x20000 is where redistributors\[0\] is/,
    ],
    [{ distributor: 0x800_0000, cpuInterface: 0x800_0000 }, /cpuInterface: 0x8000000 is where distributor is/],
    [{ version: 'v2', redistributors: [{ base: 0 }] }, /redistributors: a GICv2 has none/],
    [{ version: 'v2', its: [0] }, /its: a GICv2 has none/],
    [{ version: 'v2', cpus: 9 }, /cpus: 9 is not 1 to 8/],
    [{ cpus: 0 }, /cpus: 0 is not 1 to 512/],
    [{ spis: 989 }, /spis: 989 is not 0 to 988/],
    [{ board: 'toaster' }, /board: "toaster" is not known: qemu-virt-v2, /],
    [{ deviceTreeAddress: 4 }, /deviceTreeAddress: 0x4 is not a multiple of 0x8/],
  ];
  for (const [wishes, message] of REFUSED) {
    it(`${JSON.stringify(wishes)} is refused before anything is asked`, async () => {
      const probe = machine('virt-v3-4');
      const error = await refusal(find(probe, wishes));
      assert.match(error.message, message);
      assert.ok(error.message.startsWith('launch configuration, '));
      assert.deepEqual([probe.commands, probe.reads], [[], []]);
    });
  }
});

describe('device trees', () => {
  it('that are given come before what QEMU says', async () => {
    const blob = recordedTree('virt-v3-4');
    const found = await find(machine('virt-v3-4', { threads: 4 }), { deviceTree: { name: 'virt.dtb', blob } });
    assert.equal(found.foundBy, 'device tree');
    assert.equal(found.how[0], 'GICv3 distributor at 0x8000000: the device tree virt.dtb (/intc@8000000, arm,gic-v3)');
  });

  it('that are no help are passed over, which is told', async () => {
    const blob = recordedTree('sbsa');
    const found = await find(machine('sbsa-4', { threads: 4 }), { deviceTree: { name: 'sbsa.dtb', blob } });
    assert.equal(found.foundBy, 'QEMU');
    assert.equal(found.how.at(-1), 'Passed over device tree sbsa.dtb: the tree has no GIC');
  });

  it('in memory are looked for where QEMU has RAM, and only there', async () => {
    // The memory tree is of a board with five controllers; the tree in memory says which.
    const ram = '    0000000040000000-0000000047ffffff (prio 0, ram): mach-virt.ram\n';
    const mtree = recorded('realview-eb-mpcore', 'mtree-f').replace(/(Root memory region: system\n)/, `$1${ram}`);
    const probe = machine('virt-v3-4', {
      threads: 4,
      memory: { base: 0x4000_0000, bytes: recordedTree('virt-v3-4') },
      monitor: (command) => (command === 'info qtree' ? recorded('virt-v3-4', 'qtree') : mtree),
    });
    const found = await find(probe);
    assert.equal(found.foundBy, 'device tree');
    assert.match(found.how.at(-1) ?? '', /^Passed over QEMU's memory tree: the memory tree has 5 controllers/);
    assert.ok(probe.memoryReads.every(({ address }) => address === 0x4000_0000));
  });

  it('in the memory of hardware are looked for on request', async () => {
    const target = {
      registers: gicV3(0x800_0000, [[0x80a_0000, typer(0, 0, true)]]),
      memory: { base: 0x4800_0000, bytes: recordedTree('virt-v3-4') },
    };
    const shy = new FakeProbe(target);
    const error = await refusal(find(shy));
    assert.deepEqual([shy.reads, shy.memoryReads], [[], []]);
    assert.equal(
      error.message,
      "no interrupt controller was found\n  QEMU's memory tree: the stub has no monitor\n" +
        'Name the addresses of the frames in the launch configuration, or a device tree, or the board',
    );
    const found = await find(new FakeProbe(target), { searchMemory: true });
    assert.match(found.how[0] ?? '', /the device tree at 0x48000000/);
    assert.ok(found.how.includes('The device tree has 4 CPUs, the controller serves 1'));
    assert.ok(found.how.some((text) => /CPU 0\.0\.0\.1, 0\.0\.0\.2, 0\.0\.0\.3$/.test(text)));
  });

  it('whose addresses do not answer are errors of that source', async () => {
    const blob = recordedTree('virt-v3-4');
    const error = await refusal(find(new FakeProbe({ elsewhere: 0n }), { deviceTree: { name: 'a.dtb', blob } }));
    assert.equal(error.attempts.length, 2);
    assert.match(error.message, /device tree a\.dtb: GICD_PIDR2 at 0x800ffe8 reads 0x00000000: no GICv3 distributor/);
  });
});

describe('a lost connection', () => {
  it('is passed on as it is', async () => {
    const lost = new Error('gone');
    const probe = machine('virt-v3-4');
    probe.read = () => Promise.reject(lost);
    await assert.rejects(find(probe), lost);
  });
});
