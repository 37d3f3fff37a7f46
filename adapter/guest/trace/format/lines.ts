import { TraceFormatError } from './errors.ts';
import type { TextSource } from './text-source.ts';

/** Characters of the longest line accepted: 64 Mi. Something larger is not a trace but, say, a disk image. */
export const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/**
 * Takes one line, without its end.
 * @param number from 1.
 * @param terminated false for a last line without a newline: the recorder may have been killed while writing it.
 * @returns true: enough, read no further. Anything else: go on.
 */
export type LineHandler = (text: string, number: number, terminated: boolean) => unknown;

/**
 * Cuts chunks into lines. Push-style, because an awaited iterator step per line would cost more than parsing it.
 * Accepts `\n` and `\r\n`, a byte order mark, and a last line without an end.
 */
export class LineSplitter {
  readonly #file: string;
  readonly #onLine: LineHandler;
  readonly #maxLength: number;
  #rest = '';
  #number = 0;
  #first = true;

  constructor(file: string, onLine: LineHandler, maxLength = MAX_LINE_LENGTH) {
    this.#file = file;
    this.#onLine = onLine;
    this.#maxLength = maxLength;
  }

  /** @returns true when the handler has had enough. */
  push(chunk: string): boolean {
    if (this.#first && chunk.length > 0) {
      this.#first = false;
      if (chunk.charCodeAt(0) === 0xfeff) chunk = chunk.slice(1);
    }
    let start = 0;
    for (;;) {
      const end = chunk.indexOf('\n', start);
      if (end < 0) break;
      const piece = chunk.slice(start, end);
      const line = this.#rest === '' ? piece : this.#rest + piece;
      this.#rest = '';
      start = end + 1;
      if (this.#deliver(line, true)) return true;
    }
    if (start < chunk.length) {
      this.#rest += start === 0 ? chunk : chunk.slice(start);
      this.#check(this.#rest);
    }
    return false;
  }

  /** The text is at its end. */
  end(): void {
    if (this.#rest === '') return;
    const line = this.#rest;
    this.#rest = '';
    this.#deliver(line, false);
  }

  #deliver(line: string, terminated: boolean): boolean {
    this.#check(line);
    this.#number++;
    const last = line.length - 1;
    const text = last >= 0 && line.charCodeAt(last) === 13 ? line.slice(0, last) : line;
    return this.#onLine(text, this.#number, terminated) === true;
  }

  #check(line: string): void {
    if (line.length <= this.#maxLength) return;
    throw new TraceFormatError(this.#file, this.#number + 1, `line longer than ${this.#maxLength} characters`);
  }
}

export interface ReadLinesOptions {
  readonly onProgress?: ((bytesRead: number) => void) | undefined;
  /** Awaited between chunks: the place for back-pressure. */
  readonly afterChunk?: (() => void | Promise<void>) | undefined;
  readonly maxLength?: number | undefined;
}

/**
 * Reads a source line by line, holding one chunk and one line at a time.
 * @throws TraceFormatError for a line beyond the limit, TextSourceError from the source, and whatever the handler throws.
 */
export async function readLines(
  source: TextSource,
  onLine: LineHandler,
  options: ReadLinesOptions = {},
): Promise<void> {
  const splitter = new LineSplitter(source.name, onLine, options.maxLength);
  for await (const chunk of source.chunks(options.onProgress)) {
    if (splitter.push(chunk)) return;
    const wait = options.afterChunk?.();
    if (wait) await wait;
  }
  splitter.end();
  await options.afterChunk?.();
}
