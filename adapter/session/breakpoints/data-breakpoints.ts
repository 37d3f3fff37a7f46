import type { Watch } from '../evaluate/watch.ts';
import { RequestError } from '../request-error.ts';
import type { Stop } from '../run/stop.ts';
import type { DataTraps } from '../run/traps.ts';
import type { Gate } from './gate.ts';
import type { Speak } from './line-breakpoints.ts';

/** Stops where a value has changed. */
export interface DataBreakpoint {
  readonly id: number;
  readonly watch: Watch;
  readonly gate: Gate;
}

/** How a change is told: "by line 123", "by your edit". */
export type Author = (entry: number) => { readonly text: string; readonly line: number };

/** Breakpoints on registers, fields and properties of interrupts. */
export class DataBreakpoints implements DataTraps {
  readonly #author: Author;
  readonly #speak: Speak;
  #breakpoints: readonly DataBreakpoint[] = [];
  /** Value of each at the place last looked at. */
  #values: unknown[] = [];
  readonly #complained = new Set<DataBreakpoint>();

  constructor(author: Author, speak: Speak) {
    this.#author = author;
    this.#speak = speak;
  }

  /** Replaces all of them. */
  set(breakpoints: readonly DataBreakpoint[]): void {
    this.#breakpoints = breakpoints;
    this.#complained.clear();
    this.rebase();
  }

  get armed(): boolean {
    return this.#breakpoints.length > 0;
  }

  rebase(): void {
    this.#values = this.#breakpoints.map((one) => one.watch.sample());
  }

  changed(): boolean {
    for (let i = 0; i < this.#breakpoints.length; i++) {
      if ((this.#breakpoints[i] as DataBreakpoint).watch.sample() !== this.#values[i]) return true;
    }
    return false;
  }

  settle(entry: number): Stop | null {
    const before = this.#values;
    this.rebase();
    const after = this.#values;
    const author = this.#author(entry);
    const texts: string[] = [];
    const hit: number[] = [];
    for (const [i, one] of this.#breakpoints.entries()) {
      if (before[i] === after[i]) continue;
      try {
        if (!one.gate.stopsAt(entry)) continue;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (!this.#complained.has(one)) {
          this.#speak(`data breakpoint on ${one.watch.text}: ${error.message}`, 'stderr', author.line);
        }
        this.#complained.add(one);
      }
      hit.push(one.id);
      texts.push(`${one.watch.text} changed ${one.watch.show(before[i])} → ${one.watch.show(after[i])} ${author.text}`);
    }
    if (hit.length === 0) return null;
    return { reason: 'data breakpoint', description: texts.join('; '), text: texts.join('; '), breakpoints: hit };
  }
}
