/**
 * QEMU's memory tree. Flat (`info mtree -f`), each view is what some CPUs and devices see:
 *
 *     FlatView #1
 *      AS "memory", root: system
 *      AS "cpu-memory-0", root: system
 *      Root memory region: system
 *       00000000f902f000-00000000f9030fff (prio 0, i/o): gic_cpu
 *
 * Not flat (`info mtree`), address spaces of the same tree come one after the other, and regions are nested and may be
 * aliases of others:
 *
 *     address-space: cpu-memory-0
 *     address-space: memory
 *       0000000000000000-ffffffffffffffff (prio 0, i/o): system
 *         00000000f9020000-00000000f9020fff (prio 0, i/o): alias zynqmp-gic-alias @gic_cpu 0000000000000000-0000000000000fff
 */
export interface MemoryView {
  /** Names of the address spaces that see it. */
  readonly spaces: readonly string[];
  readonly regions: readonly MappedRegion[];
}

/** A piece of a memory region at an address. */
export interface MappedRegion {
  /** "gic_dist". */
  readonly name: string;
  readonly base: number;
  readonly size: number;
  /** Where in the region the piece starts: not 0 for parts of it, and for aliases of parts. */
  readonly offset: number;
  /** "i/o", "ram", "romd". */
  readonly kind: string;
}

const FLAT_SPACE = /^ AS "([^"]*)"/;
const TREE_SPACE = /^address-space: (.*?)\s*$/;
const REGION = /^\s+([0-9a-f]{1,32})-([0-9a-f]{1,32}) \(prio -?\d+, ([a-z/]+)\): (.*?)\s*$/;
const ALIAS = /^alias .*?@(\S.*?) ([0-9a-f]{1,32})-[0-9a-f]{1,32}$/;
const PIECE = /^(.*?) @([0-9a-f]{1,32})$/;
const MAX_REGIONS = 50_000;
/** Longer lines are none of QEMU's, and slow to match. */
const MAX_LINE = 400;

/** The views of `info mtree -f` or `info mtree`; none where the text is neither. */
export function readMtree(text: string): readonly MemoryView[] {
  const views: { spaces: string[]; regions: MappedRegion[] }[] = [];
  let view: { spaces: string[]; regions: MappedRegion[] } | null = null;
  let left = MAX_REGIONS;
  for (const line of text.split('\n')) {
    if (line.length > MAX_LINE) continue;
    const space = FLAT_SPACE.exec(line)?.[1] ?? TREE_SPACE.exec(line)?.[1];
    if (space !== undefined) {
      // Names in a row share what follows.
      if (!view || view.regions.length > 0) views.push((view = { spaces: [], regions: [] }));
      view.spaces.push(space);
      continue;
    }
    // What follows belongs to no address space: another view, or a region by itself.
    if (/^(FlatView|memory-region:)/.test(line) || line.trim() === '') {
      view = null;
      continue;
    }
    const region = view ? regionOf(line) : null;
    if (view && region && left-- > 0) view.regions.push(region);
  }
  return views;
}

/** A region that is not there ends in " [disabled]": a name nobody looks for. */
function regionOf(line: string): MappedRegion | null {
  const [, from, to, kind, text] = REGION.exec(line) ?? [];
  if (from === undefined || to === undefined || kind === undefined || text === undefined) return null;
  const base = BigInt(`0x${from}`);
  const end = BigInt(`0x${to}`);
  if (end < base || end > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const [, target, start] = ALIAS.exec(text) ?? PIECE.exec(text) ?? [];
  return {
    name: target ?? text,
    base: Number(base),
    size: Number(end - base) + 1,
    offset: start === undefined ? 0 : Number(BigInt(`0x${start}`)),
    kind,
  };
}
