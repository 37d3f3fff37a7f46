import type { Storage } from '../tree/settings.ts';

const KEY = 'gic.accessFilter.history';
const MAX_HISTORY = 20;

/** Expressions that show what a filter can say. */
export const EXAMPLE_FILTERS = [
  'access.register == GICD_SGIR',
  'access.intid == 33',
  'access.op == write && access.frame == GICD',
  'access.cpu == 1',
] as const;

/** The expressions that accesses were matched with, newest first. The newest is used until another is asked for. */
export class AccessFilters {
  readonly #storage: Storage;
  #history: string[];

  constructor(storage: Storage) {
    this.#storage = storage;
    const stored = storage.get(KEY);
    this.#history = Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string') : [];
  }

  get current(): string | undefined {
    return this.#history[0];
  }

  get history(): readonly string[] {
    return this.#history;
  }

  use(expression: string): void {
    this.#history = [expression, ...this.#history.filter((entry) => entry !== expression)].slice(0, MAX_HISTORY);
    void this.#storage.update(KEY, this.#history);
  }

  /** A filter that turned out not to be one should not be tried again by itself. */
  forget(expression: string): void {
    this.#history = this.#history.filter((entry) => entry !== expression);
    void this.#storage.update(KEY, this.#history);
  }
}
