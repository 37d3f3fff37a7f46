import { derivePending } from '../delivery/pending.ts';
import type { GicState } from '../state/state.ts';
import type { PhysicalPolicy } from './policy.ts';
import { settleSlot } from './remembered-winner.ts';
import { ALL_CPUS, setCopies, targetsOf } from './spi-copies.ts';

/** A wire changes. Edge-triggered interrupts latch its rise, level-sensitive ones follow it. */
export function driveWire(state: GicState, policy: PhysicalPolicy, slot: number, level: boolean): void {
  const { at } = state;
  if (state.bit(at.lineLevel, slot) === level) return;
  state.putBit(at.lineLevel, slot, level);
  if (level && state.bit(at.edge, slot)) latch(state, policy, slot);
  derivePending(state, slot >> 5);
  if (policy.remembersWinner) settleSlot(state, slot);
}

function latch(state: GicState, policy: PhysicalPolicy, slot: number): void {
  if (state.config.gic === 'v3') state.putBit(state.at.soft, slot, true);
  else {
    const { spiStatePerCpu } = policy.v2;
    const cpus = spiStatePerCpu && state.owner(slot) < 0 ? targetsOf(state, slot) : ALL_CPUS;
    setCopies(state, 'latch', slot >> 5, 1 << (slot & 31), cpus);
  }
}
