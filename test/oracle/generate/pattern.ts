import type { Random } from './random.ts';

/** The bits an encoding fixes. */
export interface Pattern {
  readonly mask: number;
  readonly value: number;
}

/**
 * Reads a pattern as the Arm ARM draws it: 32 of 0, 1 and x from bit 31 down; spaces are for the eye.
 * @throws RangeError where it is not 32 bits
 */
export function pattern(text: string): Pattern {
  const bits = text.replaceAll(' ', '');
  if (!/^[01x]{32}$/.test(bits)) throw new RangeError(`'${text}' is not a pattern of 32 bits`);
  return {
    mask: parseInt(bits.replaceAll('0', '1').replaceAll('x', '0'), 2),
    value: parseInt(bits.replaceAll('x', '0'), 2),
  };
}

export function matches({ mask, value }: Pattern, word: number): boolean {
  return (word & mask) >>> 0 === value;
}

/** A word of the pattern; the bits it leaves open are random. */
export function fill({ mask, value }: Pattern, random: Random): number {
  return ((random.u32() & ~mask) | value) >>> 0;
}

/** Bits `high` to `low` of a word. */
export function bits(word: number, high: number, low: number): number {
  return (word >>> low) & (2 ** (high - low + 1) - 1);
}

/** The word with a field replaced. */
export function withBits(word: number, high: number, low: number, value: number): number {
  const mask = (2 ** (high - low + 1) - 1) * 2 ** low;
  return ((word & ~mask) | ((value << low) & mask)) >>> 0;
}
