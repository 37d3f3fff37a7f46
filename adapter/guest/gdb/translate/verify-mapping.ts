import { Descriptor, Kind } from './descriptor.ts';
import type { Level } from './level.ts';
import { viewOf, type ReadTables } from './read-tables.ts';
import type { Regime } from './regime.ts';
import type { Mapping } from './runs.ts';
import { offsetIn } from './translate.ts';

/** Part of a mapping, and the table that is to tell about it. Offsets are from the start of the half. */
interface Span {
  readonly table: number;
  readonly from: number;
  readonly to: number;
  readonly limits: number;
}

/** A mapping has no more spans at a level than this: the tables above it would have to be unusual. */
const MOST_SPANS = 16384;

/**
 * Whether a mapping that was found is still there as it was, with its permissions. Reads its descriptors and those on the
 * path to them, in one call a level: a few bytes each.
 */
export async function verifyMapping(regime: Regime, mapping: Mapping, read: ReadTables): Promise<boolean> {
  if (!regime.isOn) return mapping.virtual === BigInt(mapping.physical) && mapping.el0 && mapping.writable;
  const half = ((mapping.virtual >> 55n) & 1n) !== 0n ? regime.upper : regime.lower;
  const from = offsetIn(half, mapping.virtual);
  if (from === null || from + mapping.size > 2 ** half.sizeBits) return false;
  if (half.isOff || half.unsupported !== null || half.root >= 2 ** half.outputBits) return false;

  const descriptor = new Descriptor(regime, half);
  let spans: Span[] = [{ table: half.root, from, to: from + mapping.size, limits: 0 }];
  for (const level of half.levels) {
    const requests = spans.map((span) => requestOf(span, level));
    const answers = await read(requests);
    const below: Span[] = [];
    for (const [n, span] of spans.entries()) {
      const view = viewOf(answers, n, requests[n]?.length ?? 0);
      if (!view || !look(descriptor, level, span, view, mapping, from, below)) return false;
    }
    if (below.length === 0) return true;
    if (below.length > MOST_SPANS) return false;
    spans = below;
  }
  // Not reached: the last level has no tables.
  return false;
}

/** The entries of a table that a span takes. */
function requestOf({ table, from, to }: Span, level: Level): { address: number; length: number } {
  const first = Math.floor(from / level.size);
  const count = Math.floor((to - 1) / level.size) - first + 1;
  return { address: table + 8 * (first % level.entries), length: 8 * count };
}

/** @returns false where an entry maps something else, or nothing; tables below are left in `below` */
function look(
  descriptor: Descriptor,
  level: Level,
  span: Span,
  view: DataView,
  mapping: Mapping,
  start: number,
  below: Span[],
): boolean {
  const base = span.from - (span.from % level.size);
  for (let at = 0; at < view.byteLength; at += 8) {
    const entry = base + (at / 8) * level.size;
    const from = Math.max(span.from, entry);
    const to = Math.min(span.to, entry + level.size);
    const kind = descriptor.decode(view, at, level);
    if (kind === Kind.Table) {
      below.push({ table: descriptor.output, from, to, limits: span.limits | descriptor.tableLimits });
      continue;
    }
    if (kind !== Kind.Leaf) return false;
    if (descriptor.output + (from - entry) !== mapping.physical + (from - start)) return false;
    if (descriptor.isEl0(span.limits) !== mapping.el0) return false;
    if (descriptor.isWritable(span.limits) !== mapping.writable) return false;
  }
  return true;
}
