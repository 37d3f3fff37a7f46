import { deferred } from './deferred.ts';

/** The end of a run that would otherwise hang. */
export class Deadline {
  readonly #ms: number;
  readonly #end = deferred<never>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => this.#end.reject(new Error(`The run was interrupted (${signal}).`)));
    }
  }

  /** Rejects when time is up or the run is interrupted. */
  get over(): Promise<never> {
    return this.#end.promise;
  }

  /** Time counts from here: setting things up the first time may take minutes. */
  start(): void {
    this.#timer = setTimeout(
      () => this.#end.reject(new Error(`The tests inside VS Code did not end within ${this.#ms / 60_000} minutes.`)),
      this.#ms,
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
