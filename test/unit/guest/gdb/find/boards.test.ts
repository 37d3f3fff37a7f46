import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOARDS, boardNamed, candidateOfBoard } from '../../../../../adapter/guest/gdb/find/boards.ts';
import { candidateOfMtree } from '../../../../../adapter/guest/gdb/find/qemu/from-mtree.ts';
import { readMtree } from '../../../../../adapter/guest/gdb/find/qemu/mtree.ts';
import { checkWishes } from '../../../../../adapter/guest/gdb/find/wishes.ts';
import { recorded } from './fixtures.ts';

describe('the boards', () => {
  it('have names of their own, and say where their addresses are from', () => {
    assert.equal(new Set(BOARDS.map(({ id }) => id)).size, BOARDS.length);
    assert.equal(new Set(BOARDS.map(({ name }) => name)).size, BOARDS.length);
    for (const { id, source } of BOARDS) {
      assert.match(id, /^[a-z0-9-]+$/);
      assert.match(source, /^Linux arch\/arm.*\.dtsi?$|^QEMU \d|linux-xlnx/, id);
    }
  });

  it('have addresses a user could give: aligned, and no two the same', () => {
    for (const board of BOARDS) {
      assert.doesNotThrow(
        () =>
          checkWishes({
            version: board.version,
            distributor: board.distributor,
            cpuInterface: board.cpuInterface?.base,
            hypervisorInterface: board.hypervisorInterface ?? undefined,
            virtualCpuInterface: board.virtualCpuInterface ?? undefined,
            redistributors: board.redistributors.map(({ base, size }) => ({ base, size: size ?? undefined })),
            its: board.its,
          }),
        board.id,
      );
      assert.equal(board.version === 'v3', board.redistributors.length > 0, board.id);
      assert.ok(board.version === 'v3' || board.cpuInterface, board.id);
    }
  });

  // What QEMU's models of them have: an independent witness.
  for (const [id, machine] of [
    ['qemu-virt-v2', 'virt-v2-1'],
    ['qemu-virt-v3', 'virt-v3-160'],
    ['qemu-sbsa-ref', 'sbsa-4'],
    ['zynqmp', 'zcu102'],
    ['versal', 'versal'],
  ] as const) {
    it(`${id} is where QEMU has it`, () => {
      const board = boardNamed(id);
      assert.ok(board);
      const found = candidateOfMtree(readMtree(recorded(machine, 'mtree-f')), '');
      assert.deepEqual(
        [board.version, board.distributor, board.redistributors[0]?.base],
        [found.version, found.distributor, found.redistributors[0]?.base],
      );
      const { base = null, size = 0 } = board.cpuInterface ?? {};
      const gicc = found.cpuInterface?.base ?? null;
      assert.ok(base === gicc || (base !== null && gicc !== null && gicc - base < (size ?? 0)));
    });
  }

  it('are candidates with their source', () => {
    const board = boardNamed('tegra234');
    assert.ok(board);
    const candidate = candidateOfBoard(board);
    assert.deepEqual(
      [candidate.version, candidate.distributor, candidate.redistributors],
      ['v3', 0x0f40_0000, [{ base: 0x0f44_0000, size: 0x20_0000, stride: null }]],
    );
    assert.match(candidate.origin, /tegra234\.dtsi/);
    assert.equal(boardNamed('none'), null);
  });
});
