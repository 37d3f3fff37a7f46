import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Controller } from '../../../../adapter/gic/controller.ts';
import { FrameMapError } from '../../../../adapter/gic/mmio/dispatcher.ts';
import { KVM_4_10 } from '../../../../adapter/gic/profiles/kvm-4.10.ts';
import { GICD, GICR, machine, read32 } from '../machine.ts';

describe('the dispatcher', () => {
  it('reads zero and drops writes where no frame is, in holes and past the last INTID', () => {
    const gic = machine({ spis: 32 });
    for (const address of [0, GICD - 4, GICD + 0x1000, GICD + 0x040, GICD + 0xe00, GICD + 0xfe8, 2 ** 51]) {
      gic.write(0, address, 4, -1);
      assert.equal(read32(gic, address), 0, address.toString(16));
    }
    assert.equal(read32(gic, GICD + 0x084), 0xffffffff, 'IGROUPR of the last INTIDs');
    assert.equal(read32(gic, GICD + 0x088), 0, 'IGROUPR past them');
    assert.deepEqual(gic.state.words, machine({ spis: 32 }).state.words);
  });

  it('accepts only the widths a register has, and only aligned', () => {
    const gic = machine();
    gic.write(0, GICD + 0x420, 4, 0x50403020);
    for (const [offset, length, expected] of [
      [0x420, 1, 0x20],
      [0x423, 1, 0x50],
      [0x420, 2, 0],
      [0x421, 4, 0],
      [0x420, 8, 0],
      [0x104, 1, 0],
    ] as const) {
      assert.equal(gic.read(0, GICD + offset, length), expected, `${offset.toString(16)}/${length}`);
    }
    gic.write(0, GICD + 0x104, 1, 0xff);
    gic.write(0, GICD + 0x104, 2, 0xffff);
    gic.write(0, GICD + 0x106, 4, -1);
    assert.equal(read32(gic, GICD + 0x104), 0);
  });

  it('says why an access goes nowhere', () => {
    const gic = machine({ spis: 32 });
    const verdict = (offset: number, length: number): unknown => gic.locate(GICD + offset, length)?.verdict;
    assert.equal(verdict(0x100, 4), 'ok');
    assert.equal(verdict(0x100, 2), 'bad width');
    assert.equal(verdict(0x402, 4), 'misaligned');
    assert.equal(verdict(0x108, 4), 'beyond the last INTID');
    assert.equal(verdict(0xe00, 4), 'hole');
    assert.equal(verdict(0x00c, 4), 'hole');
    assert.equal(gic.locate(GICD + 0x1000, 4), null);
    assert.equal(gic.locate(GICD + 0xe04, 4)?.register?.name, 'GICD_NSACR1', 'a hole has a name');
  });

  it('puts bytes on the bus least significant first', () => {
    const gic = machine({ gic: 'v3', cpus: 2 });
    const bytes = new Uint8Array(8);
    gic.bus.readBytes(0, GICR + 0x20000 + 8, bytes);
    assert.deepEqual([...bytes], [0x10, 0x01, 0, 0, 1, 0, 0, 0], 'GICR_TYPER of vCPU 1');
    gic.bus.writeBytes(0, GICD + 0x6000 + 8 * 40, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));
    assert.equal(read32(gic, GICD + 0x6000 + 8 * 40), 1);
    gic.bus.writeBytes(1, GICR + 0x10400, new Uint8Array([0x80]));
    gic.bus.readBytes(0, GICR + 0x10400, bytes.subarray(0, 4));
    assert.deepEqual([...bytes.subarray(0, 4)], [0x80, 0, 0, 0], "vCPU 0's frame, whoever accesses it");
  });

  it('finds the frames of 64 redistributors', () => {
    const gic = machine({ gic: 'v3', cpus: 64, spis: 960 });
    for (let vcpu = 63; vcpu >= 0; vcpu--) {
      assert.equal(read32(gic, GICR + vcpu * 0x20000 + 8), (vcpu << 8) | (vcpu === 63 ? 0x10 : 0));
      assert.equal(gic.locate(GICR + vcpu * 0x20000 + 0x10100, 4)?.device.id, `GICR${vcpu}.SGI`);
    }
  });

  it('refuses frames that overlap or lie outside the address space, naming them', () => {
    const build = (bases: { dist: number; cpuif: number; redist: number }) => () =>
      new Controller({ gic: 'v2', cpus: 1, spis: 32, lrs: 4, bases }, KVM_4_10);
    assert.throws(build({ dist: 0x1000, cpuif: 0x1000, redist: 0 }), FrameMapError);
    assert.throws(
      build({ dist: 0x2000, cpuif: 0x1000, redist: 0 }),
      /GICC \(0x1000, 0x2000 bytes\) overlaps GICD \(0x2000\)/,
    );
    assert.throws(build({ dist: 2 ** 52, cpuif: 0, redist: 0 }), /GICD at 0x10000000000000 lies outside 52 bits/);
    assert.throws(build({ dist: 0x1234, cpuif: 0x10000, redist: 0 }), /not aligned/);
  });
});
