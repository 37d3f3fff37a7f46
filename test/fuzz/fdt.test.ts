import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cells, node, strings, writeFdt } from '../../adapter/guest/device-tree/fdt.ts';
import { cellsOf, FdtError, readFdt, stringsOf } from '../../adapter/guest/device-tree/fdt-reader.ts';
import type { FdtNode } from '../../adapter/guest/device-tree/fdt.ts';
import { virtFdt } from '../../adapter/guest/simulated/board/virt-fdt.ts';
import { generator, mutateBytes } from './generator.ts';

/** Same mutations every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 2000);

const SMALL = writeFdt({
  root: node('', [strings('compatible', 'x')], [node('a@1', [cells('reg', 1, 2)], [node('b', [])]), node('c', [])]),
  reservations: [{ address: 1n, size: 2n }],
  bootCpu: 0,
});
const CORPUS = [
  ['a small tree', SMALL, 4 * ROUNDS],
  ['the machine’s tree', virtFdt({ gic: 'v3', vcpus: 2, memory: 128 << 20, bootargs: 'a' }), ROUNDS],
] as const;

function visit(tree: FdtNode): number {
  for (const { name } of tree.properties) {
    cellsOf(tree, name);
    stringsOf(tree, name);
  }
  return tree.children.reduce((count, child) => count + visit(child), 1);
}

for (const [name, original, rounds] of CORPUS) {
  test(`mutated ${name}: a tree or an FdtError, nothing else`, () => {
    const random = generator(SEED);
    let accepted = 0;
    for (let round = 0; round < rounds; round++) {
      const blob = mutateBytes(original, random);
      try {
        const tree = readFdt(blob);
        assert.ok(visit(tree.root) > 0);
        // What was read can be written, and is then read the same.
        assert.deepEqual(readFdt(writeFdt(tree)), tree);
        accepted++;
      } catch (error) {
        if (error instanceof FdtError && error.offset >= 0) continue;
        assert.fail(`seed ${SEED}, round ${round}: ${String(error instanceof Error ? error.stack : error)}`);
      }
    }
    assert.ok(accepted > rounds / 50, `${accepted} of ${rounds} accepted`);
  });
}
