/** Makes the error of something malformed at `offset` of what is being read. */
export type Complain = (offset: number, reason: string) => Error;

const decoder = new TextDecoder();

/** Reads little-endian numbers from a window of bytes and never past its end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Where the next read starts, in `bytes`. */
  at: number;
  /** First byte that must not be read. */
  readonly end: number;
  readonly #view: DataView;
  readonly #complain: Complain;

  constructor(bytes: Uint8Array, complain: Complain, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#complain = complain;
    if (start < 0 || start > bytes.length || end < start || end > bytes.length)
      throw complain(start, `bytes ${start} to ${end} wanted, but there are only ${bytes.length}`);
    this.at = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  fail(reason: string, offset = this.at): never {
    throw this.#complain(offset, reason);
  }

  /** Moves over `length` bytes and returns where they start. */
  skip(length: number): number {
    if (!(length >= 0 && length <= this.end - this.at))
      this.fail(`${length} bytes wanted, but only ${this.left} are left`);
    const start = this.at;
    this.at = start + length;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  i8(): number {
    return this.#view.getInt8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u24(): number {
    const at = this.skip(3);
    return this.#view.getUint16(at, true) | (this.#view.getUint8(at + 2) << 16);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.skip(8), true);
  }

  /** 64 bits that count or place bytes of the file: more than 2^53 cannot be right. */
  size64(): number {
    const value = Number(this.u64());
    if (!Number.isSafeInteger(value)) this.fail('a size or offset of more than 53 bits', this.at - 8);
    return value;
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): bigint {
    if (size === 8) return this.u64();
    if (size === 4) return BigInt(this.u32());
    if (size === 2) return BigInt(this.u16());
    if (size === 1) return BigInt(this.u8());
    return this.fail(`numbers of ${size} bytes are not known`);
  }

  /** Unsigned LEB128 of at most 64 bits. */
  uleb64(): bigint {
    const start = this.at;
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) break;
    }
    if (value >> 64n !== 0n) this.fail('a LEB128 number of more than 64 bits', start);
    return value;
  }

  /** Signed LEB128 of at most 64 bits. */
  sleb64(): bigint {
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80);
    if ((byte & 0x40) !== 0 && shift < 70n) value |= -1n << shift;
    return BigInt.asIntN(64, value);
  }

  /** Unsigned LEB128 of at most 53 bits. */
  uleb(): number {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      const part = byte & 0x7f;
      if (part !== 0) value += part * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) this.fail('a LEB128 number of more than 53 bits', start);
    return value;
  }

  /** Signed LEB128 of at most 53 bits. */
  sleb(): number {
    const start = this.at;
    const value = Number(this.sleb64());
    if (!Number.isSafeInteger(value)) this.fail('a LEB128 number of more than 53 bits', start);
    return value;
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** The next `length` bytes, not copied. */
  block(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  /** A string that ends with a zero byte. */
  string(): string {
    const start = this.at;
    this.skipString();
    return decoder.decode(this.bytes.subarray(start, this.at - 1));
  }

  skipString(): void {
    const zero = this.bytes.indexOf(0, this.at);
    if (zero < 0 || zero >= this.end) this.fail('a string without its end');
    this.at = zero + 1;
  }
}
