import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bus, BusError, type BusNote } from '../../../../../adapter/guest/simulated/board/bus.ts';
import {
  UP_TO_WORD,
  WORD_REGISTERS,
  type AccessRule,
  type Device,
} from '../../../../../adapter/guest/simulated/devices/device.ts';

/** Answers every byte with the low byte of its offset, and keeps a log. */
function device(name: string, base: number, size: number, access: AccessRule, log: string[]): Device {
  return {
    name,
    base,
    size,
    access,
    read(offset, width) {
      log.push(`${name} r${width} ${offset.toString(16)}`);
      let value = 0n;
      for (let n = width - 1; n >= 0; n--) value = value * 256n + BigInt((offset + n) & 0xff);
      return width === 8 ? value : Number(value);
    },
    write(offset, width, value) {
      log.push(`${name} w${width} ${offset.toString(16)} ${value.toString(16)}`);
    },
    reset() {},
    save: () => ({}),
    restore() {},
  };
}

function make(access: AccessRule): { bus: Bus; log: string[]; notes: BusNote[] } {
  const log: string[] = [];
  const notes: BusNote[] = [];
  const devices = [device('b', 0x2000, 0x100, access, log), device('a', 0x1000, 0x1000, access, log)];
  return { bus: new Bus(devices, (note) => notes.push(note)), log, notes };
}

describe('bus', () => {
  it('finds devices by their windows, side by side', () => {
    const { bus } = make(UP_TO_WORD);
    const found = [0xfff, 0x1000, 0x1fff, 0x2000, 0x20ff, 0x2100, 0, 2 ** 50].map((at) => bus.find(at)?.name ?? '-');
    assert.deepEqual(found, ['-', 'a', 'a', 'b', 'b', '-', '-', '-']);
    assert.equal(new Bus([]).find(0), null);
  });

  it('refuses windows that overlap', () => {
    const log: string[] = [];
    const two = [device('b', 0x1fff, 1, UP_TO_WORD, log), device('a', 0x1000, 0x1000, UP_TO_WORD, log)];
    assert.throws(
      () => new Bus(two),
      (error) => error instanceof BusError && error.message === 'a and b overlap at 0x1fff',
    );
  });

  it('passes widths on, and takes 64 bits in two', () => {
    const { bus, log } = make(UP_TO_WORD);
    assert.equal(bus.read(0x1011, 1), 0x11);
    assert.equal(bus.read(0x1012, 2), 0x1312);
    assert.equal(bus.read(0x1014, 4), 0x1716_1514);
    assert.equal(bus.read(0x1018, 8), 0x1f1e_1d1c_1b1a_1918n);
    bus.write(0x1018, 8, 0x1122_3344_5566_7788n);
    bus.write(0x1010, 2, 0x1_2345);
    bus.write(0x1014, 4, -1);
    assert.deepEqual(log, [
      'a r1 11',
      'a r2 12',
      'a r4 14',
      'a r4 18',
      'a r4 1c',
      'a w4 18 55667788',
      'a w4 1c 11223344',
      'a w2 10 2345',
      'a w4 14 ffffffff',
    ]);
  });

  it('widens for devices of words', () => {
    const { bus, log } = make(WORD_REGISTERS);
    assert.equal(bus.read(0x1044, 1), 0x44);
    assert.equal(bus.read(0x1044, 2), 0x4544);
    bus.write(0x1044, 1, 0x1ff);
    assert.deepEqual(log, ['a r4 44', 'a r4 44', 'a w4 44 ff']);
  });

  it('passes 64 bits whole where they are taken', () => {
    const { bus, log } = make({ valid: [1, 8], asked: [1, 8] });
    assert.equal(bus.read(0x10f8, 8), 0xfffe_fdfc_fbfa_f9f8n);
    bus.write(0x1000, 8, 5);
    assert.deepEqual(log, ['a r8 f8', 'a w8 0 5']);
  });

  it('reads zero and drops writes where nothing answers, and says why', () => {
    const { bus, log, notes } = make({ valid: [2, 4], asked: [2, 4] });
    assert.equal(bus.read(0x500, 4), 0);
    assert.equal(bus.read(0x500, 8), 0n);
    assert.equal(bus.read(0x1000, 1), 0);
    assert.equal(bus.read(0x1000, 8), 0n);
    assert.equal(bus.read(0x1002, 4), 0);
    bus.write(0x1001, 2, 7);
    bus.write(0x9000, 4, 7);
    assert.deepEqual(log, []);
    const text = notes.map(
      ({ reason, device: at, address, width, write }) =>
        `${write ? 'w' : 'r'}${width} ${address.toString(16)} ${at?.name ?? '-'}: ${reason}`,
    );
    assert.deepEqual(text, [
      'r4 500 -: no device',
      'r8 500 -: no device',
      'r1 1000 a: bad width',
      'r8 1000 a: bad width',
      'r4 1002 a: misaligned',
      'w2 1001 a: misaligned',
      'w4 9000 -: no device',
    ]);
  });
});
