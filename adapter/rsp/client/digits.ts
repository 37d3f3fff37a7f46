/* Hex digits as bytes: what many replies are made of, read without making text of them. */

export type ByteOrder = 'little' | 'big';

const VALUES = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  const digit = i.toString(16);
  VALUES[digit.charCodeAt(0)] = VALUES[digit.toUpperCase().charCodeAt(0)] = i;
}

const SMALL_X = 0x78;

/** 0 to 15; -1 where it is no digit. */
export function valueOfDigit(byte: number | undefined): number {
  return byte === undefined ? -1 : (VALUES[byte] ?? -1);
}

export function allDigits(digits: Uint8Array): boolean {
  for (const byte of digits) if (VALUES[byte] === -1) return false;
  return true;
}

/** "xxxx": the stub has the register, and not its value. */
export function isUnavailable(digits: Uint8Array): boolean {
  return digits.length > 0 && digits.every((byte) => byte === SMALL_X);
}

/** Bytes of pairs of digits; whoever calls has seen that they are. */
export function bytesOf(digits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(digits.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(digits, i);
  return bytes;
}

function byteAt(digits: Uint8Array, index: number): number {
  return (valueOfDigit(digits[2 * index]) << 4) | valueOfDigit(digits[2 * index + 1]);
}

/** Value of pairs of digits, in a byte order; whoever calls has seen that they are. */
export function numberOf(digits: Uint8Array, order: ByteOrder): bigint {
  const count = digits.length >> 1;
  let value = 0n;
  // Words of four bytes, the highest first: few steps with bigints.
  for (let done = 0; done < count;) {
    const size = (count - done) % 4 === 0 ? 4 : (count - done) % 4;
    let word = 0;
    for (let i = 0; i < size; i++, done++) {
      word = word * 256 + byteAt(digits, order === 'big' ? done : count - 1 - done);
    }
    value = value === 0n ? BigInt(word) : (value << BigInt(8 * size)) | BigInt(word);
  }
  return value;
}

/** Pairs of digits of a value that fits, in a byte order. */
export function digitsOf(value: bigint, bytes: number, order: ByteOrder): string {
  const text = value.toString(16).padStart(2 * bytes, '0');
  return order === 'big' ? text : (text.match(/../g) ?? []).reverse().join('');
}
