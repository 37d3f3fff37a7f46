/** Milliseconds to wait at most. */
export interface Timeouts {
  /** For the reply to one request, and between the replies of a batch. */
  readonly request: number;
  /** For all replies of a batch, and for all pieces of an object. */
  readonly batch: number;
  /** For the stop behind an interrupt. */
  readonly interrupt: number;
  /** For a monitor command to say something, or to end. */
  readonly monitor: number;
  /** For the stub to show that it takes several requests at once. */
  readonly probe: number;
}

export const TIMEOUTS: Timeouts = { request: 5000, batch: 60_000, interrupt: 5000, monitor: 30_000, probe: 500 };
