import { PRIVATE_IRQS } from '../../config.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import { softwareGeneratedV2 } from '../../delivery/sgi.ts';
import type { RowHandlers } from '../../registers/row.ts';
import { GLOBAL_DIST_ENABLED } from '../../state/layout.ts';
import type { GicState } from '../../state/state.ts';
import { readAsZero, writeIgnored } from './common.ts';

/** Product 0x4b ("K"), implementer Arm (0x43b), revision 0. */
export const IIDR_VALUE = 0x4b00043b;

function enableDistributor(delivery: Delivery, enable: boolean): void {
  const { state } = delivery;
  const before = state.get(GLOBAL_DIST_ENABLED) !== 0;
  state.put(GLOBAL_DIST_ENABLED, enable ? 1 : 0);
  // Interrupts that are pending already are not queued: the next event on them does that.
  if (enable && !before) delivery.kickWaiting();
}

export const GICD_CTLR_V2: RowHandlers = {
  read: (state) => state.get(GLOBAL_DIST_ENABLED),
  write(delivery, _vcpu, _offset, _length, value) {
    enableDistributor(delivery, (value & 1) !== 0);
  },
};

/** DS (6) and ARE_NS (4) are fixed ones: one security state, affinity routing always on. */
const CTLR_V3_FIXED = (1 << 6) | (1 << 4);
const CTLR_V3_ENABLE_GRP1 = 1 << 1;

export const GICD_CTLR_V3: RowHandlers = {
  read: (state) => CTLR_V3_FIXED | (state.get(GLOBAL_DIST_ENABLED) !== 0 ? CTLR_V3_ENABLE_GRP1 : 0),
  write(delivery, _vcpu, _offset, _length, value) {
    enableDistributor(delivery, (value & CTLR_V3_ENABLE_GRP1) !== 0);
  },
};

function linesNumber(state: GicState): number {
  return ((state.config.spis + PRIVATE_IRQS) >> 5) - 1;
}

export const GICD_TYPER_V2: RowHandlers = {
  read: (state) => linesNumber(state) | ((state.config.cpus - 1) << 5),
  write: writeIgnored,
};

/** IDbits 23:19 is 9: ten INTID bits, as there are no LPIs without an ITS. */
export const GICD_TYPER_V3: RowHandlers = {
  read: (state) => linesNumber(state) | (9 << 19),
  write: writeIgnored,
};

export const GICD_SGIR: RowHandlers = {
  read: readAsZero,
  write(delivery, vcpu, _offset, _length, value) {
    softwareGeneratedV2(delivery, vcpu, value);
  },
};

/** Every SGI the access covers whose senders are all gone afterwards loses pending, written as 0 or not. */
export const GICD_CPENDSGIR: RowHandlers = {
  read: { words: 'source', bankWords: 4 },
  write({ state, policy }, vcpu, offset, length, value) {
    const base = state.at.source + vcpu * 4;
    for (let i = 0; i < length; i++) {
      const left = state.byte(base, offset + i) & ~(value >> (i << 3));
      state.putByte(base, offset + i, left);
      if (left === 0) policy.pending.unlatch(state, state.slot(offset + i, vcpu));
    }
  },
};

/** Every SGI the access covers that has a sender afterwards becomes pending, even where 0 was written. */
export const GICD_SPENDSGIR: RowHandlers = {
  read: { words: 'source', bankWords: 4 },
  write(delivery, vcpu, offset, length, value) {
    const { state, policy } = delivery;
    const base = state.at.source + vcpu * 4;
    for (let i = 0; i < length; i++) {
      const sources = state.byte(base, offset + i) | ((value >> (i << 3)) & 0xff);
      state.putByte(base, offset + i, sources);
      if (sources === 0) continue;
      const slot = state.slot(offset + i, vcpu);
      policy.pending.latch(state, slot);
      delivery.queue(slot);
    }
  },
};
