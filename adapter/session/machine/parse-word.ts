import { RequestError } from '../request-error.ts';

/** A register's new value, as it is typed. @throws RequestError where the text is no number, or does not fit */
export function parseWord(text: string, bits: number): bigint {
  const trimmed = text.trim();
  if (!/^-?(0x[0-9a-f]+|\d+)$/i.test(trimmed)) throw new RequestError(`“${text}” is not a number`);
  const negative = trimmed.startsWith('-');
  const magnitude = BigInt(negative ? trimmed.slice(1) : trimmed);
  const value = negative ? -magnitude : magnitude;
  if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
    throw new RequestError(`${text} does not fit into ${bits} bits`);
  }
  return BigInt.asUintN(bits, value);
}

export function hex64(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}
