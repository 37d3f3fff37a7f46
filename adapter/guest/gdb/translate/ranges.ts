/** Physical addresses that are looked for. */
export interface PhysicalRange {
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** Ranges in order, without overlaps; those that touch are one. */
export class Ranges {
  readonly list: readonly PhysicalRange[];
  readonly #first: number;
  readonly #end: number;

  constructor(ranges: readonly PhysicalRange[]) {
    const merged: { address: number; size: number }[] = [];
    for (const { address, size } of ranges.filter((one) => one.size > 0).sort((a, b) => a.address - b.address)) {
      const last = merged.at(-1);
      if (last && address <= last.address + last.size) last.size = Math.max(last.size, address + size - last.address);
      else merged.push({ address, size });
    }
    this.list = merged;
    const last = merged.at(-1);
    this.#first = merged[0]?.address ?? Infinity;
    this.#end = last ? last.address + last.size : -Infinity;
  }

  /** Whether any byte of a piece of memory is in a range. */
  touch(address: number, size: number): boolean {
    // Nearly all memory is outside all of them.
    if (address >= this.#end || address + size <= this.#first) return false;
    return this.list.some((one) => address < one.address + one.size && one.address < address + size);
  }
}
