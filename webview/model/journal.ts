import type { JournalEntry, JournalResponse } from '../../adapter/protocol.ts';

/** Entries asked for at a time. */
export const PAGE = 200;

/** Pages kept; the least recently shown go first. 12,000 entries are a few megabytes. */
export const MAX_PAGES = 60;

interface Page {
  readonly entries: readonly JournalEntry[];
  readonly version: number;
}

/**
 * The part of the journal the webview holds: pages, fetched as they come into view. A page of an older version is shown
 * until the new one arrives, so that stepping does not flicker.
 */
export class Journal {
  /** Map order is the order of use: the first is the least recently used. */
  readonly #pages = new Map<number, Page>();
  /** Pages asked for, with the version at which they were. */
  readonly #asked = new Map<number, number>();
  #version = 0;
  #total: number | undefined;
  #position = 0;

  /** Entries there are; undefined before the first answer. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Entries executed so far. */
  get position(): number {
    return this.#position;
  }

  get version(): number {
    return this.#version;
  }

  get heldPages(): number {
    return this.#pages.size;
  }

  clear(): void {
    this.#pages.clear();
    this.#asked.clear();
    this.#version = 0;
    this.#total = undefined;
    this.#position = 0;
  }

  /** The controller's state moved on (or back). Pages held are asked for again when they are next in view. */
  moved(version: number, position: number): void {
    if (version < this.#version) return;
    this.#version = version;
    this.#position = position;
  }

  /** Takes a page. Returns false where it is older than what is known, and was dropped. */
  take(start: number, response: JournalResponse): boolean {
    // A dropped page stays marked as asked for at its version: it is asked for again only where the state moved since.
    if (response.version < this.#version) return false;
    this.#asked.delete(start);
    this.moved(response.version, response.position);
    this.#total = response.total;
    this.#pages.delete(start);
    this.#pages.set(start, { entries: response.entries, version: response.version });
    while (this.#pages.size > MAX_PAGES) {
      const oldest = this.#pages.keys().next();
      if (oldest.done === true) break;
      this.#pages.delete(oldest.value);
    }
    return true;
  }

  /** Pages that could not be fetched may be asked for again. Not done by itself: it would fail again, endlessly. */
  retry(): void {
    this.#asked.clear();
  }

  entry(index: number): JournalEntry | undefined {
    const start = index - (index % PAGE);
    return this.#pages.get(start)?.entries[index - start];
  }

  /** Starts of the pages to ask for so that these entries are there and up to date. Marks them as asked for. */
  want(first: number, last: number): number[] {
    const starts: number[] = [];
    const end = this.#total === undefined ? 0 : Math.min(last, this.#total - 1);
    const begin = Math.max(0, first - (first % PAGE));
    for (let start = begin; start <= Math.max(end, begin); start += PAGE) {
      const page = this.#pages.get(start);
      if (page) {
        this.#pages.delete(start);
        this.#pages.set(start, page);
      }
      if (page?.version === this.#version || this.#asked.get(start) === this.#version) continue;
      this.#asked.set(start, this.#version);
      starts.push(start);
    }
    return starts;
  }
}
