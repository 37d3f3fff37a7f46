import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pl011, Pl011Interrupt } from '../../../../../adapter/guest/simulated/devices/pl011.ts';
import { registersOf, type Registers } from '../support.ts';

const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const IMSC = 0x38;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;
const RXFE = 0x10;
const RXFF = 0x40;
const FEN = 0x10;
const { Receive, Transmit, ReceiveTimeout, Break } = Pl011Interrupt;

interface Fixture extends Registers {
  readonly uart: Pl011;
  readonly lines: readonly boolean[];
  readonly sent: readonly number[];
}

function make(receive: 'first' | 'level' = 'first'): Fixture {
  const lines: boolean[] = [];
  const sent: number[] = [];
  const uart = new Pl011({
    base: 0x0900_0000,
    line: (level) => lines.push(level),
    output: (byte) => sent.push(byte),
    receive,
  });
  return { uart, lines, sent, ...registersOf(uart) };
}

const bytes = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('PL011: transmission', () => {
  it('sends the low byte, and is never full', () => {
    const { read, write, sent } = make();
    for (let n = 0; n < 40; n++) write(DR, 0x100 + n);
    assert.deepEqual(
      sent,
      Array.from({ length: 40 }, (_, n) => n),
    );
    assert.equal(read(FR), 0x90, 'TXFE and RXFE');
  });

  it('raises the transmit interrupt until it is cleared', () => {
    const { read, write, lines } = make();
    write(IMSC, Transmit);
    assert.deepEqual(lines, []);
    write(DR, 0x41);
    assert.deepEqual(lines, [true]);
    assert.equal(read(MIS), Transmit);
    write(ICR, Receive);
    assert.equal(read(RIS), Transmit, 'another bit clears nothing');
    write(ICR, Transmit);
    assert.deepEqual(lines, [true, false]);
  });

  it('sends while CR says the UART is off: guests print before they set it up', () => {
    const { write, sent } = make();
    write(CR, 0);
    write(DR, 0x21);
    assert.deepEqual(sent, [0x21]);
  });
});

describe('PL011: reception', () => {
  it('holds one character without FIFO, sixteen with', () => {
    for (const [control, depth] of [
      [0, 1],
      [FEN, 16],
    ] as const) {
      const { uart, read, write } = make();
      write(LCR_H, control);
      uart.input(bytes(20));
      assert.equal(uart.waiting, 20 - depth);
      assert.equal(read(FR) & RXFF, RXFF);
      assert.equal(read(FR) & RXFE, 0);
      const got = bytes(20).map(() => read(DR));
      assert.deepEqual(got, bytes(20), 'the others follow as there is room');
      assert.equal(read(FR) & RXFE, RXFE);
      assert.equal(read(DR), 0);
    }
  });

  it('raises the receive interrupt at the first character, until none is left', () => {
    const { uart, read, write, lines } = make();
    write(LCR_H, FEN);
    write(IMSC, Receive | ReceiveTimeout);
    uart.input([1, 2]);
    assert.deepEqual(lines, [true]);
    read(DR);
    assert.equal(read(MIS), Receive);
    read(DR);
    assert.deepEqual(lines, [true, false]);
  });

  it('raises it at IFLS’s level, and the timeout below it, where asked to', () => {
    const levels = [2, 4, 8, 12, 14];
    levels.forEach((level, setting) => {
      const { uart, read, write } = make('level');
      write(LCR_H, FEN);
      write(IFLS, setting << 3);
      uart.input(bytes(level - 1));
      assert.equal(read(RIS), ReceiveTimeout, `below level ${level}`);
      uart.input([0x55]);
      assert.equal(read(RIS), Receive | ReceiveTimeout);
      read(DR);
      assert.equal(read(RIS), ReceiveTimeout, 'below the level again');
      for (let n = 1; n < level; n++) read(DR);
      assert.equal(read(RIS), 0);
    });
  });

  it('loses the FIFO and its interrupt when it is switched, and what waits comes after', () => {
    const { uart, read, write, lines } = make();
    write(IMSC, Receive);
    uart.input([1]);
    write(LCR_H, FEN);
    assert.deepEqual(lines, [true, false]);
    assert.equal(read(FR) & RXFE, RXFE);
    uart.input(bytes(17));
    write(LCR_H, 0);
    assert.equal(read(RIS), Receive);
    assert.equal(read(DR), 17);
  });

  it('marks a break, and shows it in RSR until that is written', () => {
    const { uart, read, write } = make();
    uart.inputBreak();
    assert.equal(read(RIS), Receive | Break);
    assert.equal(read(DR), 0x400);
    assert.equal(read(RSR), 4);
    write(RSR, 0);
    assert.equal(read(RSR), 0);
    write(ICR, 0x7ff);
    assert.equal(read(RIS), 0);
  });

  it('takes a large paste', () => {
    const { uart, read } = make();
    const many = Array.from({ length: 200_000 }, (_, n) => n & 0xff);
    uart.input(many);
    assert.ok(many.every((byte) => read(DR) === byte));
    assert.equal(uart.waiting, 0);
  });
});

describe('PL011: registers', () => {
  it('keeps what is written, within the width of each', () => {
    const { read, write } = make();
    for (const [offset, mask] of [
      [0x20, 0xff],
      [0x24, 0xffff],
      [0x28, 0x3f],
      [LCR_H, 0xff],
      [CR, 0xffff],
      [IFLS, 0x3f],
      [IMSC, 0x7ff],
      [0x48, 7],
    ] as const) {
      write(offset, 0xffff_ffff);
      assert.equal(read(offset), mask, `offset 0x${offset.toString(16)}`);
    }
  });

  it('comes back from a saved state, interrupt and input queue included', () => {
    const one = make();
    one.write(LCR_H, FEN);
    one.write(IMSC, Receive);
    one.uart.input(bytes(20));
    one.read(DR);
    const state = structuredClone(one.uart.save());
    const other = make();
    other.uart.restore(state);
    assert.deepEqual(other.lines, [true]);
    assert.deepEqual(
      bytes(19).map(() => other.read(DR)),
      bytes(20).slice(1),
    );
    one.uart.reset();
    assert.deepEqual(one.uart.save(), make().uart.save());
    assert.deepEqual(one.lines, [true, false]);
  });
});
