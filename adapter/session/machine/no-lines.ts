import type { LineTraps } from '../run/traps.ts';

/** Nothing stops between entries but what the CPUs meet. */
export const NO_LINES: LineTraps & { place(): void } = {
  next: () => Infinity,
  previous: () => -1,
  arrive: () => null,
  place() {},
};
