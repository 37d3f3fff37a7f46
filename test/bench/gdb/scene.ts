import type { Counts } from './traffic.ts';

/** A way to read registers. */
export interface Way {
  readonly name: string;
  readonly traffic: { during(work: () => Promise<unknown>): Promise<Counts> };
  /** What is not timed. */
  readonly before?: () => void | Promise<void>;
  readonly read: () => Promise<unknown>;
  /** Those without it are told to be so many times as fast as this one, in a column of this title. */
  readonly measure?: string;
}

const COLUMNS = ['registers', 'packets', 'bytes sent', 'received', 'best', 'median'];
const FIRST_COLUMN = 38;
const COLUMN = 15;

/** The same registers, read in several ways, in turns. */
export class Scene {
  readonly #title: string;
  readonly #registers: number;
  readonly #ways: readonly { readonly way: Way; readonly milliseconds: number[]; counts: Counts | null }[];

  constructor(title: string, registers: number, ways: readonly Way[]) {
    this.#title = title;
    this.#registers = registers;
    this.#ways = ways.map((way) => ({ way, milliseconds: [], counts: null }));
  }

  async count(): Promise<void> {
    for (const one of this.#ways) {
      await one.way.before?.();
      one.counts = await one.way.traffic.during(one.way.read);
    }
  }

  /** Each for as long as the others, whatever it does in that time. */
  async warmUp(milliseconds: number): Promise<void> {
    for (const { way } of this.#ways) {
      const end = performance.now() + milliseconds;
      while (performance.now() < end) {
        await way.before?.();
        await way.read();
      }
    }
  }

  /** A round, each time begun by another: whoever follows a slow one finds its own machine asleep. */
  async run(round: number): Promise<void> {
    const first = round % this.#ways.length;
    for (const { way, milliseconds } of [...this.#ways.slice(first), ...this.#ways.slice(0, first)]) {
      await way.before?.();
      const start = process.hrtime.bigint();
      await way.read();
      milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }

  /** A table. Ratios are those of the best, and in parentheses of the medians. */
  text(what: string): string {
    const measures = this.#ways.filter(({ way }) => way.measure !== undefined);
    const head = [...COLUMNS, ...measures.map(({ way }) => way.measure ?? '')];
    const lines = this.#ways.map(({ way, milliseconds, counts }) => {
      const traffic = [counts?.packets ?? 0, counts?.bytesOut ?? 0, counts?.bytesIn ?? 0];
      const times = [least(milliseconds), middle(milliseconds)].map((one) => `${one.toFixed(2)} ms`);
      const ratios = way.measure === undefined ? measures.map((one) => ratio(one.milliseconds, milliseconds)) : [];
      return line(way.name, [this.#registers, ...traffic, ...times, ...ratios]);
    });
    return [line(`${what}: ${this.#title}`, head), ...lines, '', ''].join('\n');
  }
}

function ratio(slow: readonly number[], fast: readonly number[]): string {
  return `${(least(slow) / least(fast)).toFixed(1)} (${(middle(slow) / middle(fast)).toFixed(1)})`;
}

function line(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(FIRST_COLUMN) + cells.map((cell) => String(cell).padStart(COLUMN)).join('');
}

function least(values: readonly number[]): number {
  return Math.min(...values);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
