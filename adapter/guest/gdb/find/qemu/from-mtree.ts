import { hexOf } from '../../../../gic/inspect/decode.ts';
import { Miss, type Candidate, type Frame, type RedistributorRegion } from '../candidate.ts';
import { listed } from '../words.ts';
import type { MappedRegion, MemoryView } from './mtree.ts';

/** Of an ITS's two frames only the names are in a flat tree. */
const ITS_CONTROL = 'control';
const ITS_TRANSLATION = 'translation';
const ITS = 'gicv3_its';
const REDISTRIBUTORS = /^gicv3_redist_region(\[\d+\])?$/;
const PAGE = 0x1000;
/** ZynqMP's frames have 16 and 32; pieces are compared with each other. */
const MAX_PIECES = 256;

/**
 * The controller the memory tree shows to CPUs.
 * @throws Miss
 */
export function candidateOfMtree(views: readonly MemoryView[], origin: string): Candidate {
  if (views.length === 0) throw new Miss('the monitor prints no memory tree');
  const regions = ofCpus(views);
  if (!regions) throw new Miss('no address space of the memory tree has a GIC');
  return regions.some(({ name }) => name === 'gicv3_dist')
    ? candidateV3(regions, origin)
    : candidateV2(regions, origin);
}

/** The first CPU's view, or the nearest to it that has a GIC. */
function ofCpus(views: readonly MemoryView[]): readonly MappedRegion[] | null {
  const withGic = views.filter(({ regions }) => regions.some(({ name }) => /^(gic|gicv3)_dist$/.test(name)));
  const order: readonly RegExp[] = [/^cpu-memory-0$/, /^cpu-secure-memory-0$/, /^memory$/, /^cpu-/];
  for (const space of order) {
    const view = withGic.find(({ spaces }) => spaces.some((name) => space.test(name)));
    if (view) return view.regions;
  }
  return null;
}

function candidateV3(regions: readonly MappedRegion[], origin: string): Candidate {
  const redistributors = regions.filter(({ name, offset }) => REDISTRIBUTORS.test(name) && offset === 0);
  if (redistributors.length === 0) throw new Miss('the memory tree has a GICv3 distributor, but no redistributors');
  return {
    ...common(origin),
    version: 'v3',
    distributor: single(regions, 'gicv3_dist').base,
    cpuInterface: null,
    hypervisorInterface: null,
    virtualCpuInterface: null,
    redistributors: redistributors.map(({ base, size }): RedistributorRegion => ({ base, size, stride: null })),
    its: itsOf(regions),
  };
}

function candidateV2(regions: readonly MappedRegion[], origin: string): Candidate {
  const named = (name: string): number | null =>
    regions.some((region) => region.name === name) ? single(regions, name).base : null;
  return {
    ...common(origin),
    version: 'v2',
    distributor: single(regions, 'gic_dist').base,
    cpuInterface: single(regions, 'gic_cpu'),
    // The first is of the CPU that asks; one for each CPU follows.
    hypervisorInterface: regions.find(({ name }) => name === 'gic_viface')?.base ?? null,
    virtualCpuInterface: named('gic_vcpu'),
    redistributors: [],
    its: [],
  };
}

function common(origin: string): Pick<Candidate, 'foundBy' | 'origin' | 'affinities' | 'cpus' | 'spis' | 'notes'> {
  return { foundBy: 'QEMU', origin, affinities: null, cpus: null, spis: null, notes: [] };
}

/**
 * Where the whole of a region is. Boards repeat each page of a frame (64 KB apart for ZynqMP): then its place is where
 * the second page follows the first.
 */
function single(regions: readonly MappedRegion[], name: string): Frame {
  const pieces = regions.filter((region) => region.name === name).slice(0, MAX_PIECES);
  const first = pieces.find(({ offset }) => offset === 0);
  if (!first) throw new Miss(`the memory tree has no ${name}`);
  const whole =
    pieces.find(({ offset, size }) => offset === 0 && size > PAGE) ??
    pieces.find((piece) => piece.offset === 0 && pieces.some((next) => next.offset === PAGE && follows(piece, next)));
  if (whole) return { base: whole.base, size: whole.size };
  const runs = pieces.filter((piece, n) => n === 0 || !follows(pieces[n - 1] ?? piece, piece)).map(({ base }) => base);
  // realview-eb has one for each chip; CPU interfaces may be one for each CPU.
  if (runs.length > 1 && name.endsWith('_dist')) {
    throw new Miss(
      `the memory tree has ${runs.length} controllers (distributors at ${listed(runs.map(hexOf))}) and does not say ` +
        'which one CPUs are wired to',
    );
  }
  return { base: first.base, size: first.size };
}

function follows(before: MappedRegion, after: MappedRegion): boolean {
  return before.base + before.size === after.base;
}

function itsOf(regions: readonly MappedRegion[]): readonly number[] {
  const named = regions.filter(({ name }) => name === ITS).map(({ base }) => base);
  if (named.length > 0) return named;
  return regions
    .filter(
      (region, n) =>
        region.name === ITS_CONTROL &&
        regions[n + 1]?.name === ITS_TRANSLATION &&
        follows(region, regions[n + 1] ?? region),
    )
    .map(({ base }) => base);
}
