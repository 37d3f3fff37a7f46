/* Numbers and bytes as the protocol writes them. Packets are handled as Latin-1 text: a character a byte. */

export function toHex(data: Uint8Array | string): string {
  return (typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data)).toString('hex');
}

/** Bytes of pairs of digits; null where they are none. */
export function fromHex(digits: string): Uint8Array | null {
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** A number of up to 64 bits; null where the text is none. */
export function parseAddress(text: string | undefined): bigint | null {
  return text !== undefined && /^[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text}`) : null;
}

/** A number of up to 32 bits; null where the text is none. */
export function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^[0-9a-fA-F]{1,8}$/.test(text) ? parseInt(text, 16) : null;
}

/** A register's value in the target's byte order, which is little-endian. */
export function valueToHex(value: bigint, bits: number): string {
  const bytes = new Uint8Array(bits / 8);
  let rest = BigInt.asUintN(bits, value);
  for (let i = 0; i < bytes.length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return toHex(bytes);
}

export function bytesToValue(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
