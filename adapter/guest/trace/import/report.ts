import type { TraceHeader } from '../format/header.ts';

/** Kinds of recordings. */
export type LogFormat = 'gic-trace' | 'qemu' | 'ftrace' | 'vgic-state';

/** Lines of one kind that did not become operations. */
export interface Skipped {
  readonly count: number;
  readonly reason: string;
}

/** What an import made of a log, for the person who started it. */
export interface ImportReport {
  readonly format: LogFormat;
  readonly operations: number;
  /** By event name, or words for lines that are no event. */
  readonly skipped: Readonly<Record<string, Skipped>>;
  /** What the log does not tell and the import took for granted, one sentence each. */
  readonly assumptions: readonly string[];
  readonly header: TraceHeader;
}

/** Names come from the log, so their number needs a bound. */
const MAX_NAMES = 500;

/** Collects what an importer has to say. */
export class ReportBuilder {
  readonly #skipped = new Map<string, { count: number; reason: string }>();
  readonly #assumptions: string[] = [];
  #overflow = 0;

  skip(name: string, reason: string): void {
    const known = this.#skipped.get(name);
    if (known !== undefined) known.count++;
    else if (this.#skipped.size < MAX_NAMES) this.#skipped.set(name, { count: 1, reason });
    else this.#overflow++;
  }

  assume(sentence: string): void {
    if (!this.#assumptions.includes(sentence)) this.#assumptions.push(sentence);
  }

  /** Most frequent first. */
  finish(format: LogFormat, operations: number, header: TraceHeader): ImportReport {
    const skipped = [...this.#skipped].sort(([, a], [, b]) => b.count - a.count);
    if (this.#overflow > 0) {
      skipped.push(['further names', { count: this.#overflow, reason: `more than ${MAX_NAMES} different names` }]);
    }
    return { format, operations, skipped: Object.fromEntries(skipped), assumptions: this.#assumptions, header };
  }

  /** "12 gic_update_bestirq, 3 other text", for the message that nothing was found. */
  summary(): string {
    return [...this.#skipped].map(([name, { count }]) => `${count} ${name}`).join(', ');
  }
}
