import { PRIVATE_IRQS } from '../../config.ts';
import { ALL_VCPUS, type Delivery } from '../../delivery/delivery.ts';
import type { RowHandlers } from '../../registers/row.ts';
import type { GicState } from '../../state/state.ts';

/*
 * One bit an interrupt: a 32-bit register is one word of a bit plane. Only 32-bit accesses get here.
 */

/** Plane word of a one-bit-an-interrupt register at `offset` bytes into its array. */
function wordAt(state: GicState, vcpu: number, offset: number): number {
  return state.planeWord(offset << 3, vcpu);
}

export const ISENABLER: RowHandlers = {
  read: { words: 'enabled', bankWords: 1 },
  write(delivery, vcpu, offset, _length, bits) {
    const { state } = delivery;
    const word = wordAt(state, vcpu, offset);
    const index = state.at.enabled + word;
    state.put(index, state.get(index) | bits);
    delivery.queueWord(word, bits);
  },
};

/** Disabling leaves an interrupt queued: the next exit of its vCPU prunes it. */
export const ICENABLER: RowHandlers = {
  read: { words: 'enabled', bankWords: 1 },
  write: { how: 'clear' },
};

/** On a level interrupt this is remembered as pending by software, apart from its wire. */
export const ISPENDR: RowHandlers = {
  read: { words: 'pending', bankWords: 1 },
  write(delivery, vcpu, offset, _length, bits) {
    const { state } = delivery;
    const { at } = state;
    const word = wordAt(state, vcpu, offset);
    state.put(at.pending + word, state.get(at.pending + word) | bits);
    state.put(at.soft + word, state.get(at.soft + word) | (bits & ~state.get(at.edge + word)));
    delivery.queueWord(word, bits);
  },
};

/** A level interrupt stays pending while its wire is high. */
export const ICPENDR: RowHandlers = {
  read: { words: 'pending', bankWords: 1 },
  write({ state }, vcpu, offset, _length, bits) {
    const { at } = state;
    const word = wordAt(state, vcpu, offset);
    const level = bits & ~state.get(at.edge + word);
    state.put(at.soft + word, state.get(at.soft + word) & ~level);
    const stillHigh = level & state.get(at.lineLevel + word);
    state.put(at.pending + word, (state.get(at.pending + word) & ~bits) | stillHigh);
  },
};

/**
 * Halt, change, resume: the active state may be in a list register of a running vCPU, so that vCPU (all of them for
 * an SPI) leaves the guest before the state changes.
 */
export function changeActive(delivery: Delivery, vcpu: number, offset: number, set: number, clear: number): void {
  const { state, control } = delivery;
  const halted = offset << 3 < PRIVATE_IRQS ? vcpu : ALL_VCPUS;
  control?.halt(halted);
  const word = wordAt(state, vcpu, offset);
  const index = state.at.active + word;
  state.put(index, (state.get(index) & ~clear) | set);
  delivery.queueWord(word, set);
  control?.resume(halted);
}

export const ISACTIVER: RowHandlers = {
  read: { words: 'active', bankWords: 1 },
  write(delivery, vcpu, offset, _length, bits) {
    changeActive(delivery, vcpu, offset, bits, 0);
  },
};

export const ICACTIVER: RowHandlers = {
  read: { words: 'active', bankWords: 1 },
  write(delivery, vcpu, offset, _length, bits) {
    changeActive(delivery, vcpu, offset, 0, bits);
  },
};
