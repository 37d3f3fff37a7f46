import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Miss } from '../../adapter/guest/gdb/find/candidate.ts';
import { candidateOfTree } from '../../adapter/guest/gdb/find/device-tree/from-tree.ts';
import { find } from '../../adapter/guest/gdb/find/find.ts';
import { FindError } from '../../adapter/guest/gdb/find/find-error.ts';
import type { Probe } from '../../adapter/guest/gdb/find/probe.ts';
import { candidateOfMtree } from '../../adapter/guest/gdb/find/qemu/from-mtree.ts';
import { readMtree } from '../../adapter/guest/gdb/find/qemu/mtree.ts';
import { gicsOf, readQtree } from '../../adapter/guest/gdb/find/qemu/qtree.ts';
import type { Wishes } from '../../adapter/guest/gdb/find/wishes.ts';
import { generator, mutateBytes } from './generator.ts';

/** Same mutations every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 2000);
/** Reads of a search that ends: 512 redistributors by a double and two words, and what identifies the rest. */
const MAX_READS = 4000;

const DATA = 'test/data/gdb';
const MACHINES = ['virt-v2-1', 'virt-v2-2', 'virt-v3-4', 'zcu102', 'versal', 'realview-eb-mpcore'];

const texts = new Map<string, string>();

function text(machine: string, command: string): string {
  const file = `${DATA}/${machine}.${command}.txt`;
  const known = texts.get(file) ?? readFileSync(file, 'latin1');
  texts.set(file, known);
  return known;
}

function blob(name: string): Uint8Array {
  const whole = gunzipSync(readFileSync(`${DATA}/${name}.dtb.gz`));
  // Without the room behind the tree, which would take most of the mutations.
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const end = Math.max(view.getUint32(8) + view.getUint32(36), view.getUint32(12) + view.getUint32(32));
  const cut = new Uint8Array(whole.subarray(0, end));
  new DataView(cut.buffer).setUint32(4, end);
  return cut;
}

const TREES = ['virt-v2-2', 'virt-v3-4', 'versal'].map(blob);

type Random = (below: number) => number;

function mutateText(original: string, random: Random): string {
  return new TextDecoder('latin1').decode(mutateBytes(new TextEncoder().encode(original), random));
}

/** Text of the pieces such trees are made of, in no order. */
function mixedText(random: Random): string {
  const lines = MACHINES.flatMap((name) =>
    random(2) === 0 ? text(name, random(2) === 0 ? 'mtree-f' : 'qtree').split('\n') : [],
  );
  return Array.from({ length: random(200) }, () => lines[random(Math.max(1, lines.length))] ?? '').join('\n');
}

function refusedBy(kind: typeof Miss | typeof FindError, round: number, action: () => void): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof kind) return true;
    assert.fail(`seed ${SEED}, round ${round}: ${String(error instanceof Error ? error.stack : error)}`);
  }
}

test('mutated device trees: a candidate or why not', () => {
  const random = generator(SEED);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = mutateBytes(TREES[round % TREES.length] ?? new Uint8Array(), random);
    if (!refusedBy(Miss, round, () => void candidateOfTree(bytes, 'x'))) accepted++;
  }
  assert.ok(accepted > ROUNDS / 50, `${accepted} of ${ROUNDS} accepted`);
});

test('arbitrary bytes as a device tree: why not', () => {
  const random = generator(SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Uint8Array.from({ length: random(300) }, () => random(256));
    // Half of them get past the magic number.
    if (random(2) === 0) bytes.set([0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, bytes.length & 0xff].slice(0, bytes.length));
    assert.ok(refusedBy(Miss, round, () => void candidateOfTree(bytes, 'x')));
  }
});

test('mutated and mixed monitor texts: a candidate or why not', () => {
  const random = generator(SEED);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const name = MACHINES[random(MACHINES.length)] ?? '';
    const mtree = random(4) === 0 ? mixedText(random) : mutateText(text(name, random(2) ? 'mtree' : 'mtree-f'), random);
    if (!refusedBy(Miss, round, () => void candidateOfMtree(readMtree(mtree), 'x'))) accepted++;
    const qtree = random(4) === 0 ? mixedText(random) : mutateText(text(name, 'qtree'), random);
    for (const gic of gicsOf(readQtree(qtree))) {
      for (const number of [gic.cpus, gic.irqs, gic.revision]) assert.ok(number === null || Number.isInteger(number));
    }
  }
  assert.ok(accepted > ROUNDS / 20, `${accepted} of ${ROUNDS} accepted`);
});

test('long lines and many regions do not hang', () => {
  const region = '  0000000008000000-0000000008000fff (prio 0, i/o): ';
  const head = 'FlatView #1\n AS "memory", root: system\n';
  for (const tail of [' '.repeat(1e6) + 'x', 'alias @'.repeat(1e5), ('gic_dist\n' + region).repeat(60_000)]) {
    refusedBy(Miss, 0, () => void candidateOfMtree(readMtree(head + region + tail), 'x'));
    readQtree(`  dev: arm_gic, id ""\n    a = ${tail}`);
  }
});

const ODD_VALUES = [0n, 1n, 0x10n, 0x12n, 0x1bn, 0x2bn, 0x3bn, 0x4bn, 0xffff_ffffn, -1n, 1n << 70n, 0x43bn];

/** A target that answers anything to anything, sometimes as a GIC would. */
function arbitraryProbe(random: Random, reads: { count: number; qtree: string }): Probe {
  const tree = TREES[random(TREES.length)] ?? new Uint8Array();
  const style = random(4);
  const monitor = random(3);
  return {
    threads: random(3) === 0 ? null : random(5),
    read: (address, length) => {
      reads.count++;
      assert.equal(address % length, 0);
      if (style === 0) return Promise.resolve(random(8) === 0 ? null : (ODD_VALUES[random(ODD_VALUES.length)] ?? 0n));
      if (style === 1) return Promise.resolve(null);
      // A GICv3 or GICv2 with redistributors that go on and on.
      const offset = address & 0xffff;
      if (offset === 0xffe8) return Promise.resolve(0x3bn);
      if (offset === 0xfe8) return Promise.resolve(style === 2 ? 0n : 0x2bn);
      if (offset === 8 && length === 8)
        return Promise.resolve((BigInt(address) << 15n) | (random(600) === 0 ? 0x10n : 0n));
      return Promise.resolve(BigInt(random(0x1_0000)));
    },
    readMemory: (_address, length) => {
      if (random(3) === 0) return Promise.resolve(null);
      const bytes = random(3) === 0 ? mutateBytes(tree, random) : tree;
      return Promise.resolve(random(8) === 0 ? bytes.slice(0, length >> 1) : bytes.slice(0, length));
    },
    monitor: (command) => {
      if (monitor === 0) return Promise.resolve(null);
      const name = MACHINES[random(MACHINES.length)] ?? '';
      const kind = command === 'info qtree' ? 'qtree' : 'mtree-f';
      const answer = monitor === 1 ? mutateText(text(name, kind), random) : mixedText(random);
      if (kind === 'qtree') reads.qtree = answer;
      return Promise.resolve(answer);
    },
  };
}

function arbitraryWishes(random: Random): Wishes {
  const address = (): number =>
    [0x800_0000, 0x80a_0000, 0x801_0000, random(0x1000) * 0x1_0000, random(100), Number.NaN][random(6)] ?? 0;
  const sometimes = <T>(value: () => T): T | undefined => (random(3) === 0 ? value() : undefined);
  return {
    version: sometimes(() => (random(2) === 0 ? 'v2' : 'v3')),
    distributor: sometimes(address),
    cpuInterface: sometimes(address),
    redistributors: sometimes(() => [{ base: address(), size: sometimes(() => random(100) * 0x1_0000) }]),
    its: sometimes(() => [address()]),
    cpus: sometimes(() => random(10)),
    spis: sometimes(() => random(1000)),
    board: random(6) === 0 ? (['rk3399', 'bcm2711', 'x'][random(3)] ?? '') : undefined,
    deviceTree: sometimes(() => ({ name: 'x', blob: mutateBytes(TREES[1] ?? new Uint8Array(), random) })),
    deviceTreeAddress: sometimes(() => 0x4000_0000),
    searchMemory: random(2) === 0,
  };
}

test('arbitrary targets and wishes: a controller or a FindError, after a bounded number of reads', async () => {
  const random = generator(SEED);
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const reads = { count: 0, qtree: '' };
    try {
      const controller = await find(arbitraryProbe(random, reads), arbitraryWishes(random));
      assert.ok(controller.how.length >= 3);
      assert.ok(controller.spis >= 0 && controller.spis <= 988 && controller.cpus >= 0);
      assert.equal(controller.cpuInterface !== null || controller.redistributors.length > 0, true);
      // A GICv3 of which QEMU told as well may have been read before.
      const v3Too =
        gicsOf(readQtree(reads.qtree)).some(({ version }) => version === 'v3') ||
        controller.how.some((sentence) => sentence.startsWith("Passed over QEMU's memory tree: GIC"));
      if (controller.plainReadsKill && !v3Too) assert.equal(reads.count, 0);
      found++;
    } catch (error) {
      if (!(error instanceof FindError)) {
        assert.fail(`seed ${SEED}, round ${round}: ${String(error instanceof Error ? error.stack : error)}`);
      }
    }
    assert.ok(reads.count <= MAX_READS, `seed ${SEED}, round ${round}: ${reads.count} reads`);
  }
  assert.ok(found > ROUNDS / 50, `${found} of ${ROUNDS} found`);
});
