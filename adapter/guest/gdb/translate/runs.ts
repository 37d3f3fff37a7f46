/** A virtual range that maps a physical one, byte for byte. */
export interface Mapping {
  readonly virtual: bigint;
  readonly physical: number;
  /** Bytes. */
  readonly size: number;
  /** EL0 has access. */
  readonly el0: boolean;
  readonly writable: boolean;
}

interface Run {
  /** From the start of the half: small enough for a number. */
  readonly offset: number;
  readonly physical: number;
  size: number;
  readonly el0: boolean;
  readonly writable: boolean;
}

/** Mappings of a half in ascending order, as they are found; what continues the last one is added to it. */
export class Runs {
  readonly #list: Run[] = [];
  readonly #most: number;
  /** There was one more than wanted. */
  isFull = false;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#list.length;
  }

  add(offset: number, physical: number, size: number, el0: boolean, writable: boolean): void {
    const last = this.#list.at(-1);
    if (
      last &&
      last.offset + last.size === offset &&
      last.physical + last.size === physical &&
      last.el0 === el0 &&
      last.writable === writable
    ) {
      last.size += size;
      return;
    }
    if (this.#list.length === this.#most) this.isFull = true;
    else this.#list.push({ offset, physical, size, el0, writable });
  }

  /** @param base the half's first address */
  mappings(base: bigint): readonly Mapping[] {
    return this.#list.map(({ offset, ...run }) => ({ virtual: base + BigInt(offset), ...run }));
  }
}
