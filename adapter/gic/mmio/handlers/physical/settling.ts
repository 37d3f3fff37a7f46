import { settleAll, settlePrivate, settleShared } from '../../../physical/remembered-winner.ts';
import type { FrameTable, RegisterRow, RowHandlers, WriteHandler } from '../../../registers/row.ts';
import type { GicState } from '../../../state/state.ts';

/** Looks again at interrupts that an access to a row concerned. */
type Settle = (state: GicState, cpu: number, offset: number, length: number) => void;

/** Rows after whose writes the remembered most urgent interrupts are looked at again: see remembered-winner.ts. */
export function settling(frame: FrameTable): FrameTable {
  return {
    ...frame,
    rows: frame.rows.map((row) => {
      const settle = settleOf(row);
      return row.handlers === undefined || settle === null ? row : { ...row, handlers: after(row.handlers, settle) };
    }),
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

function after(handlers: RowHandlers, settle: Settle): RowHandlers {
  const wrapped =
    (write: WriteHandler): WriteHandler =>
    (delivery, cpu, offset, length, lo, hi) => {
      write(delivery, cpu, offset, length, lo, hi);
      settle(delivery.state, cpu, offset, length);
    };
  const { nonSecure } = handlers;
  return {
    ...handlers,
    write: wrapped(handlers.write),
    ...(nonSecure?.write === undefined ? {} : { nonSecure: { ...nonSecure, write: wrapped(nonSecure.write) } }),
  };
}
