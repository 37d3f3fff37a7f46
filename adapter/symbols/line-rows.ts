import { ROW_STATEMENT, type LineSequence } from './dwarf/line-program.ts';

/**
 * A sequence made ready for lookup. Several rows may have one address, as where a call was inlined; `places` has for
 * each address the one row that a debugger shows: the last, unless only an earlier one begins a statement (so does GDB).
 */
export interface PlacedSequence {
  readonly rows: LineSequence;
  readonly end: bigint;
  readonly start: bigint;
  /** Indices of rows, one an address, ascending. */
  readonly places: Uint32Array;
}

export function placeRows(rows: LineSequence): PlacedSequence {
  const { offsets, flags, start, size } = rows;
  const places: number[] = [];
  for (let index = 0; index < offsets.length;) {
    let shown = index;
    let next = index;
    for (; next < offsets.length && offsets[next] === offsets[index]; next++)
      if (((flags[next] as number) & ROW_STATEMENT) !== 0 || ((flags[shown] as number) & ROW_STATEMENT) === 0)
        shown = next;
    // Rows at the very end have no instruction.
    if ((offsets[index] as number) < size) places.push(shown);
    index = next;
  }
  return { rows, start, end: start + BigInt(size), places: Uint32Array.from(places) };
}

/** Index in `places` of the row that is good for an address within the sequence; -1: none before the first row. */
export function placeAt({ rows, places }: PlacedSequence, address: bigint): number {
  const offset = Number(address - rows.start);
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows.offsets[places[middle] as number] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** First address of the place `index`, and the one behind its last: where the next place begins. */
export function placeRange(sequence: PlacedSequence, index: number): { start: bigint; end: bigint } {
  const { rows, places, start } = sequence;
  const at = (place: number): bigint => start + BigInt(rows.offsets[places[place] as number] as number);
  return { start: at(index), end: index + 1 < places.length ? at(index + 1) : sequence.end };
}

/** The last row with the address of this one. */
export function lastOfAddress({ rows }: PlacedSequence, row: number): number {
  let last = row;
  while (last + 1 < rows.offsets.length && rows.offsets[last + 1] === rows.offsets[row]) last++;
  return last;
}
