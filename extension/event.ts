/** Something that can be given back. Structurally a `vscode.Disposable`. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener. Structurally close enough to `vscode.Event` for our own code, and free of `vscode`. */
export type Listen<T> = (listener: (event: T) => void) => Disposable;

/** An event source for the parts that do not import `vscode`. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event: Listen<T> = (listener) => {
    // A wrapper per subscription: the same function subscribed twice is called twice and given back once each.
    const entry = (event: T): void => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
