/** Why and where a run came to its end. The place is the guest's position. */
export interface Stop {
  readonly reason:
    | 'entry'
    | 'step'
    | 'breakpoint'
    | 'instruction breakpoint'
    | 'function breakpoint'
    | 'data breakpoint'
    | 'exception'
    | 'pause'
    | 'goto';
  /** For the user, in place of the reason. */
  readonly description?: string;
  readonly text?: string;
  readonly breakpoints?: readonly number[];
  /** The exception filter that stopped. */
  readonly filter?: string;
  /** True where the recording ended (or began) before what was asked for came. */
  readonly exhausted?: boolean;
  /** Set where the guest is over: its exit code. Nothing can be debugged any more. */
  readonly ended?: number;
}

/** One stop of several at the same place: the first gives the reason, all their breakpoints count as hit. */
export function mergeStops(stops: readonly Stop[]): Stop | null {
  const [first] = stops;
  if (first === undefined || stops.length === 1) return first ?? null;
  const breakpoints = stops.flatMap((stop) => stop.breakpoints ?? []);
  const filter = stops.find((stop) => stop.filter !== undefined)?.filter;
  return { ...first, ...(filter === undefined ? {} : { filter }), breakpoints };
}

export const END: Stop = { reason: 'pause', description: 'End of the recording', exhausted: true };
export const BEGINNING: Stop = { reason: 'pause', description: 'Beginning of the recording', exhausted: true };
