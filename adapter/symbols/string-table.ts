import type { Complain } from './byte-reader.ts';

/** Longest name taken: C++ makes long ones, but none like this. */
const LONGEST = 0x1_0000;

const decoder = new TextDecoder();

/**
 * Strings by their offset in a table. Names may share their ends, so more text can come out than went in; a table that
 * was made to give gigabytes runs into `#budget`.
 */
export class StringTable {
  readonly #bytes: Uint8Array;
  readonly #complain: Complain;
  readonly #known = new Map<number, string>();
  #budget: number;

  constructor(bytes: Uint8Array, complain: Complain) {
    this.#bytes = bytes;
    this.#complain = complain;
    this.#budget = 16 * bytes.length + LONGEST;
  }

  /** @throws what `complain` makes, when `offset` is outside or the string does not end */
  at(offset: number): string {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    if (!(offset >= 0 && offset < this.#bytes.length)) {
      // An empty table has one string: offset 0 is no name at all.
      if (offset === 0) return '';
      throw this.#complain(offset, `a string at ${offset}, but the table has ${this.#bytes.length} bytes`);
    }
    const window = this.#bytes.subarray(offset, offset + LONGEST);
    const length = window.indexOf(0);
    if (length < 0) throw this.#complain(offset, 'a string without its end');
    this.#budget -= length;
    if (this.#budget < 0) throw this.#complain(offset, 'strings overlap so much that this cannot be meant');
    const text = decoder.decode(window.subarray(0, length));
    this.#known.set(offset, text);
    return text;
  }
}
