import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pl061 } from '../../../../../adapter/guest/simulated/devices/pl061.ts';
import { registersOf, type Registers } from '../support.ts';

const DIR = 0x400;
const IS = 0x404;
const IBE = 0x408;
const IEV = 0x40c;
const IE = 0x410;
const RIS = 0x414;
const MIS = 0x418;
const IC = 0x41c;

interface Fixture extends Registers {
  readonly gpio: Pl061;
  readonly lines: readonly boolean[];
}

function make(): Fixture {
  const lines: boolean[] = [];
  const gpio = new Pl061({ base: 0x0903_0000, line: (level) => lines.push(level) });
  return { gpio, lines, ...registersOf(gpio) };
}

/** Address of DATA that shows and changes these pins. */
const data = (pins: number): number => pins << 2;

describe('PL061', () => {
  it('drives outputs and reads inputs, through the mask in the address', () => {
    const { gpio, read, write } = make();
    write(DIR, 0x0f);
    write(data(0x05), 0xff);
    assert.equal(read(data(0xff)), 0x05);
    gpio.setPin(7, true);
    gpio.setPin(0, true);
    assert.equal(read(data(0xff)), 0x85, 'an output shows what is driven');
    assert.equal(read(data(0x80)), 0x80);
    write(DIR, 0);
    assert.equal(read(data(0xff)), 0x81);
  });

  it('latches the edges it is set to', () => {
    for (const [both, event, edges] of [
      [0, 0, [false]],
      [0, 8, [true]],
      [8, 0, [true, false]],
    ] as const) {
      const { gpio, read, write, lines } = make();
      write(IBE, both);
      write(IEV, event);
      write(IE, 8);
      for (const level of [true, false]) {
        const before = lines.length;
        gpio.setPin(3, level);
        assert.equal(lines.length > before, (edges as readonly boolean[]).includes(level));
        assert.equal(read(MIS), (edges as readonly boolean[]).includes(level) ? 8 : 0);
        write(IC, 8);
      }
    }
  });

  it('follows the level of a level-sensitive pin, whatever is cleared', () => {
    const { gpio, read, write, lines } = make();
    write(IS, 1);
    write(IEV, 1);
    write(IE, 1);
    gpio.setPin(0, true);
    write(IC, 1);
    assert.equal(read(RIS), 1);
    gpio.setPin(0, false);
    assert.deepEqual(lines, [true, false]);
  });

  it('comes back from a saved state', () => {
    const { gpio, write } = make();
    write(IEV, 8);
    write(IE, 8);
    gpio.setPin(3, true);
    const other = make();
    other.gpio.restore(structuredClone(gpio.save()));
    assert.deepEqual(other.lines, [true]);
    assert.equal(other.read(data(0xff)), 8);
    other.gpio.reset();
    assert.deepEqual(other.lines, [true, false]);
  });
});
