import type { Mapping, PhysicalRange } from '../../../../../adapter/guest/gdb/translate/find-mappings.ts';
import type { ReadTables } from '../../../../../adapter/guest/gdb/translate/read-tables.ts';
import type { Half, Regime } from '../../../../../adapter/guest/gdb/translate/regime.ts';
import { translate } from '../../../../../adapter/guest/gdb/translate/translate.ts';

/**
 * What findMappings should find, found by translating one page after the other: nothing but `translate` is believed.
 * @param filled the only entries of tables that are not empty; null to ask for each page, whatever is known already
 */
export async function invert(
  regime: Regime,
  ranges: readonly PhysicalRange[],
  read: ReadTables,
  filled: ReadonlySet<number> | null,
): Promise<readonly Mapping[]> {
  const mappings: Mapping[] = [];
  for (const half of [regime.lower, regime.upper]) {
    const page = 2 ** half.granuleBits;
    for (let offset = 0; offset < 2 ** half.sizeBits;) {
      const empty = filled && emptyAt(half, offset, filled);
      if (empty !== null) {
        offset += empty;
        continue;
      }
      const virtual = half.base + BigInt(offset);
      const found = await translate(regime, virtual, read);
      const known = found.fault === null ? found.size : sizeAt(half, found.level);
      const size = filled === null ? page : known - (offset % known);
      if (found.fault === null)
        for (const piece of pieces(found.physical, size, ranges))
          append(mappings, {
            virtual: virtual + BigInt(piece.address - found.physical),
            physical: piece.address,
            size: piece.size,
            el0: found.el0,
            writable: found.writable,
          });
      offset += size;
    }
  }
  return mappings;
}

/** How much from an offset on is an empty entry's; null where there is none. */
function emptyAt(half: Half, offset: number, filled: ReadonlySet<number>): number | null {
  const level = half.levels.find((one) => !filled.has(Math.floor(offset / one.size) % one.entries));
  return level ? level.size - (offset % level.size) : null;
}

function sizeAt(half: Half, level: number): number {
  return half.levels.find((one) => one.level === level)?.size ?? 2 ** half.sizeBits;
}

/** The ranges do not overlap. */
function pieces(physical: number, size: number, ranges: readonly PhysicalRange[]): PhysicalRange[] {
  return ranges
    .map((one) => {
      const address = Math.max(physical, one.address);
      return { address, size: Math.min(physical + size, one.address + one.size) - address };
    })
    .filter((one) => one.size > 0)
    .sort((a, b) => a.address - b.address);
}

function append(mappings: Mapping[], next: Mapping): void {
  const last = mappings.at(-1);
  const continues =
    last !== undefined &&
    last.virtual + BigInt(last.size) === next.virtual &&
    last.physical + last.size === next.physical &&
    last.el0 === next.el0 &&
    last.writable === next.writable;
  if (continues) mappings[mappings.length - 1] = { ...last, size: last.size + next.size };
  else mappings.push(next);
}
