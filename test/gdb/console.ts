import type { Readable, Writable } from 'node:stream';

interface Wait {
  readonly wanted: string | RegExp;
  readonly found: (text: string) => void;
  readonly failed: (error: Error) => void;
}

const TAIL = 2000;

function endOf(text: string, wanted: string | RegExp): number | null {
  if (typeof wanted === 'string') {
    const index = text.indexOf(wanted);
    return index < 0 ? null : index + wanted.length;
  }
  const match = wanted.exec(text);
  return match === null ? null : match.index + match[0].length;
}

/** A guest's console: what it said so far, waiting for what it says next, and typing. Line ends are "\n". */
export class Console {
  readonly #input: Writable;
  #heard = '';
  /** What was heard up to here has been waited for. */
  #seen = 0;
  #wait: Wait | null = null;
  #over: string | null = null;

  constructor(output: Readable, input: Writable) {
    this.#input = input;
    // Typing to one that has ended is no reason to end the tests' process: the next wait says that it ended.
    input.on('error', () => {});
    output.setEncoding('latin1').on('data', (text: string) => {
      this.#heard += text.replaceAll('\r', '');
      this.#look();
    });
  }

  get text(): string {
    return this.#heard;
  }

  /** The end of what it said, for error messages. */
  get tail(): string {
    return this.#heard.slice(-TAIL);
  }

  type(text: string): void {
    this.#input.write(text, 'latin1');
  }

  /**
   * Waits for text that no earlier wait has passed.
   * @returns what was said since then, up to the text and with it
   */
  async hear(wanted: string | RegExp, timeout: number): Promise<string> {
    if (this.#wait !== null) throw new Error(`Somebody waits already for ${String(this.#wait.wanted)}.`);
    const awaited = new Promise<string>((found, failed) => (this.#wait = { wanted, found, failed }));
    const timer = setTimeout(() => this.#fail(`it did not come within ${timeout} ms`), timeout);
    this.#look();
    if (this.#over !== null) this.#fail(this.#over);
    try {
      return await awaited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nothing will come any more. */
  end(reason: string): void {
    this.#over = reason;
    this.#fail(reason);
  }

  #look(): void {
    if (this.#wait === null) return;
    const rest = this.#heard.slice(this.#seen);
    const end = endOf(rest, this.#wait.wanted);
    if (end === null) return;
    this.#seen += end;
    this.#wait.found(rest.slice(0, end));
    this.#wait = null;
  }

  #fail(reason: string): void {
    if (this.#wait === null) return;
    const { wanted, failed } = this.#wait;
    this.#wait = null;
    const rest = this.#heard.slice(this.#seen).slice(-TAIL);
    failed(new Error(`Waited in vain for ${String(wanted)}: ${reason}. Since the last wait the guest said:\n${rest}`));
  }
}
