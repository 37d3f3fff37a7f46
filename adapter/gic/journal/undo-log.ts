/**
 * Before-images of state words, grouped into entries, walkable both ways.
 *
 * Layout of `log`: pairs of words, (index, value). While time runs forward the value is what the word held before it
 * was overwritten. Undoing an entry swaps each value with the word it belongs to, last pair first, so that the same
 * pairs then redo it, first pair last: one log serves both directions, bit for bit, whatever the operation was.
 * `starts[e]` is where entry e begins in `log`; entry e ends where entry e + 1 begins.
 */
export class UndoLog {
  readonly #words: Int32Array;
  #log = new Int32Array(1 << 12);
  #starts = new Float64Array(1 << 8);
  /** Entries held, and how many of them are in the past. */
  #entries = 0;
  #position = 0;
  /** Words used in `#log`. */
  #used = 0;
  readonly #capacity: number;
  #dropped = 0;

  /** @param capacity most log words to keep; the oldest entries are dropped beyond it. */
  constructor(words: Int32Array, capacity = 1 << 25) {
    this.#words = words;
    this.#capacity = capacity;
  }

  /** Entries that can be undone from here. */
  get undoable(): number {
    return this.#position;
  }

  /** Entries that can be redone from here. */
  get redoable(): number {
    return this.#entries - this.#position;
  }

  /** Entries that were dropped to stay within the capacity. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Starts an entry. Entries in the future are forgotten: the past has just been changed. */
  begin(): void {
    if (this.#entries !== this.#position) {
      this.#used = this.#starts[this.#position] as number;
      this.#entries = this.#position;
    }
    if (this.#used > this.#capacity) this.#dropOldestHalf();
    if (this.#entries + 1 >= this.#starts.length) this.#starts = grown(this.#starts, Float64Array);
    this.#starts[this.#entries] = this.#used;
    this.#entries++;
    this.#position++;
    this.#starts[this.#entries] = this.#used;
  }

  /** Records what word `index` held before it changes. Call between `begin` and the next `begin`. */
  record(index: number, before: number): void {
    const at = this.#used;
    if (at + 2 > this.#log.length) this.#log = grown(this.#log, Int32Array);
    this.#log[at] = index;
    this.#log[at + 1] = before;
    this.#used = at + 2;
    this.#starts[this.#entries] = this.#used;
  }

  /** True where the newest entry changed anything. */
  get lastEntryChanged(): boolean {
    return this.#position > 0 && this.#starts[this.#position] !== this.#starts[this.#position - 1];
  }

  /** Undoes one entry; false where there is none. */
  undo(): boolean {
    if (this.#position === 0) return false;
    this.#position--;
    const start = this.#starts[this.#position] as number;
    for (let at = (this.#starts[this.#position + 1] as number) - 2; at >= start; at -= 2) this.#swap(at);
    return true;
  }

  /** Redoes one entry; false where there is none. */
  redo(): boolean {
    if (this.#position === this.#entries) return false;
    const end = this.#starts[this.#position + 1] as number;
    for (let at = this.#starts[this.#position] as number; at < end; at += 2) this.#swap(at);
    this.#position++;
    return true;
  }

  /** Forgets everything, as after a state that no entry led to. */
  clear(): void {
    this.#dropped += this.#position;
    this.#entries = 0;
    this.#position = 0;
    this.#used = 0;
  }

  #swap(at: number): void {
    const index = this.#log[at] as number;
    const value = this.#log[at + 1] as number;
    this.#log[at + 1] = this.#words[index] as number;
    this.#words[index] = value;
  }

  #dropOldestHalf(): void {
    const keepFrom = this.#entries >> 1;
    const cut = this.#starts[keepFrom] as number;
    this.#log.copyWithin(0, cut, this.#used);
    for (let e = keepFrom; e <= this.#entries; e++) this.#starts[e - keepFrom] = (this.#starts[e] as number) - cut;
    this.#used -= cut;
    this.#entries -= keepFrom;
    this.#position -= keepFrom;
    this.#dropped += keepFrom;
  }
}

function grown<T extends Int32Array | Float64Array>(old: T, make: new (length: number) => T): T {
  const bigger = new make(old.length * 2);
  bigger.set(old);
  return bigger;
}
