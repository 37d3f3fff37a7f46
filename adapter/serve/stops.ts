import type { Core } from '../guest/simulated/core/core.ts';
import type { Watchpoint } from '../guest/simulated/core/stop-points.ts';

/** Where a debugger wants the CPUs to stop. */
export interface Stops {
  readonly breakpoints: readonly bigint[];
  readonly watchpoints: readonly Watchpoint[];
}

/** Runs with a debugger's stops instead of those that are set, which may be those of the guest's own session. */
export function borrowStops<T>(core: Core, wanted: Stops, run: () => T): T {
  const { breakpoints, watchpoints } = core.stops;
  place(core, wanted);
  try {
    return run();
  } finally {
    place(core, { breakpoints, watchpoints });
  }
}

function place(core: Core, { breakpoints, watchpoints }: Stops): void {
  core.stops.setBreakpoints(breakpoints);
  // Watchpoints cost the core what it remembers of translation.
  if (watchpoints.length > 0 || core.stops.watchpoints.length > 0) core.stops.setWatchpoints(watchpoints);
}
