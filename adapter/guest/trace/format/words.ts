const DIGIT = new Int8Array(128).fill(-1);
for (let d = 0; d < 16; d++) {
  DIGIT[d.toString(16).charCodeAt(0)] = d;
  DIGIT[d.toString(16).toUpperCase().charCodeAt(0)] = d;
}

/** Addresses end here, exclusive: 52 bits, which a JavaScript number holds exactly. */
export const ADDRESS_LIMIT = 2 ** 52;

/**
 * Reads hexadecimal digits into two 32-bit words: no bigint and no garbage per value. One instance per parser; `lo` and
 * `hi` hold the last value scanned, as int32.
 */
export class HexScanner {
  lo = 0;
  hi = 0;

  /** @returns the position after the digits, or -1 where there is none or the value is wider than 64 bits. */
  scan(text: string, start: number): number {
    let lo = 0;
    let hi = 0;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const digit = code < 128 ? (DIGIT[code] ?? -1) : -1;
      if (digit < 0) break;
      if (hi >>> 28 !== 0) return -1;
      hi = (hi << 4) | (lo >>> 28);
      lo = (lo << 4) | digit;
    }
    if (at === start) return -1;
    this.lo = lo;
    this.hi = hi;
    return at;
  }

  /** The last value as an address, or -1 beyond 52 bits. */
  address(): number {
    const hi = this.hi >>> 0;
    return hi >= 0x100000 ? -1 : hi * 0x100000000 + (this.lo >>> 0);
  }
}

/** `0x` and at least `digits` hexadecimal digits. */
export function hexWords(lo: number, hi: number, digits: number): string {
  const low = (lo >>> 0).toString(16);
  if (hi === 0) return `0x${low.padStart(digits, '0')}`;
  return `0x${((hi >>> 0).toString(16) + low.padStart(8, '0')).padStart(digits, '0')}`;
}

/** An address as gic-trace writes it: `0x` and at least eight digits. */
export function hexAddress(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

export function bigintOf(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}
