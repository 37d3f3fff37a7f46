import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BusNote } from '../../../../../adapter/guest/simulated/board/bus.ts';
import type { FdtNode } from '../../../../../adapter/guest/device-tree/fdt.ts';
import { cellsOf } from '../../../../../adapter/guest/device-tree/fdt-reader.ts';
import { virtTree } from '../../../../../adapter/guest/simulated/board/virt-fdt.ts';
import { VIRT_MAP, VirtConfigError } from '../../../../../adapter/guest/simulated/board/virt.ts';
import { DeviceStateError, TICKS_PER_SECOND } from '../../../../../adapter/guest/simulated/devices/device.ts';
import { testBoard } from '../support.ts';

const UART = VIRT_MAP.uart.base;
const RTC = VIRT_MAP.rtc.base;
const GPIO = VIRT_MAP.gpio.base;
const ALL_ONES = 0xffff_ffff;

describe('the board', () => {
  it('has a device at every address the tree names', () => {
    const { bus } = testBoard();
    const windows = (node: FdtNode): readonly number[] => {
      const reg = cellsOf(node, 'reg') ?? [];
      return [0, 4].flatMap((at) => (reg.length > at ? [(reg[at] ?? 0) * 2 ** 32 + (reg[at + 1] ?? 0)] : []));
    };
    const { children } = virtTree({ gic: 'v3', vcpus: 1, memory: 128 << 20 });
    const named = children.filter(({ name }) => name.includes('@') && !/^(memory|intc)@/.test(name));
    assert.equal(named.length, 38);
    for (const node of named) {
      const bases = windows(node);
      assert.ok(bases.length > 0, node.name);
      for (const base of bases) assert.equal(bus.find(base)?.base, base, node.name);
    }
  });

  it('leaves RAM and the interrupt controller to others, and reports accesses that meet nothing', () => {
    const notes: BusNote[] = [];
    const { bus } = testBoard({ hooks: { unanswered: (note) => notes.push(note) } });
    for (const address of [VIRT_MAP.distributor.base, VIRT_MAP.redistributors.base, 0x4000_0000]) {
      assert.equal(bus.find(address), null);
      assert.equal(bus.read(address, 4), 0);
    }
    assert.equal(notes.length, 3);
  });

  it('has no PCI device, nor virtio device', () => {
    const { bus } = testBoard();
    const ecam = VIRT_MAP.pcieConfiguration.base;
    for (const address of [ecam, ecam + 0x8000, ecam + (255 << 20), VIRT_MAP.pcieIo.base, VIRT_MAP.pcieMemory.base]) {
      assert.equal(bus.read(address, 4), ALL_ONES);
      assert.equal(bus.read(address, 2), 0xffff);
    }
    assert.equal(bus.read(VIRT_MAP.pcieHighMemory.base, 8), 0xffff_ffff_ffff_ffffn);
    for (let slot = 0; slot < 32; slot++) {
      const base = VIRT_MAP.virtio.base + slot * 0x200;
      assert.equal(bus.read(base, 4), 0x7472_6976);
      assert.equal(bus.read(base + 8, 4), 0, 'device id: none');
    }
  });

  it('wires the UART, the RTC and the power button', () => {
    const board = testBoard();
    board.bus.write(UART, 1, 0x41);
    board.bus.write(UART + 0x38, 4, 0x10);
    board.uart.input([0x42]);
    assert.deepEqual(board.events.splice(0), ['output 41', 'line 33 1']);
    assert.equal(board.bus.read(UART, 4), 0x42);
    assert.deepEqual(board.events.splice(0), ['line 33 0']);

    board.bus.write(RTC + 0x10, 4, 1);
    board.bus.write(RTC + 4, 4, board.rtc.seconds + 1);
    assert.equal(board.deadline(), TICKS_PER_SECOND);
    board.clock.now = TICKS_PER_SECOND;
    board.poll();
    assert.deepEqual(board.events.splice(0), ['line 34 1']);
    assert.equal(board.deadline(), null);

    board.bus.write(GPIO + 0x408, 4, 8); // both edges of pin 3
    board.bus.write(GPIO + 0x410, 4, 8);
    board.powerButton();
    assert.deepEqual(board.events.splice(0), ['line 39 1']);
    board.bus.write(GPIO + 0x41c, 4, 8);
    assert.equal(board.bus.read(GPIO + (8 << 2), 4), 8, 'a driver that looks later still sees it pressed');
    assert.equal(board.deadline(), TICKS_PER_SECOND + TICKS_PER_SECOND / 10n);
    board.clock.now += TICKS_PER_SECOND / 10n;
    board.poll();
    assert.deepEqual(board.events.splice(0), ['line 39 0', 'line 39 1']);
    assert.equal(board.bus.read(GPIO + (8 << 2), 4), 0);
  });

  it('takes the earlier of two deadlines', () => {
    const board = testBoard();
    assert.equal(board.deadline(), null);
    board.powerButton();
    board.bus.write(RTC + 4, 4, board.rtc.seconds + 1);
    assert.equal(board.deadline(), TICKS_PER_SECOND / 10n);
    board.clock.now = TICKS_PER_SECOND / 10n;
    board.poll();
    assert.equal(board.deadline(), TICKS_PER_SECOND);
  });

  it('says what becomes of flash', () => {
    const seen: string[] = [];
    const { bus, flash } = testBoard({
      hooks: {
        flashContents: (bank, offset, length) => seen.push(`${bank} ${offset}+${length}`),
        flashArrayMode: (bank, array) => seen.push(`${bank} ${array ? 'memory' : 'device'}`),
      },
    });
    flash[0].load(new Uint8Array(16));
    bus.write(VIRT_MAP.flash1.base, 4, 0x40_0040);
    bus.write(VIRT_MAP.flash1.base, 4, 7);
    bus.write(VIRT_MAP.flash1.base, 4, 0xff_00ff);
    assert.deepEqual(seen, ['0 0+16', '1 device', '1 0+4', '1 memory']);
    assert.equal(bus.read(VIRT_MAP.flash1.base, 4), 7);
    assert.equal(bus.read(VIRT_MAP.flash0.base, 8), 0n);
  });

  it('comes back from a saved state without driving a wire', () => {
    const one = testBoard();
    one.bus.write(UART + 0x38, 4, 0x30);
    one.bus.write(UART, 4, 1);
    one.bus.write(RTC + 4, 4, one.rtc.seconds + 5);
    one.powerButton();
    one.flash[1].load(Uint8Array.of(1, 2, 3, 4));
    const state = structuredClone(one.save());
    const other = testBoard();
    other.restore(state);
    assert.deepEqual(other.events, []);
    assert.deepEqual(other.save(), state);
    assert.equal(other.deadline(), one.deadline());
    other.bus.write(UART + 0x44, 4, 0x7ff);
    assert.deepEqual(other.events, ['line 33 0'], 'and knows where its wires are');
  });

  it('refuses a state that is not its own', () => {
    const board = testBoard();
    assert.throws(
      () => {
        board.restore({});
      },
      (error) => error instanceof DeviceStateError && /no device "flash bank 0"/.test(error.message),
    );
    const broken = { ...board.save(), 'PL031 RTC': { offset: 'x' } };
    assert.throws(
      () => {
        board.restore(broken);
      },
      (error) => error instanceof DeviceStateError && /no number "offset"/.test(error.message),
    );
    board.bus.write(UART + 0x38, 4, 0x20);
    board.bus.write(UART, 4, 0);
    assert.deepEqual(board.events, ['output 00', 'line 33 1'], 'and its wires still work');
  });

  it('starts anew, and keeps what is in flash', () => {
    const board = testBoard();
    board.flash[0].load(Uint8Array.of(9));
    const before = board.save();
    board.bus.write(UART + 0x38, 4, 0x20);
    board.bus.write(UART, 4, 1);
    board.bus.write(0, 4, 0x70_0070);
    board.powerButton();
    board.reset();
    assert.deepEqual(board.save(), before);
    assert.deepEqual(board.events, ['output 01', 'line 33 1', 'line 33 0']);
  });

  it('is for machines that can be', () => {
    assert.throws(() => testBoard({ config: { vcpus: 0 } }), VirtConfigError);
  });
});
