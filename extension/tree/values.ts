import type { FieldInfo, Hex } from '../../adapter/protocol.ts';

/** How a value is written. */
export type ValueFormat = 'hex' | 'dec' | 'bin';

export const VALUE_FORMATS: readonly ValueFormat[] = ['hex', 'dec', 'bin'];

/** Reads a protocol value. Values have up to 64 bits, so they are `bigint` here. */
export function parseHex(text: Hex): bigint {
  return BigInt(text);
}

/** The mask of a field `width` bits wide, unshifted. */
function mask(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

type BitRange = Pick<FieldInfo, 'msb' | 'lsb'>;

/** Number of bits from lsb to msb. */
export function widthOf(range: BitRange): number {
  return range.msb - range.lsb + 1;
}

/** Takes the bits of a field out of a register value. */
export function extract(value: bigint, range: BitRange): bigint {
  return (value >> BigInt(range.lsb)) & mask(widthOf(range));
}

/** Writes a register value: full width, so that columns of registers line up. */
export function formatRegister(value: bigint, bits: number, format: ValueFormat): string {
  switch (format) {
    case 'hex':
      return `0x${value.toString(16).padStart(bits / 4, '0')}`;
    case 'dec':
      return value.toString(10);
    case 'bin':
      return `0b${grouped(value.toString(2).padStart(bits, '0'), 8)}`;
  }
}

/** Writes a field's value: a bit is a bare digit in every format. */
export function formatField(value: bigint, width: number, format: ValueFormat): string {
  if (width === 1) return value.toString();
  switch (format) {
    case 'hex':
      return `0x${value.toString(16)}`;
    case 'dec':
      return value.toString(10);
    case 'bin':
      return `0b${grouped(value.toString(2).padStart(width, '0'), 8)}`;
  }
}

/** Writes a value the way the expression language reads it back: no digit groups. */
export function plainText(value: bigint, width: number, format: ValueFormat): string {
  return formatField(value, width, format).replaceAll('_', '');
}

function grouped(digits: string, size: number): string {
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= size) groups.unshift(digits.slice(Math.max(0, end - size), end));
  return groups.join('_');
}

/** The name of an enumerated value, where it has one. */
export function enumName(field: FieldInfo, value: bigint): string | undefined {
  return field.enum?.find((entry) => BigInt(entry.value) === value)?.name;
}

/** Reads a number as people type it; undefined where it is none. */
export function parseNumber(text: string): bigint | undefined {
  const plain = text.trim().replaceAll('_', '');
  return /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/.test(plain) ? BigInt(plain) : undefined;
}
