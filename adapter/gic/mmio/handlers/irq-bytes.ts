import { PRIVATE_IRQS } from '../../config.ts';
import { vcpuOfTargets } from '../../delivery/delivery.ts';
import type { RowHandlers } from '../../registers/row.ts';
import type { GicState } from '../../state/state.ts';

/*
 * One byte an interrupt, read and written by bytes and by words: four slots a word in the state, as in the register.
 */

/** Five of the eight priority bits exist: 7:3. */
export const PRIORITY_MASK = 0xf8;
const PRIORITY_WORD_MASK = 0xf8f8f8f8 | 0;

function readBytes(state: GicState, base: number, slot: number, length: number): number {
  return length === 4 ? state.get(base + (slot >> 2)) : state.byte(base, slot);
}

export const IPRIORITYR: RowHandlers = {
  read: (state, vcpu, offset, length) => readBytes(state, state.at.priority, state.slot(offset, vcpu), length),
  write({ state }, vcpu, offset, length, value) {
    const slot = state.slot(offset, vcpu);
    if (length === 4) state.put(state.at.priority + (slot >> 2), value & PRIORITY_WORD_MASK);
    else state.putByte(state.at.priority, slot, value & PRIORITY_MASK);
  },
};

/** GICv2 targets. Those of private interrupts are fixed; all eight bits of an SPI's are kept, present vCPU or not. */
export const ITARGETSR: RowHandlers = {
  read: (state, vcpu, offset, length) => readBytes(state, state.at.route, state.slot(offset, vcpu), length),
  write({ state }, vcpu, offset, length, value) {
    if (offset < PRIVATE_IRQS) return;
    const { at, config } = state;
    const slot = state.slot(offset, vcpu);
    if (length === 4) state.put(at.route + (slot >> 2), value);
    else state.putByte(at.route, slot, value);
    for (let i = 0; i < length; i++) {
      state.put(at.target + slot + i, vcpuOfTargets((value >> (i << 3)) & 0xff, config.cpus));
    }
  },
};
