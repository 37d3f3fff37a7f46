import type { ImportProgress } from '../guest/trace/import/options.ts';
import type { Output } from './output.ts';

const EVERY_BYTES = 4 << 20;
const MEBIBYTE = 1 << 20;

/** One line on standard error, redrawn while a file is read; nothing where there is no terminal. */
export class Progress {
  readonly #output: Output;
  readonly #name: string;
  #last = 0;
  #drawn = false;

  constructor(output: Output, name: string) {
    this.#output = output;
    this.#name = name;
  }

  at({ pass, passes, bytesRead, sizeBytes }: ImportProgress): void {
    // Smaller again: the next pass over the same file.
    if (bytesRead < this.#last) this.#last = 0;
    if (!this.#output.interactive || bytesRead - this.#last < EVERY_BYTES) return;
    this.#last = bytesRead;
    this.#drawn = true;
    const of = sizeBytes === null ? '' : ` of ${mebibytes(sizeBytes)}`;
    this.#output.err(`\r\x1b[K${this.#name}: pass ${pass} of ${passes}, ${mebibytes(bytesRead)}${of}`);
  }

  end(): void {
    if (this.#drawn) this.#output.err('\r\x1b[K');
    this.#drawn = false;
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
}
