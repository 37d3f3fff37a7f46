/** Time in milliseconds, for tests to replace. */
export interface Clock {
  /** Since some moment; never goes back. */
  now(): number;
  /** Calls back once, later. @returns what takes that back */
  after(milliseconds: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A time for the user: "5 s", "200 ms". */
export function inWords(milliseconds: number): string {
  return milliseconds >= 1000 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}
