import type { Clock } from '../../../../adapter/rsp/client/clock.ts';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Time that passes only when nothing else is left to do: what waits for ever is seen at once. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#now + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Waits for a promise, letting time pass. @throws Error where it waits for nothing */
  async wait<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const settle = (): void => void (state.settled = true);
    promise.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (state.settled) return promise;
      if (!this.#advance()) throw new Error('it hangs: nothing is under way, and nothing is waited for');
    }
  }

  /** Lets time pass until nothing waits. */
  async rest(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#advance());
  }

  #advance(): boolean {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (next === null || timer.at < next.at) next = timer;
    if (next === null) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.action();
    return true;
  }
}
