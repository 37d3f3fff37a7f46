import { PRIVATE_IRQS, SGIS } from '../../../config.ts';
import {
  CTLR_ARE_NS,
  CTLR_ARE_S,
  CTLR_DS,
  CTLR_ENABLE_G0,
  CTLR_ENABLE_G1NS,
  CTLR_ENABLE_G1S,
} from '../../../physical/distributor-control.ts';
import { oneSecurityState } from '../../../physical/groups.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import { presentCpus, clearCopies, setCopies } from '../../../physical/spi-copies.ts';
import type { RowHandlers, WriteHandler } from '../../../registers/row.ts';
import { GLOBAL_CTLR } from '../../../state/layout.ts';
import type { GicState } from '../../../state/state.ts';
import { readAsZero, writeIgnored } from '../common.ts';
import { byLane } from './lanes.ts';

/** A register of GICv2 that always reads the same, byte by byte too. */
export function constantV2(value: number | ((state: GicState) => number)): RowHandlers {
  const read = typeof value === 'number' ? () => value : value;
  return { read: byLane(read), write: writeIgnored };
}

/** EnableGrp0 and EnableGrp1; Non-secure software has the latter as bit 0. Both in the lowest byte. */
export const GICD_CTLR_V2: RowHandlers = {
  read: byLane((state) => state.get(GLOBAL_CTLR)),
  write({ state }, _cpu, offset, _length, value) {
    if (offset === 0) state.put(GLOBAL_CTLR, value & 3);
  },
  nonSecure: {
    read: byLane((state) => (state.get(GLOBAL_CTLR) >> 1) & 1),
    write({ state }, _cpu, offset, _length, value) {
      if (offset === 0) state.put(GLOBAL_CTLR, (state.get(GLOBAL_CTLR) & ~2) | ((value & 1) << 1));
    },
  },
};

const TYPER_SECURITY = 1 << 10;

export const GICD_TYPER_V2: RowHandlers = constantV2(
  (state) =>
    (((state.config.spis + PRIVATE_IRQS) >> 5) - 1) |
    ((state.config.cpus - 1) << 5) |
    (state.hardware.securityStates === 2 ? TYPER_SECURITY : 0),
);

/** GICD_SGIR.NSATT: the SGI has to be of group 1. */
const SGIR_NSATT = 1 << 15;

/** GICv2: raises an SGI at its targets. Only whole words reach it. */
export function GICD_SGIR({ v2: policy }: PhysicalPolicy): RowHandlers {
  const send = (state: GicState, cpu: number, value: number, secure: boolean): void => {
    const filter = (value >> 24) & 3;
    const sgi = value & 0xf;
    const all = presentCpus(state);
    let targets = 0;
    if (filter === 0) targets = (value >> 16) & all;
    else if (filter === 1) targets = all & ~(1 << cpu);
    else if (filter === 2) targets = 1 << cpu;
    else if (policy.reservedFilterSends) targets = all;
    const group1 = !secure || (value & SGIR_NSATT) !== 0;
    // With one security state NSATT means nothing.
    const obeys = policy.sgiObeysGroups && state.hardware.securityStates === 2;
    for (let target = 0; target < state.config.cpus; target++) {
      if ((targets & (1 << target)) === 0) continue;
      if (obeys && state.bit(state.at.group, state.slot(sgi, target)) !== group1) continue;
      addSenders(state, target, sgi, 1 << cpu);
    }
  };
  const view =
    (secure: boolean): WriteHandler =>
    ({ state }, cpu, offset, length, value) => {
      if (offset === 0 && length === 4) send(state, cpu, value, secure);
    };
  return { read: readAsZero, write: view(true), nonSecure: { write: view(false) } };
}

/** An SGI is pending for a CPU while a sender is left. */
function addSenders(state: GicState, cpu: number, sgi: number, senders: number): void {
  const source = state.at.source + cpu * 4;
  state.putByte(source, sgi, state.byte(source, sgi) | senders);
  setCopies(state, 'latch', cpu, 1 << sgi, -1);
}

/** A byte an SGI; `change` gets the senders written. Non-secure software has the SGIs of group 1. */
function senderRow(change: (state: GicState, cpu: number, sgi: number, senders: number) => void): RowHandlers {
  const inGroup1 = (state: GicState, cpu: number, sgi: number): boolean =>
    state.bit(state.at.group, state.slot(sgi, cpu));
  return {
    read: { words: 'source', bankWords: SGIS / 4 },
    write({ state }, cpu, offset, length, value) {
      for (let i = 0; i < length; i++) change(state, cpu, offset + i, (value >> (i << 3)) & 0xff);
    },
    nonSecure: {
      read(state, cpu, offset, length) {
        let value = 0;
        for (let i = 0; i < length; i++) {
          if (inGroup1(state, cpu, offset + i)) value |= state.byte(state.at.source + cpu * 4, offset + i) << (i << 3);
        }
        return value;
      },
      write({ state }, cpu, offset, length, value) {
        for (let i = 0; i < length; i++) {
          if (inGroup1(state, cpu, offset + i)) change(state, cpu, offset + i, (value >> (i << 3)) & 0xff);
        }
      },
    },
  };
}

export const GICD_CPENDSGIR = senderRow((state, cpu, sgi, senders) => {
  const source = state.at.source + cpu * 4;
  const left = state.byte(source, sgi) & ~senders;
  state.putByte(source, sgi, left);
  if (left === 0) clearCopies(state, 'latch', cpu, 1 << sgi, -1);
});

export const GICD_SPENDSGIR = senderRow((state, cpu, sgi, senders) => {
  if (senders !== 0) addSenders(state, cpu, sgi, senders);
});

/** Bits of GICD_CTLR that software of each view may write: IHI 0069, 12.9.4. */
const WRITABLE_ONE_STATE = CTLR_ENABLE_G0 | CTLR_ENABLE_G1NS;
const WRITABLE_SECURE = CTLR_DS | CTLR_ENABLE_G0 | CTLR_ENABLE_G1NS | CTLR_ENABLE_G1S;
/** The Non-secure view: its own affinity routing is in the place of the Secure one. */
const SHOWN_NONSECURE = CTLR_ARE_S | CTLR_ENABLE_G1NS;

function writeControl(state: GicState, value: number, mask: number): void {
  let control = (state.get(GLOBAL_CTLR) & ~mask) | (value & mask);
  // Security is disabled once and for all, and what belongs to the other state goes with it.
  if ((value & mask & CTLR_DS) !== 0) control &= ~(CTLR_ENABLE_G1S | CTLR_ARE_NS);
  state.put(GLOBAL_CTLR, control);
}

export const GICD_CTLR_V3: RowHandlers = {
  read: (state) => state.get(GLOBAL_CTLR),
  write: ({ state }, _cpu, _offset, _length, value) =>
    writeControl(state, value, oneSecurityState(state) ? WRITABLE_ONE_STATE : WRITABLE_SECURE),
  nonSecure: {
    read: (state) => state.get(GLOBAL_CTLR) & (oneSecurityState(state) ? -1 : SHOWN_NONSECURE),
    write: ({ state }, _cpu, _offset, _length, value) =>
      writeControl(state, value, oneSecurityState(state) ? WRITABLE_ONE_STATE : CTLR_ENABLE_G1NS),
  },
};

/** No1N (25), A3V (24), 16 bits of INTID (23:19), LPIS (17), SecurityExtn (10), ITLinesNumber (4:0). */
export function GICD_TYPER_V3({ routesOneOfN, tellsFewerSpis }: PhysicalPolicy): RowHandlers {
  return {
    read(state) {
      const lines = ((state.config.spis + PRIVATE_IRQS) >> 5) - (tellsFewerSpis ? 2 : 1);
      return (
        (routesOneOfN ? 0 : 1 << 25) |
        (1 << 24) |
        (0xf << 19) |
        (state.hardware.lpis ? 1 << 17 : 0) |
        (oneSecurityState(state) ? 0 : TYPER_SECURITY) |
        lines
      );
    },
    write: writeIgnored,
  };
}
