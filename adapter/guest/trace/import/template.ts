import { HexScanner } from '../format/words.ts';

/** `%d` a signed decimal, `%x` hexadecimal without its 0x, `%s` a word. Everything else stands for itself. */
type Field = 'd' | 'x' | 's';

/** Most fields a template has. */
const MAX_FIELDS = 8;

/** How a match ended. */
export const Match = {
  Full: 0,
  /** The text contradicts the template. */
  Garbled: 1,
  /** The text is the beginning of something that fits. */
  CutOff: 2,
} as const;
export type Match = (typeof Match)[keyof typeof Match];

/**
 * A printf format read backwards. Hand-made instead of a RegExp because a log has millions of lines, and because the
 * place where a line stops fitting is then known.
 */
export class Template {
  /** The format as QEMU has it, for messages. */
  readonly format: string;
  /** Bits 31:0 of field n as int32; the number itself for `%d`. */
  readonly lo = new Int32Array(MAX_FIELDS);
  readonly hi = new Int32Array(MAX_FIELDS);
  /** Texts of `%s` fields. */
  readonly words: string[] = [];
  readonly #literals: readonly string[];
  readonly #fields: readonly Field[];
  readonly #hex = new HexScanner();

  constructor(format: string) {
    this.format = format;
    this.#literals = format.split(/%[dxs]/);
    this.#fields = [...format.matchAll(/%([dxs])/g)].map((match) => match[1] as Field);
  }

  /** Matches `text` from `start` to its end and keeps the fields. */
  match(text: string, start: number): Match {
    let at = start;
    for (let i = 0; ; i++) {
      const literal = this.#literals[i] ?? '';
      if (!text.startsWith(literal, at)) return literal.startsWith(text.slice(at)) ? Match.CutOff : Match.Garbled;
      at += literal.length;
      const field = this.#fields[i];
      if (field === undefined) return at === text.length ? Match.Full : Match.Garbled;
      if (at === text.length) return Match.CutOff;
      at =
        field === 'x'
          ? this.#hexField(text, at, i)
          : field === 'd'
            ? this.#decimal(text, at, i)
            : this.#word(text, at, i);
      if (at < 0) return Match.Garbled;
    }
  }

  #hexField(text: string, start: number, field: number): number {
    const end = this.#hex.scan(text, start);
    this.lo[field] = this.#hex.lo;
    this.hi[field] = this.#hex.hi;
    return end;
  }

  #decimal(text: string, start: number, field: number): number {
    const negative = text.charCodeAt(start) === 45;
    let at = negative ? start + 1 : start;
    const first = at;
    let value = 0;
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > 0x7fffffff) return -1;
    }
    this.lo[field] = negative ? -value : value;
    this.hi[field] = 0;
    return at === first ? -1 : at;
  }

  #word(text: string, start: number, field: number): number {
    const space = text.indexOf(' ', start);
    const end = space < 0 ? text.length : space;
    this.words[field] = text.slice(start, end);
    return end === start ? -1 : end;
  }
}
