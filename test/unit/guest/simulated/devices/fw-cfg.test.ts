import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FwCfg, FwCfgItem, littleEndian, text } from '../../../../../adapter/guest/simulated/devices/fw-cfg.ts';
import type { Width } from '../../../../../adapter/guest/simulated/devices/device.ts';

const DATA = 0;
const SELECTOR = 8;
const DMA = 16;
const ERROR = 1;
const READ = 2;
const SKIP = 4;
const SELECT = 8;
const WRITE = 16;

interface Fixture {
  readonly device: FwCfg;
  readonly memory: Uint8Array;
  readonly select: (key: number) => void;
  /** The next bytes of the item. */
  readonly bytes: (count: number) => number[];
  /** One DMA access, its descriptor at 0x10. @returns the control word after it */
  readonly dma: (control: number, length: number, address: bigint) => number;
}

function make(withMemory = true): Fixture {
  const memory = new Uint8Array(0x400);
  const device = new FwCfg({
    base: 0x0902_0000,
    items: new Map([[FwCfgItem.Cpus, littleEndian(3, 2)]]),
    files: [
      { name: 'etc/zebra', content: text('stripes') },
      { name: 'bootorder', content: text('a\nb\0') },
    ],
    ...(withMemory && {
      memory: (address: number, length: number) =>
        address + length <= memory.length ? memory.subarray(address, address + length) : null,
    }),
  });
  const select = (key: number): void => {
    device.write(SELECTOR, 2, ((key & 0xff) << 8) | (key >> 8));
  };
  const bytes = (count: number): number[] => Array.from({ length: count }, () => Number(device.read(DATA, 1)));
  const dma = (control: number, length: number, address: bigint): number => {
    const view = new DataView(memory.buffer);
    view.setUint32(0x10, control);
    view.setUint32(0x14, length);
    view.setBigUint64(0x18, address);
    device.write(DMA, 8, 0x1000_0000_0000_0000n);
    return view.getUint32(0x10);
  };
  return { device, memory, select, bytes, dma };
}

const ascii = (values: readonly number[]): string => String.fromCharCode(...values);

describe('fw_cfg: selector and data', () => {
  it('starts at the signature, reads on, and zero beyond the end', () => {
    const { bytes } = make();
    assert.equal(ascii(bytes(4)), 'QEMU');
    assert.deepEqual(bytes(2), [0, 0]);
  });

  it('serves the first byte lowest in memory, at any width', () => {
    const { device, select } = make();
    const answers: readonly (readonly [Width, number | bigint])[] = [
      [8, 0x554d_4551n],
      [4, 0x554d_4551],
      [2, 0x4551],
      [1, 0x51],
    ];
    for (const [width, value] of answers) {
      select(FwCfgItem.Signature);
      assert.equal(device.read(DATA, width), value);
    }
  });

  it('takes a selector of two bytes only, big endian', () => {
    const { device, select, bytes } = make();
    select(FwCfgItem.Cpus);
    device.write(SELECTOR, 1, 0);
    device.write(SELECTOR, 4, 0);
    assert.deepEqual(bytes(2), [3, 0]);
    select(0x7777);
    assert.deepEqual(bytes(3), [0, 0, 0]);
  });

  it('lists its files by name, big endian', () => {
    const { select, bytes } = make();
    select(FwCfgItem.FileDirectory);
    assert.deepEqual(bytes(4), [0, 0, 0, 2]);
    const entry = (): object => {
      const [size, key] = [bytes(4), bytes(4)];
      return { size: size[3], key: key[1], name: ascii(bytes(56)).replace(/\0+$/, '') };
    };
    const [first, second] = [entry(), entry()];
    assert.deepEqual(
      [first, second],
      [
        { size: 4, key: 0x21, name: 'bootorder' },
        { size: 7, key: 0x20, name: 'etc/zebra' },
      ],
    );
    select(0x20);
    assert.equal(ascii(bytes(7)), 'stripes');
  });
});

describe('fw_cfg: DMA', () => {
  it('answers its signature, big endian, and says so in its id; or neither', () => {
    const { device, select, bytes } = make();
    assert.equal(device.read(DMA, 8), 0x4746_4320_554d_4551n, '"QEMU CFG" in memory');
    assert.equal(device.read(DMA + 4, 4), 0x4746_4320);
    select(FwCfgItem.Id);
    assert.deepEqual(bytes(4), [3, 0, 0, 0]);
    const plain = make(false);
    assert.equal(plain.device.read(DMA, 8), 0n);
    plain.select(FwCfgItem.Id);
    assert.deepEqual(plain.bytes(4), [1, 0, 0, 0]);
  });

  it('selects, reads, skips, and fills up with zeros', () => {
    const { memory, dma } = make();
    memory.fill(0xee, 0x100, 0x110);
    assert.equal(dma((0x20 << 16) | SELECT | READ, 3, 0x100n), 0);
    assert.equal(ascii([...memory.subarray(0x100, 0x103)]), 'str');
    assert.equal(dma(SKIP, 2, 0n), 0);
    assert.equal(dma(READ, 4, 0x100n), 0);
    assert.deepEqual([...memory.subarray(0x100, 0x105)], [0x65, 0x73, 0, 0, 0xee]);
  });

  it('starts a transfer at the low half of the address', () => {
    const { device, memory } = make();
    const view = new DataView(memory.buffer);
    view.setUint32(0x10, SELECT | READ);
    view.setUint32(0x14, 4);
    view.setBigUint64(0x18, 0x40n);
    device.write(DMA, 4, 0);
    assert.equal(memory[0x40], 0);
    device.write(DMA + 4, 4, 0x1000_0000);
    assert.equal(ascii([...memory.subarray(0x40, 0x44)]), 'QEMU');
  });

  it('fails for a write, and for memory that is not there', () => {
    const { dma, device } = make();
    assert.equal(dma(WRITE, 4, 0x40n), ERROR);
    assert.equal(dma(SELECT | READ, 4, 0xffff_ffff_ffff_fff0n), ERROR);
    assert.equal(dma(SELECT | READ, 0xffff_ffff, 0x40n), ERROR);
    device.write(DMA, 8, 0xffff_ffff_ffff_ffffn);
  });

  it('comes back from a saved state', () => {
    const { device, select, bytes } = make();
    select(0x20);
    bytes(3);
    const other = make();
    other.device.restore(structuredClone(device.save()));
    assert.equal(ascii(other.bytes(4)), 'ipes');
    other.device.reset();
    assert.equal(ascii(other.bytes(4)), 'QEMU');
  });
});
