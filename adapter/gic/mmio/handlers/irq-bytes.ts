import { PRIVATE_IRQS } from '../../config.ts';
import { vcpuOfTargets } from '../../delivery/delivery.ts';
import type { RowHandlers } from '../../registers/row.ts';

/*
 * One byte an interrupt, read and written by bytes and by words: four slots a word in the state, as in the register.
 */

/** Words of a vCPU's 32 private interrupts. */
const BANK_WORDS = 8;

/** Five of the eight priority bits exist: 7:3. */
export const PRIORITY_MASK = 0xf8;
const PRIORITY_WORD_MASK = 0xf8f8f8f8 | 0;

export const IPRIORITYR: RowHandlers = {
  read: { words: 'priority', bankWords: BANK_WORDS },
  write: { how: 'replace', mask: () => PRIORITY_WORD_MASK },
};

/** GICv2 targets. Those of private interrupts are fixed; all eight bits of an SPI's are kept, present vCPU or not. */
export const ITARGETSR = {
  read: { words: 'route', bankWords: BANK_WORDS },
  write({ state }, vcpu, offset, length, value) {
    if (offset < PRIVATE_IRQS) return;
    const { at, config } = state;
    const slot = state.slot(offset, vcpu);
    const word = at.route + (slot >> 2);
    const before = state.get(word);
    if (length === 4) state.put(word, value);
    else state.putByte(at.route, slot, value);
    // The same targets as before mean the same vCPUs.
    if (state.get(word) === before) return;
    for (let i = 0; i < length; i++) {
      state.put(at.target + slot + i, vcpuOfTargets((value >> (i << 3)) & 0xff, config.cpus));
    }
  },
} as const satisfies RowHandlers;

/** The same, but of an SPI's bits only those of vCPUs that exist are kept. */
export const ITARGETSR_MASKED: RowHandlers = {
  read: ITARGETSR.read,
  write(delivery, vcpu, offset, length, value) {
    const present = (1 << delivery.state.config.cpus) - 1;
    ITARGETSR.write(delivery, vcpu, offset, length, value & Math.imul(present, 0x01010101));
  },
};
