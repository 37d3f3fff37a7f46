/** What is the same for all tables of a level. */
export interface Level {
  /** As Arm counts: 3 is the level of pages. */
  readonly level: number;
  /** Virtual address bits below the index: an entry is for 2^shift bytes. */
  readonly shift: number;
  /** 2^shift. */
  readonly size: number;
  readonly entries: number;
  /** Of a table: 8 times `entries`. */
  readonly bytes: number;
  readonly isLast: boolean;
  readonly hasBlocks: boolean;
  /** Bits of a block's or page's address in the words of its descriptor. */
  readonly lowMask: number;
  readonly highMask: number;
}

export const LAST_LEVEL = 3;

/**
 * Levels of a half's tables, from where the walk starts. Tables of the first one have as many entries as address bits are
 * left for them: often fewer than fill a granule.
 * @param granuleBits 12, 14 or 16
 * @param sizeBits bits of virtual address, more than `granuleBits`
 * @param outputBits a 64K granule has blocks at level 1 where outputs have 52 bits
 */
export function levelsOf(granuleBits: number, sizeBits: number, outputBits: number): readonly Level[] {
  const stride = granuleBits - 3;
  const count = Math.ceil((sizeBits - granuleBits) / stride);
  return Array.from({ length: count }, (_, n) => {
    const level = LAST_LEVEL + 1 - count + n;
    const shift = granuleBits + (LAST_LEVEL - level) * stride;
    const entries = 2 ** (n === 0 ? sizeBits - shift : stride);
    return {
      level,
      shift,
      size: 2 ** shift,
      entries,
      bytes: 8 * entries,
      isLast: level === LAST_LEVEL,
      hasBlocks: level === 2 || (level === 1 && (granuleBits === 12 || (granuleBits === 16 && outputBits === 52))),
      lowMask: shift < 32 ? (-1 << shift) >>> 0 : 0,
      highMask: shift < 32 ? 0xffff : 0xffff & (-1 << (shift - 32)),
    };
  });
}
