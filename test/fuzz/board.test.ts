import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Width } from '../../adapter/guest/simulated/devices/device.ts';
import { VIRT_MAP } from '../../adapter/guest/simulated/board/virt.ts';
import { testBoard } from '../unit/guest/simulated/support.ts';
import { generator } from './generator.ts';

/** Same accesses every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 20_000);

const WINDOWS = Object.values(VIRT_MAP);
const WIDTHS = [1, 2, 4, 4, 4, 8] as const satisfies readonly Width[];
const VALUES = [0, 1, 0xff, 0x10, 0x20, 0x40, 0x60, 0x70, 0x90, 0x98, 0xd0, 0xe8, 0x40_0040, 0xffff_ffff, 0x8000_0000];

// Two boards get the same accesses; every now and then one is replaced by a new board with its saved state. They must
// go on answering alike.
test('a guest that pokes at random: answers fit their width, and a restored board answers the same', () => {
  const random = generator(SEED);
  const one = testBoard();
  let other = testBoard();
  for (let round = 0; round < ROUNDS; round++) {
    const window = WINDOWS[random(WINDOWS.length)] ?? VIRT_MAP.uart;
    const width = WIDTHS[random(WIDTHS.length)] ?? 4;
    const reach = random(2) === 0 ? 0x80 : Math.min(window.size, 0x1_0000);
    const address = window.base + (random(8) === 0 ? random(reach) : Math.floor(random(reach) / width) * width);
    if (random(2) === 0) {
      const value = VALUES[random(VALUES.length)] ?? 0;
      one.bus.write(address, width, value);
      other.bus.write(address, width, value);
    } else {
      const value = one.bus.read(address, width);
      assert.equal(typeof value, width === 8 ? 'bigint' : 'number');
      assert.ok(BigInt(value) >= 0n && BigInt(value) < 1n << BigInt(8 * width), `${value} in ${width} bytes`);
      assert.equal(other.bus.read(address, width), value, `round ${round}, 0x${address.toString(16)}`);
    }
    if (random(16) === 0) {
      const typed = [random(256), random(256)];
      one.uart.input(typed);
      other.uart.input(typed);
    }
    if (random(500) === 0) for (const board of [one, other]) board.powerButton();
    if (random(8) === 0) one.clock.now = other.clock.now = one.clock.now + BigInt(random(100_000_000));
    one.poll();
    other.poll();
    assert.deepEqual(other.events.splice(0), one.events.splice(0), `seed ${SEED}, round ${round}`);
    if (random(400) === 0) {
      const next = testBoard();
      next.clock.now = other.clock.now;
      next.ram.set(other.ram);
      next.restore(structuredClone(other.save()));
      other = next;
    }
  }
});
