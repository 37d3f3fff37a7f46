import { oneSecurityState } from '../../../physical/groups.ts';
import { settleAll, settlePrivate, settleShared } from '../../../physical/remembered-winner.ts';
import type { AfterWrite, FrameTable, RegisterRow, RowHandlers } from '../../../registers/row.ts';
import type { GicState } from '../../../state/state.ts';
import { openV3 } from './irq-planes.ts';

/** After writes of Secure software, or all with one security state, and of Non-secure software. */
interface Looks {
  readonly bus: AfterWrite;
  readonly nonSecure: AfterWrite;
}

/** Rows after whose writes the remembered most urgent interrupts are looked at again: see remembered-winner.ts. */
export function settling(frame: FrameTable): FrameTable {
  return {
    ...frame,
    rows: frame.rows.map((row) => {
      const looks = looksOf(row);
      return row.handlers === undefined || looks === null ? row : { ...row, handlers: after(row.handlers, looks) };
    }),
  };
}

function looksOf(row: RegisterRow): Looks | null {
  const settle = settleOf(row);
  if (settle === null) return null;
  const looks = { bus: settle, nonSecure: settle };
  // A write that is dropped whole is followed by no look.
  if (row.property === 'groupModifier') return { bus: unless(oneSecurityState, settle), nonSecure: () => {} };
  if (row.property === 'group') return { ...looks, nonSecure: unless((state) => !oneSecurityState(state), settle) };
  if (row.property === 'route') return { ...looks, nonSecure: whereOpen(settle) };
  return looks;
}

function unless(dropped: (state: GicState) => boolean, settle: AfterWrite): AfterWrite {
  return (state, cpu, offset, length) => {
    if (!dropped(state)) settle(state, cpu, offset, length);
  };
}

/** Of GICD_IROUTER Non-secure software writes those of its own interrupts, and those that NSACR opens wholly. */
function whereOpen(settle: AfterWrite): AfterWrite {
  const open = openV3(3);
  return (state, cpu, offset, length) => {
    const slot = state.slot(offset >> 3, cpu);
    if ((open(state, slot >> 5) & (1 << (slot & 31))) !== 0) settle(state, cpu, offset, length);
  };
}

function settleOf(row: RegisterRow): AfterWrite | null {
  if (row.name === 'GICD_CTLR') return settleAll;
  // Triggers of SPIs are changed without a look.
  if (row.property === null || row.name === 'GICD_ICFGR' || row.name.endsWith('NSACR')) return null;
  if (row.bank === 'frame') return settlePrivate;
  // Bits an interrupt are a power of two.
  const shift = 31 - Math.clz32(row.bitsPerIrq);
  return (state, cpu, offset, length) => {
    const first = (offset << 3) >> shift;
    const count = Math.max(1, (length << 3) >> shift);
    const bits = count >= 32 ? -1 : ((1 << count) - 1) << (first & 31);
    settleShared(state, state.planeWord(first & ~31, cpu), bits);
  };
}

function after({ nonSecure, ...handlers }: RowHandlers, looks: Looks): RowHandlers {
  const row = { ...handlers, afterWrite: looks.bus };
  if (nonSecure?.write === undefined) return nonSecure === undefined ? row : { ...row, nonSecure };
  return { ...row, nonSecure: { ...nonSecure, afterWrite: looks.nonSecure } };
}
