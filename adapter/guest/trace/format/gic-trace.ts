import { excerpt, TraceFormatError } from './errors.ts';
import { FastAccess } from './fast-access.ts';
import { FORMAT, parseHeader } from './header.ts';
import type { JsonObject } from './operation.ts';
import { OpKind } from './operation.ts';
import { RecordParser } from './record.ts';
import type { OperationSink } from './sink.ts';

export { serialiseHeader, serialiseOp } from './serialise.ts';

/**
 * Parses gic-trace/1, line by line: JSON Lines, the header first, blank lines skipped. Unknown operations and fields are
 * kept; anything malformed is a TraceFormatError with file, line and reason.
 */
export class GicTraceParser {
  readonly #file: string;
  readonly #sink: OperationSink;
  readonly #fast = new FastAccess();
  #records: RecordParser | null = null;
  #cpus = 0;
  #line = 0;

  constructor(file: string, sink: OperationSink) {
    this.#file = file;
    this.#sink = sink;
  }

  /** @throws TraceFormatError */
  push(text: string, line: number): void {
    this.#line = line;
    const fast = this.#fast;
    if (this.#records !== null && fast.parse(text) && fast.cpu < this.#cpus) {
      const compared = fast.kind === OpKind.Read ? 1 : 0;
      this.#sink.add(fast.kind, fast.cpu, fast.len, fast.address, fast.lo, fast.hi, compared, line);
      return;
    }
    this.pushSlowly(text, line);
  }

  /** `push` without the shortcut: the definition of what it must do. */
  pushSlowly(text: string, line: number): void {
    this.#line = line;
    if (text.trim() === '') return;
    const raw = this.#object(text);
    if (this.#records === null) {
      const header = parseHeader(raw, this.#fail);
      this.#cpus = header.cpus;
      this.#records = new RecordParser(this.#sink, header);
      this.#sink.header(header);
      return;
    }
    this.#records.add(raw, line, this.#fail);
  }

  /** The text is at its end. @throws TraceFormatError where there was no header. */
  end(): void {
    if (this.#records !== null) return;
    this.#line = Math.max(1, this.#line);
    this.#fail(`no header: the first line must have "format":"${FORMAT}"`);
  }

  readonly #fail = (reason: string): never => {
    throw new TraceFormatError(this.#file, this.#line, reason);
  };

  #object(text: string): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return this.#fail(`not JSON (${excerpt(reason, 120)}): ${excerpt(text)}`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#fail(`not a JSON object: ${excerpt(text)}`);
    }
    return value as JsonObject;
  }
}
