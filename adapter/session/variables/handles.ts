import type { Node } from './node.ts';

/** Nodes a client may ask the children of, by number. Numbers are never used twice, so that a late one is noticed. */
export class Handles {
  #next = 1;
  readonly #nodes = new Map<number, Node>();

  add(node: Node): number {
    this.#nodes.set(this.#next, node);
    return this.#next++;
  }

  get(reference: number): Node | null {
    return this.#nodes.get(reference) ?? null;
  }

  /** The guest has moved on: references end with the stop they were made at. */
  clear(): void {
    this.#nodes.clear();
  }
}
