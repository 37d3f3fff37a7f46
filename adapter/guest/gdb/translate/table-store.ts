import { viewOf, type ReadTables, type TableRequest } from './read-tables.ts';
import type { Ranges } from './ranges.ts';

/** Bytes of all tables together: what 16384 tables of the 4K granule need, and what a machine has to spare. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Tables of a search, each read once: tables may be shared, and those of a hostile guest may lead anywhere. */
export class TableStore {
  readonly #read: ReadTables;
  readonly #forbidden: Ranges;
  readonly #views = new Map<number, DataView | null>();
  #tables: number;
  #bytes = MOST_BYTES;
  /** Some table was not read because there were too many. */
  truncated = false;
  /** Tables that were asked for. */
  count = 0;

  /**
   * @param forbidden what is not read whatever tables say: the very devices that are looked for
   * @param most tables that are read
   */
  constructor(read: ReadTables, forbidden: Ranges, most: number) {
    this.#read = read;
    this.#forbidden = forbidden;
    this.#tables = most;
  }

  /** Reads, in one call, what was not read before. */
  async load(wanted: readonly TableRequest[]): Promise<void> {
    const requests = new Map<number, TableRequest>();
    for (const request of wanted) {
      const { address, length } = request;
      // The first table of a half may be part of one that the other half has as a whole.
      if ((requests.get(address)?.length ?? 0) >= length || this.#has(address, length)) continue;
      if (this.#forbidden.touch(address, length)) this.#views.set(address, null);
      else if (this.#tables === 0 || this.#bytes < length) this.truncated = true;
      else {
        requests.set(address, request);
        this.#tables--;
        this.#bytes -= length;
      }
    }
    if (requests.size === 0) return;
    const list = [...requests.values()];
    this.count += list.length;
    const answers = await this.#read(list);
    list.forEach(({ address, length }, n) => this.#views.set(address, viewOf(answers, n, length)));
  }

  #has(address: number, length: number): boolean {
    const view = this.#views.get(address);
    return view === null || (view !== undefined && view.byteLength >= length);
  }

  /** The table; null where there is no memory, undefined where it was not read. */
  view(address: number, length: number): DataView | null | undefined {
    return this.#has(address, length) ? this.#views.get(address) : undefined;
  }
}
