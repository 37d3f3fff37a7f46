/**
 * Where the text of a recording comes from. The trace room runs in a browser too, so it knows only this interface; files,
 * gzip and standard input are `session/text-source.ts`.
 */
export interface TextSource {
  /** Path or name, as errors show it. */
  readonly name: string;
  /** Bytes `chunks` will report at most (compressed ones for a compressed file), or null while unknown. */
  readonly sizeBytes: number | null;
  /**
   * The text in pieces of any size, borders anywhere. May be called again: an import reads twice.
   * @param progress called now and then with the bytes read so far.
   * @throws TextSourceError where the text cannot be read.
   */
  chunks(progress?: (bytesRead: number) => void): AsyncIterable<string>;
}

/** A text that cannot be had: missing, a directory, a damaged gzip. */
export class TextSourceError extends Error {
  readonly file: string;
  /** What is wrong, without the file name. */
  readonly reason: string;

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options);
    this.name = 'TextSourceError';
    this.file = file;
    this.reason = reason;
  }
}

/** A text held in memory, given out in pieces of `chunkLength` characters. */
export function stringSource(name: string, text: string, chunkLength = 65536): TextSource {
  return {
    name,
    sizeBytes: text.length,
    async *chunks(progress) {
      for (let start = 0; start < text.length; start += chunkLength) {
        yield text.slice(start, start + chunkLength);
        progress?.(Math.min(text.length, start + chunkLength));
        await Promise.resolve();
      }
    },
  };
}
