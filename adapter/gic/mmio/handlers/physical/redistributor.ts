import { affinityOf } from '../../../physical/reset.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import type { RowHandlers } from '../../../registers/row.ts';
import {
  PHYSICAL_GICR_CTLR,
  PHYSICAL_PENDBASER_HI,
  PHYSICAL_PENDBASER_LO,
  PHYSICAL_PROPBASER_HI,
  PHYSICAL_PROPBASER_LO,
  PHYSICAL_WAKER,
} from '../../../state/physical-words.ts';
import { writeIgnored } from '../common.ts';

const ENABLE_LPIS = 1 << 0;
/** DPG1S (26), DPG1NS (25) and DPG0 (24): the PE takes no 1-of-N interrupts of the group. */
const DPG_BITS = 7 << 24;

/** EnableLPIs where there are LPIs, and the DPG bits where interrupts are routed to one of several PEs. */
export function GICR_CTLR({ routesOneOfN }: PhysicalPolicy): RowHandlers {
  return {
    read: (state, cpu) => state.get(state.physicalWord(cpu, PHYSICAL_GICR_CTLR)),
    write({ state }, cpu, _offset, _length, value) {
      const mask = (state.hardware.lpis ? ENABLE_LPIS : 0) | (routesOneOfN ? DPG_BITS : 0);
      const word = state.physicalWord(cpu, PHYSICAL_GICR_CTLR);
      state.put(word, (state.get(word) & ~mask) | (value & mask));
    },
  };
}

/** Affinity (63:32); CommonLPIAff 1 (25:24), processor number (23:8), DPGS (5), Last (4), PLPIS (0). */
export function GICR_TYPER({ routesOneOfN }: PhysicalPolicy): RowHandlers {
  return {
    read(state, cpu, offset) {
      const affinity = affinityOf(state, cpu);
      state.hi = affinity;
      if ((offset & 4) !== 0) return affinity;
      return (
        (1 << 24) |
        (cpu << 8) |
        (routesOneOfN ? 1 << 5 : 0) |
        (cpu === state.config.cpus - 1 ? 1 << 4 : 0) |
        (state.hardware.lpis ? 1 : 0)
      );
    },
    write: writeIgnored,
  };
}

const PROCESSOR_SLEEP = 1 << 1;
const CHILDREN_ASLEEP = 1 << 2;

/** ChildrenAsleep follows ProcessorSleep at once. */
export const GICR_WAKER: RowHandlers = {
  read: (state, cpu) => state.get(state.physicalWord(cpu, PHYSICAL_WAKER)),
  write({ state }, cpu, _offset, _length, value) {
    const asleep = (value & PROCESSOR_SLEEP) !== 0 ? PROCESSOR_SLEEP | CHILDREN_ASLEEP : 0;
    state.put(state.physicalWord(cpu, PHYSICAL_WAKER), asleep);
  },
};

/** Two words, written and read as they are. */
function doubleword(low: number, high: number): RowHandlers {
  return {
    read(state, cpu, offset) {
      const hi = state.get(state.physicalWord(cpu, high));
      state.hi = hi;
      return (offset & 4) !== 0 ? hi : state.get(state.physicalWord(cpu, low));
    },
    write({ state }, cpu, offset, length, lo, hi) {
      const upper = (offset & 4) !== 0;
      state.put(state.physicalWord(cpu, upper ? high : low), lo);
      if (length === 8) state.put(state.physicalWord(cpu, high), hi);
    },
  };
}

export const GICR_PROPBASER = doubleword(PHYSICAL_PROPBASER_LO, PHYSICAL_PROPBASER_HI);
export const GICR_PENDBASER = doubleword(PHYSICAL_PENDBASER_LO, PHYSICAL_PENDBASER_HI);
