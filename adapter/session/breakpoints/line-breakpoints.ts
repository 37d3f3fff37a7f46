import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LogMessage } from '../evaluate/log-message.ts';
import { RequestError } from '../request-error.ts';
import type { Stop } from '../run/stop.ts';
import type { LineTraps } from '../run/traps.ts';
import type { SourceLines } from '../source/lines.ts';
import type { Gate } from './gate.ts';

/** A breakpoint as it was set, at a line that holds an entry. */
export interface LineBreakpoint {
  readonly id: number;
  readonly line: number;
  readonly gate: Gate;
  /** Set for log points: they say this and do not stop. */
  readonly log: LogMessage | null;
}

/** Where log points and complaints go. */
export type Speak = (text: string, category: 'console' | 'stderr', line: number) => void;

/** Breakpoints on lines of the recording. */
export class LineBreakpoints implements LineTraps {
  readonly #lines: SourceLines;
  readonly #speak: Speak;
  #breakpoints: readonly LineBreakpoint[] = [];
  /** By entry, and the entries in order. */
  #at = new Map<number, LineBreakpoint[]>();
  #entries: number[] = [];
  /** Breakpoints whose condition has failed and been told about. */
  readonly #complained = new Set<LineBreakpoint>();

  constructor(lines: SourceLines, speak: Speak) {
    this.#lines = lines;
    this.#speak = speak;
  }

  /** Replaces all of them. */
  set(breakpoints: readonly LineBreakpoint[]): void {
    this.#breakpoints = breakpoints;
    this.#complained.clear();
    this.place();
  }

  /** Finds the entries anew. */
  place(): void {
    this.#at = new Map();
    for (const one of this.#breakpoints) {
      const entry = this.#lines.entryFrom(one.line);
      if (entry < 0) continue;
      const here = this.#at.get(entry);
      if (here === undefined) this.#at.set(entry, [one]);
      else here.push(one);
    }
    this.#entries = [...this.#at.keys()].sort((a, b) => a - b);
  }

  next(entry: number): number {
    return this.#entries[this.#lowerBound(entry)] ?? Infinity;
  }

  previous(entry: number): number {
    return this.#entries[this.#lowerBound(entry + 1) - 1] ?? -1;
  }

  arrive(entry: number, direction: 'forward' | 'backward'): Stop | null {
    const hit: number[] = [];
    let trouble: string | undefined;
    for (const one of this.#at.get(entry) ?? []) {
      try {
        if (!one.gate.stopsAt(entry)) continue;
        if (one.log === null) hit.push(one.id);
        // Going back, what a log point has said would only be said again, in reverse.
        else if (direction === 'forward') this.#speak(one.log.render(entry), 'console', one.line);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        trouble = `breakpoint at line ${one.line}: ${error.message}`;
        hit.push(one.id);
        if (!this.#complained.has(one)) this.#speak(trouble, 'stderr', one.line);
        this.#complained.add(one);
      }
    }
    if (hit.length === 0) return null;
    return { reason: 'breakpoint', breakpoints: hit, ...(trouble === undefined ? {} : { text: trouble }) };
  }

  #lowerBound(entry: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as number) < entry) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A breakpoint that could not be set, and why. */
export function unverified(id: number, message: string): DebugProtocol.Breakpoint {
  return { id, verified: false, message, reason: 'failed' };
}
