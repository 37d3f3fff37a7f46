import type { ReadHandler, RowHandlers, WriteHandler } from '../../registers/row.ts';

export const readAsZero: ReadHandler = (state) => {
  state.hi = 0;
  return 0;
};

/** All ones: -1 as an int32. */
export const readAsOnes: ReadHandler = (state) => {
  state.hi = -1;
  return -1;
};

export const writeIgnored: WriteHandler = () => {
  // Nothing: that is what write-ignored means.
};

export const RAZ_WI: RowHandlers = { read: readAsZero, write: writeIgnored };
export const RAO_WI: RowHandlers = { read: readAsOnes, write: writeIgnored };

/** A register that always reads the same. */
export function constant(value: number): RowHandlers {
  return { read: () => value | 0, write: writeIgnored };
}
