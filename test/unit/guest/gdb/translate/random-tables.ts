import { DEVICE, RAM } from './support.ts';

export type Random = (below: number) => number;

export interface Shape {
  /** Tables there are, from RAM on, 64 KiB apart: aligned for any granule. */
  readonly tables: number;
  /** Entries of each that are anything but zero, in ascending order. */
  readonly indexes: readonly number[];
  /** Bytes of a page. */
  readonly page: number;
  /** Of these, how many in a hundred lead to tables. */
  readonly links: number;
}

export const SPACING = 0x1_0000;

/** What descriptors may have in bits that mean nothing, or permissions. */
const UPPER = 0xfff0_0000;

/** Fills tables with descriptors that lead to each other, to devices, and astray. */
export function fillTables(bytes: Uint8Array, random: Random, { tables, indexes, page, links }: Shape): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  bytes.fill(0, 0, tables * SPACING);
  for (let table = 0; table < tables; table++) {
    let [low, high] = [0, 0];
    for (const index of indexes) {
      // Every other one goes on where the last one ended, as mappings of more than a page do.
      if (random(2) === 0) low = (low + page) >>> 0;
      else [low, high] = descriptor(random, tables, links);
      view.setUint32(table * SPACING + 8 * index, low, true);
      view.setUint32(table * SPACING + 8 * index + 4, high, true);
    }
  }
}

function descriptor(random: Random, tables: number, links: number): [number, number] {
  const kind = random(100);
  const upper = (random(0x1_0000) * 0x1_0000) & UPPER;
  if (kind < links) {
    const table = random(40) === 0 ? 0x7000_0000 : RAM + random(tables) * SPACING;
    return [table | 3 | (random(4) << 2) | (random(2) << 10), random(3) === 0 ? upper : 0];
  }
  if (kind < 90) return [leaf(random), upper | (random(40) === 0 ? 1 << (8 + random(8)) : 0)];
  // Reserved, invalid, or anything.
  return kind < 96 ? [leaf(random) & ~random(4), upper] : [random(0x1_0000_0000), random(0x1_0000_0000)];
}

/** A block or page near the devices, mostly one that has been accessed. */
function leaf(random: Random): number {
  const address = random(4) === 0 ? random(0x1_0000) * 0x1_0000 : DEVICE + random(32) * 0x1000;
  const flags = (random(0x400) << 2) | (random(8) === 0 ? 0 : 1 << 10);
  return (address | (flags & 0xfff) | (random(3) === 0 ? 1 : 3)) >>> 0;
}

/** Some indexes of a table, its first and last among them. */
export function someIndexes(random: Random, entries: number, count: number): readonly number[] {
  const chosen = new Set([0, entries - 1]);
  while (chosen.size < Math.min(count, entries)) {
    const next = random(random(2) === 0 ? entries : Math.min(entries, 32));
    // Neighbours, so that mappings continue each other.
    for (let n = 0; n < 3 && chosen.size < count; n++) chosen.add(Math.min(next + n, entries - 1));
  }
  return [...chosen].sort((a, b) => a - b);
}
