import { oneSecurityState } from '../../../physical/groups.ts';
import { settleAll, settlePrivate, settleShared } from '../../../physical/remembered-winner.ts';
import type { FrameTable, RegisterRow, RowHandlers, WriteHandler } from '../../../registers/row.ts';
import type { GicState } from '../../../state/state.ts';
import { openV3 } from './irq-planes.ts';

/** Looks again at interrupts that an access to a row concerned. */
type Settle = (state: GicState, cpu: number, offset: number, length: number) => void;

/** After writes of Secure software, or all with one security state, and of Non-secure software. */
interface Looks {
  readonly bus: Settle;
  readonly nonSecure: Settle;
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

function unless(dropped: (state: GicState) => boolean, settle: Settle): Settle {
  return (state, cpu, offset, length) => {
    if (!dropped(state)) settle(state, cpu, offset, length);
  };
}

/** Of GICD_IROUTER Non-secure software writes those of its own interrupts, and those that NSACR opens wholly. */
function whereOpen(settle: Settle): Settle {
  const open = openV3(3);
  return (state, cpu, offset, length) => {
    const slot = state.slot(offset >> 3, cpu);
    if ((open(state, slot >> 5) & (1 << (slot & 31))) !== 0) settle(state, cpu, offset, length);
  };
}

function settleOf(row: RegisterRow): Settle | null {
  if (row.name === 'GICD_CTLR') return settleAll;
  // Triggers of SPIs are changed without a look.
  if (row.property === null || row.name === 'GICD_ICFGR' || row.name.endsWith('NSACR')) return null;
  if (row.bank === 'frame') return settlePrivate;
  const { bitsPerIrq } = row;
  return (state, cpu, offset, length) => {
    const first = Math.trunc((offset * 8) / bitsPerIrq);
    const count = Math.max(1, Math.trunc((length * 8) / bitsPerIrq));
    const bits = count >= 32 ? -1 : ((1 << count) - 1) << (first & 31);
    settleShared(state, state.planeWord(first & ~31, cpu), bits);
  };
}

function after(handlers: RowHandlers, looks: Looks): RowHandlers {
  const wrapped =
    (write: WriteHandler, settle: Settle): WriteHandler =>
    (delivery, cpu, offset, length, lo, hi) => {
      write(delivery, cpu, offset, length, lo, hi);
      settle(delivery.state, cpu, offset, length);
    };
  const { nonSecure } = handlers;
  return {
    ...handlers,
    write: wrapped(handlers.write, looks.bus),
    ...(nonSecure?.write === undefined
      ? {}
      : { nonSecure: { ...nonSecure, write: wrapped(nonSecure.write, looks.nonSecure) } }),
  };
}
