/** Offset of the first of the eight identification registers, one byte each in a word: PeriphID0-3, PCellID0-3. */
const FIRST = 0xfe0;
const CELL = [0x0d, 0xf0, 0x05, 0xb1] as const;

/** Answers a PrimeCell's identification registers. */
export type PrimecellId = (offset: number) => number;

/** @param peripheral PeriphID0 to 3, as the cell's TRM lists them */
export function primecellId(peripheral: readonly [number, number, number, number]): PrimecellId {
  const bytes = [...peripheral, ...CELL];
  return (offset) => (offset < FIRST || offset % 4 !== 0 ? 0 : (bytes[(offset - FIRST) >> 2] ?? 0));
}
