import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareFromTimerValue,
  conditionMet,
  counterAfter,
  instructionsAt,
  instructionsUntil,
  readControl,
  readTimerValue,
  TICK_AN_INSTRUCTION,
  timerDeadline,
  timerOutput,
} from '../../../../../adapter/guest/simulated/devices/timer.ts';

const MAX = 0xffff_ffff_ffff_ffffn;

describe('generic timer', () => {
  it('compares unsigned', () => {
    assert.equal(conditionMet(100n, 99n), false);
    assert.equal(conditionMet(100n, 100n), true);
    assert.equal(conditionMet(MAX, 0n), false);
    assert.equal(conditionMet(MAX, MAX), true);
  });

  it('shows ISTATUS while enabled, masked or not, and keeps no other bit', () => {
    const at = (control: number): number => readControl({ control, compare: 10n }, 10n);
    assert.deepEqual([0, 1, 2, 3].map(at), [0, 5, 2, 7]);
    assert.equal(readControl({ control: 0xffff_fffd, compare: 11n }, 10n), 1);
  });

  it('drives its interrupt while enabled, not masked and met', () => {
    const outputs = [0, 1, 2, 3].map((control) => timerOutput({ control, compare: 10n }, 10n));
    assert.deepEqual(outputs, [false, true, false, false]);
    assert.equal(timerOutput({ control: 1, compare: 10n }, 9n), false);
  });

  it('has a deadline only where the output will rise by itself', () => {
    const deadline = (control: number, counter: bigint): bigint | null =>
      timerDeadline({ control, compare: 10n }, counter);
    assert.deepEqual(
      [0, 1, 2, 3].map((control) => deadline(control, 5n)),
      [null, 10n, null, null],
    );
    assert.equal(deadline(1, 10n), null);
  });

  it('counts TVAL down, signed 32 bits', () => {
    assert.equal(readTimerValue(110n, 100n), 10);
    assert.equal(readTimerValue(100n, 110n), 0xffff_fff6);
    assert.equal(compareFromTimerValue(10, 100n), 110n);
    assert.equal(compareFromTimerValue(0xffff_fff6, 100n), 90n);
    assert.equal(compareFromTimerValue(-1, 0n), MAX);
    assert.equal(compareFromTimerValue(0x8000_0000n, 0x1_0000_0000n), 0x8000_0000n);
    for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      assert.equal(readTimerValue(compareFromTimerValue(value, 5_000_000_000n), 5_000_000_000n), value);
    }
  });

  it('finds the first instruction at which the counter is there', () => {
    for (const scale of [TICK_AN_INSTRUCTION, { ticks: 1n, instructions: 16n }, { ticks: 5n, instructions: 3n }]) {
      for (let count = 0n; count < 100n; count++) {
        const instructions = instructionsAt(count, scale);
        assert.ok(counterAfter(instructions, scale) >= count);
        assert.ok(instructions === 0n || counterAfter(instructions - 1n, scale) < count);
      }
    }
  });

  it('takes the earliest of several deadlines', () => {
    assert.equal(instructionsUntil([], 5n, TICK_AN_INSTRUCTION), null);
    assert.equal(instructionsUntil([null, null], 5n, TICK_AN_INSTRUCTION), null);
    assert.equal(instructionsUntil([30n, null, 20n], 5n, TICK_AN_INSTRUCTION), 15n);
    assert.equal(instructionsUntil([3n, MAX], 5n, TICK_AN_INSTRUCTION), 0n);
  });
});
