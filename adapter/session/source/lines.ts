import type { Guest } from '../../guest/guest.ts';

/**
 * Which entry a line of the recording holds. Lines ascend with the entries, edits in between have none: so a binary
 * search does, and nothing has to be kept in step when an edit shifts the entries behind it.
 */
export class SourceLines {
  readonly #guest: Guest;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** The first entry at `line` or behind it, or -1. */
  entryFrom(line: number): number {
    let low = 0;
    let high = this.#guest.total;
    while (low < high) {
      const middle = (low + high) >> 1;
      const recorded = this.#recordedFrom(middle, high);
      if (recorded < 0 || this.lineOf(recorded) >= line) high = middle;
      else low = recorded + 1;
    }
    return this.#recordedFrom(low, this.#guest.total);
  }

  /** Lines from `first` to `last` that hold an entry, at most `limit`. */
  linesWithEntries(first: number, last: number, limit: number): number[] {
    const lines: number[] = [];
    for (let line = first; line <= last && lines.length < limit;) {
      const entry = this.entryFrom(line);
      if (entry < 0) break;
      const found = this.lineOf(entry);
      if (found > last) break;
      lines.push(found);
      line = found + 1;
    }
    return lines;
  }

  /** Line of an entry, 0 for edits. */
  lineOf(entry: number): number {
    return this.#guest.operation(entry).line ?? 0;
  }

  /** Line of the last recorded entry, 1 where there is none. */
  get last(): number {
    for (let entry = this.#guest.total - 1; entry >= 0; entry--) {
      const line = this.lineOf(entry);
      if (line > 0) return line;
    }
    return 1;
  }

  /** The first entry from `from` on, before `end`, that is not an edit; or -1. */
  #recordedFrom(from: number, end: number): number {
    for (let entry = from; entry < end; entry++) if (this.lineOf(entry) > 0) return entry;
    return -1;
  }
}
