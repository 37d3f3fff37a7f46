import type { RowHandlers } from '../../registers/row.ts';
import { GLOBAL_REVISION, GLOBAL_V2_GROUPS_WRITABLE } from '../../state/layout.ts';
import type { GicState } from '../../state/state.ts';
import { readAsZero, writeIgnored } from './common.ts';
import { IIDR_VALUE } from './distributor.ts';

const REVISION_SHIFT = 12;
const REVISION_MASK = 0xf << REVISION_SHIFT;
/** Revisions user space may ask for: the first with groups, and the first with GICR_CTLR.CES and IR. */
const REVISION_GROUPS = 2;
const REVISION_LPI_INVALIDATE = 3;

function iidr(state: GicState): number {
  return IIDR_VALUE | (state.get(GLOBAL_REVISION) << REVISION_SHIFT);
}

/** User space selects the revision a guest sees; every other field must be as it reads. */
export const GICD_IIDR: RowHandlers = {
  read: iidr,
  write: writeIgnored,
  user: {
    accepts(state, _vcpu, value) {
      if (((iidr(state) ^ value) & ~REVISION_MASK) !== 0) return false;
      const revision = (value & REVISION_MASK) >> REVISION_SHIFT;
      return revision === REVISION_GROUPS || revision === REVISION_LPI_INVALIDATE;
    },
    write({ state }, _vcpu, _offset, _length, value) {
      state.put(GLOBAL_REVISION, (value & REVISION_MASK) >> REVISION_SHIFT);
      if (state.config.gic === 'v2') state.put(GLOBAL_V2_GROUPS_WRITABLE, 1);
    },
  },
};

/** Zero, and user space may restore zero alone. */
export const GICD_TYPER2: RowHandlers = {
  read: readAsZero,
  write: writeIgnored,
  user: { accepts: (_state, _vcpu, value) => value === 0 },
};

/** IR (2) and CES (1): LPIs can be invalidated by register, and EnableLPIs can be cleared. */
const CTLR_CES_IR = (1 << 2) | (1 << 1);

export const GICR_CTLR: RowHandlers = {
  read: (state) => (state.get(GLOBAL_REVISION) >= REVISION_LPI_INVALIDATE ? CTLR_CES_IR : 0),
  write: writeIgnored,
};
