import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BLOCK_SIZE } from '../../../../../adapter/guest/simulated/devices/cfi.ts';
import { Flash } from '../../../../../adapter/guest/simulated/devices/flash.ts';
import { DeviceStateError, type Width } from '../../../../../adapter/guest/simulated/devices/device.ts';

const SIZE = 64 << 20;
const READY = 0x0080_0080;

interface Fixture {
  readonly flash: Flash;
  readonly modes: readonly boolean[];
  readonly changes: (readonly [number, number])[];
  readonly read: (offset: number, width?: Width) => number;
  /** A command to both chips. */
  readonly command: (offset: number, command: number) => void;
  readonly write: (offset: number, value: number, width?: Width) => void;
}

function make(readOnly = false): Fixture {
  const modes: boolean[] = [];
  const changes: (readonly [number, number])[] = [];
  const flash = new Flash({
    name: 'bank',
    base: 0,
    size: SIZE,
    readOnly,
    onArrayMode: (array) => modes.push(array),
    onContents: (offset, length) => changes.push([offset, length]),
  });
  return {
    flash,
    modes,
    changes,
    read: (offset: number, width: Width = 4): number => flash.read(offset, width),
    command: (offset: number, command: number): void => {
      flash.write(offset, 4, command * 0x1_0001);
    },
    write: (offset: number, value: number, width: Width = 4): void => {
      flash.write(offset, width, value);
    },
  };
}

describe('flash: what a CFI driver does', () => {
  it('finds "QRY" at the widths of the bank, and its geometry', () => {
    const { read, command } = make();
    command(0, 0xf0);
    command(0, 0xff);
    command(0x55 * 4, 0x98);
    const query = (word: number): number => {
      const both = read(word * 4);
      assert.equal(both & 0xffff, both >>> 16, 'both chips answer alike');
      return both & 0xff;
    };
    assert.equal(String.fromCharCode(query(0x10), query(0x11), query(0x12)), 'QRY');
    assert.equal(query(0x13), 1, 'Intel’s command set');
    const table = query(0x15) | (query(0x16) << 8);
    assert.equal(String.fromCharCode(query(table), query(table + 1), query(table + 2)), 'PRI');
    const chips = 2;
    assert.equal(chips * 2 ** query(0x27), SIZE);
    assert.equal(query(0x2c), 1, 'one erase region');
    const blocks = (query(0x2d) | (query(0x2e) << 8)) + 1;
    const blockSize = (query(0x2f) | (query(0x30) << 8)) * 256 * chips;
    assert.equal(blockSize, BLOCK_SIZE);
    assert.equal(blocks * blockSize, SIZE);
    command(0, 0xff);
    assert.equal(read(0x40), 0xffff_ffff);
  });

  it('answers its identification', () => {
    const { read, command } = make();
    command(0, 0x90);
    assert.deepEqual([read(0), read(4), read(8)], [0x0089_0089, 0x0018_0018, 0]);
  });

  it('programs words of any width', () => {
    const { read, command, write, changes } = make();
    for (const [offset, width, value] of [
      [0x100, 4, 0x1234_5678],
      [0x104, 2, 0xabcd],
      [0x107, 1, 0x42],
    ] as const) {
      command(offset, 0x40);
      write(offset, value, width);
      assert.equal(read(offset), READY, 'status until told otherwise');
      command(0, 0xff);
      assert.equal(read(offset, width), value);
    }
    assert.equal(read(0x104), 0x42ff_abcd);
    assert.deepEqual(changes, [
      [0x100, 4],
      [0x104, 2],
      [0x107, 1],
    ]);
  });

  it('programs its write buffer, across a block’s end', () => {
    const { read, command, write } = make();
    const start = BLOCK_SIZE - 8;
    command(start, 0xe8);
    assert.equal(read(start), READY);
    write(start, 3);
    for (let n = 0; n < 4; n++) write(start + 4 * n, n + 1);
    command(start, 0xd0);
    assert.equal(read(start), READY);
    command(start, 0xff);
    assert.deepEqual(
      [0, 4, 8, 12, 16].map((at) => read(start + at)),
      [1, 2, 3, 4, 0xffff_ffff],
    );
  });

  it('erases a block, and only that', () => {
    const { flash, read, command } = make();
    flash.load(new Uint8Array(3 * BLOCK_SIZE));
    command(BLOCK_SIZE + 0x40, 0x20);
    command(BLOCK_SIZE + 0x40, 0xd0);
    assert.equal(read(0), READY);
    command(0, 0xff);
    assert.deepEqual(
      [BLOCK_SIZE - 4, BLOCK_SIZE, 2 * BLOCK_SIZE - 4, 2 * BLOCK_SIZE].map((at) => read(at)),
      [0, 0xffff_ffff, 0xffff_ffff, 0],
    );
  });

  it('locks and unlocks blocks without keeping the locks', () => {
    const { read, command, write } = make();
    command(0, 0x60);
    command(0, 0x01);
    assert.equal(read(0), READY);
    command(0, 0x60);
    command(0, 0xd0);
    command(0, 0x40);
    write(0, 5);
    command(0, 0xff);
    assert.equal(read(0), 5);
  });
});

describe('flash: errors', () => {
  it('reports a sequence that is none, until the status is cleared', () => {
    const { read, command } = make();
    command(0, 0x20);
    command(0, 0x33);
    assert.equal(read(0), 0x00b0_00b0);
    command(0, 0x70);
    assert.equal(read(0), 0x00b0_00b0);
    command(0, 0x50);
    command(0, 0x70);
    assert.equal(read(0), READY);
  });

  it('refuses a buffer larger than it has', () => {
    const { read, command, write } = make();
    command(0, 0xe8);
    write(0, 0xffff);
    command(0, 0x70);
    assert.equal(read(0) & 0x30, 0x30);
  });

  it('protects a read-only bank', () => {
    const { flash, read, command, write } = make(true);
    flash.load(new Uint8Array([1, 2, 3, 4]));
    command(0, 0x40);
    write(0, 0);
    assert.equal(read(0), 0x0092_0092);
    command(0, 0x50);
    command(0, 0x20);
    command(0, 0xd0);
    assert.equal(read(0), 0x00a2_00a2);
    command(0, 0xff);
    assert.equal(read(0), 0x0403_0201);
  });

  it('refuses an image that does not fit', () => {
    const { flash } = make();
    assert.throws(() => {
      flash.load(new Uint8Array(8), SIZE - 4);
    }, /8 bytes at offset 67108860 do not fit into bank/);
  });
});

describe('flash: around it', () => {
  it('says when it stops and starts to read as memory', () => {
    const { flash, modes, command } = make();
    command(0, 0xff);
    assert.deepEqual(modes, []);
    command(0, 0x70);
    command(0, 0x90);
    assert.deepEqual(modes, [false]);
    command(0, 0xff);
    command(0, 0x98);
    flash.reset();
    assert.deepEqual(modes, [false, true, false, true]);
    assert.equal(flash.arrayMode, true);
  });

  it('shows its contents whatever it answers, erased where nothing was written', () => {
    const { flash, command } = make();
    flash.load(Uint8Array.from([9, 8, 7]), BLOCK_SIZE - 1);
    command(0, 0x98);
    assert.deepEqual([...flash.contents(BLOCK_SIZE - 2, 5)], [0xff, 9, 8, 7, 0xff]);
    assert.deepEqual([...flash.contents(SIZE - 2, 5)], [0xff, 0xff]);
  });

  it('saves without copying, changes no saved state, and names the blocks that come back', () => {
    const { flash, command, write, changes } = make();
    flash.load(new Uint8Array(2 * BLOCK_SIZE));
    const state = flash.save();
    const program = (offset: number, value: number): void => {
      command(offset, 0x40);
      write(offset, value);
      command(offset, 0xff);
    };
    program(0, 1);
    program(2 * BLOCK_SIZE, 2);
    const later = flash.save();
    changes.length = 0;
    flash.restore(state);
    assert.deepEqual(
      [0, 2 * BLOCK_SIZE].map((at) => flash.read(at, 4)),
      [0, 0xffff_ffff],
    );
    assert.deepEqual(changes, [
      [0, BLOCK_SIZE],
      [2 * BLOCK_SIZE, BLOCK_SIZE],
    ]);
    flash.restore(later);
    assert.deepEqual(
      [0, 2 * BLOCK_SIZE].map((at) => flash.read(at, 4)),
      [1, 2],
    );
    command(0, 0x20);
    command(0, 0xd0);
    flash.restore(later);
    assert.equal(flash.read(0, 4), 1);
  });

  it('refuses a state that is none', () => {
    const { flash } = make();
    const state = flash.save();
    for (const broken of [
      {},
      { ...state, data: [new Uint8Array(3)] },
      { ...state, blocks: [1] },
      { ...state, data: 5 },
    ]) {
      assert.throws(() => {
        flash.restore(broken);
      }, DeviceStateError);
    }
  });

  it('comes back from a state saved in the middle of a buffered program', () => {
    const one = make();
    one.flash.load(Uint8Array.from([1, 2, 3, 4]), 0x50_0000);
    one.command(0, 0xe8);
    one.write(0, 1);
    one.write(0, 0x1111);
    const other = make();
    other.flash.load(new Uint8Array(16));
    other.flash.restore(structuredClone(one.flash.save()));
    other.write(4, 0x2222);
    other.command(0, 0xd0);
    other.command(0, 0xff);
    assert.deepEqual(
      [0, 4, 8, 0x50_0000].map((at) => other.read(at)),
      [0x1111, 0x2222, 0xffff_ffff, 0x0403_0201],
    );
  });
});
