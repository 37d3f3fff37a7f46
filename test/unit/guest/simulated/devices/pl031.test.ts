import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TICKS_PER_SECOND } from '../../../../../adapter/guest/simulated/devices/device.ts';
import { DEFAULT_EPOCH, Pl031 } from '../../../../../adapter/guest/simulated/devices/pl031.ts';
import { registersOf, type Registers } from '../support.ts';

const DR = 0x00;
const MR = 0x04;
const LR = 0x08;
const CR = 0x0c;
const IMSC = 0x10;
const RIS = 0x14;
const MIS = 0x18;
const ICR = 0x1c;

interface Fixture extends Registers {
  readonly rtc: Pl031;
  readonly lines: readonly boolean[];
  readonly clock: { now: bigint };
}

function make(epoch?: number): Fixture {
  const lines: boolean[] = [];
  const clock = { now: 0n };
  const rtc = new Pl031({
    base: 0x0901_0000,
    line: (level) => lines.push(level),
    now: () => clock.now,
    ...(epoch !== undefined && { epoch }),
  });
  return { rtc, lines, clock, ...registersOf(rtc) };
}

describe('PL031', () => {
  it('counts seconds of virtual time', () => {
    const { read, clock } = make();
    assert.equal(read(DR), DEFAULT_EPOCH);
    clock.now = TICKS_PER_SECOND - 1n;
    assert.equal(read(DR), DEFAULT_EPOCH);
    clock.now = 3n * TICKS_PER_SECOND;
    assert.equal(read(DR), DEFAULT_EPOCH + 3);
    assert.equal(read(CR), 1, 'always enabled');
  });

  it('is set by LR, and wraps after 2^32 seconds', () => {
    const { read, write, clock } = make();
    clock.now = 10n * TICKS_PER_SECOND;
    write(LR, 0xffff_ffff);
    assert.equal(read(LR), 0xffff_ffff);
    assert.equal(read(DR), 0xffff_ffff);
    clock.now += 2n * TICKS_PER_SECOND;
    assert.equal(read(DR), 1);
  });

  it('raises its interrupt in the second MR names, once', () => {
    const { rtc, read, write, clock, lines } = make(1000);
    assert.equal(rtc.deadline(), null);
    write(IMSC, 1);
    write(MR, 1002);
    assert.equal(rtc.deadline(), 2n * TICKS_PER_SECOND);
    clock.now = 2n * TICKS_PER_SECOND - 1n;
    rtc.poll();
    assert.deepEqual(lines, []);
    clock.now += 1n;
    rtc.poll();
    assert.deepEqual(lines, [true]);
    assert.equal(read(RIS), 1);
    assert.equal(read(MIS), 1);
    assert.equal(rtc.deadline(), null);
    write(ICR, 1);
    assert.deepEqual(lines, [true, false]);
  });

  it('is raw while masked, and reaches the line when it is not', () => {
    const { read, write, clock, lines } = make(0);
    write(MR, 1);
    clock.now = TICKS_PER_SECOND;
    assert.equal(read(RIS), 1, 'no poll is needed to see it');
    assert.equal(read(MIS), 0);
    write(IMSC, 1);
    assert.deepEqual(lines, [true]);
    write(IMSC, 0);
    assert.deepEqual(lines, [true, false]);
  });

  it('fires at once where MR is now, and a new LR moves the alarm', () => {
    const { rtc, read, write } = make(500);
    write(MR, 500);
    assert.equal(read(RIS), 1);
    write(ICR, 1);
    write(MR, 600);
    write(LR, 590);
    assert.equal(rtc.deadline(), 10n * TICKS_PER_SECOND);
    write(LR, 601);
    assert.equal(rtc.deadline(), BigInt(2 ** 32 - 1) * TICKS_PER_SECOND);
  });

  it('identifies itself, and its read-only registers are read-only', () => {
    const { read, write } = make();
    const ids = (): number[] => Array.from({ length: 8 }, (_, n) => read(0xfe0 + 4 * n));
    for (let n = 0; n < 8; n++) write(0xfe0 + 4 * n, 0xff);
    write(RIS, 1);
    write(MIS, 1);
    assert.deepEqual(ids(), [0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
    assert.equal(read(RIS), 0);
    assert.equal(read(MIS), 0);
  });

  it('comes back from a saved state', () => {
    const { rtc, write, clock } = make(7);
    write(LR, 77);
    write(MR, 80);
    write(IMSC, 1);
    const other = make(7);
    other.rtc.restore(structuredClone(rtc.save()));
    other.clock.now = clock.now = 3n * TICKS_PER_SECOND;
    assert.equal(other.rtc.seconds, rtc.seconds);
    other.rtc.poll();
    assert.deepEqual(other.lines, [true]);
    other.rtc.reset();
    assert.deepEqual(other.rtc.save(), make(7).rtc.save());
  });
});
