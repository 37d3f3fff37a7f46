import { OpKind } from './operation.ts';
import { HexScanner } from './words.ts';

const READ = '{"op":"read","cpu":';
const WRITE = '{"op":"write","cpu":';
const ADDR = ',"addr":"0x';
const LEN = '","len":';
const VALUE = ',"value":"0x';

/**
 * Recognises the shape that makes up nearly all of a trace, exactly as it is written by serialisers:
 * `{"op":"read","cpu":0,"addr":"0x08000004","len":4,"value":"0x3"}`. Anything else, anything odd included, is left to
 * JSON.parse, so this is only ever a shortcut to the same result.
 */
export class FastAccess {
  kind: OpKind = OpKind.Read;
  /** -1 for null. */
  cpu = 0;
  len = 0;
  address = 0;
  lo = 0;
  hi = 0;
  readonly #hex = new HexScanner();

  /** @returns false where the line has another shape; the fields then mean nothing. */
  parse(text: string): boolean {
    let at: number;
    if (text.startsWith(READ)) {
      this.kind = OpKind.Read;
      at = READ.length;
    } else if (text.startsWith(WRITE)) {
      this.kind = OpKind.Write;
      at = WRITE.length;
    } else {
      return false;
    }
    const first = text.charCodeAt(at) - 48;
    if (first >= 0 && first <= 9) {
      this.cpu = first;
      at++;
      const second = text.charCodeAt(at) - 48;
      if (second >= 0 && second <= 9) {
        if (first === 0) return false;
        this.cpu = first * 10 + second;
        at++;
      }
    } else if (text.startsWith('null', at)) {
      this.cpu = -1;
      at += 4;
    } else {
      return false;
    }
    if (!text.startsWith(ADDR, at)) return false;
    at = this.#hex.scan(text, at + ADDR.length);
    if (at < 0) return false;
    this.address = this.#hex.address();
    if (this.address < 0 || !text.startsWith(LEN, at)) return false;
    at += LEN.length;
    this.len = text.charCodeAt(at) - 48;
    if (this.len !== 4 && this.len !== 1 && this.len !== 8 && this.len !== 2) return false;
    at++;
    if (!text.startsWith(VALUE, at)) return false;
    at = this.#hex.scan(text, at + VALUE.length);
    if (at < 0 || at + 2 !== text.length || text.charCodeAt(at) !== 34 || text.charCodeAt(at + 1) !== 125) return false;
    this.lo = this.#hex.lo;
    this.hi = this.#hex.hi;
    return true;
  }
}
