import { affinityText } from '../../../../gic/affinity.ts';
import { hexOf } from '../../../../gic/inspect/decode.ts';
import type { RedistributorRegion } from '../candidate.ts';
import { CHECK_ACCESS, FindError, NAME_THE_ADDRESS } from '../find-error.ts';
import type { FoundRedistributor } from '../found-controller.ts';
import { word } from '../words.ts';
import { readDouble, readWord, type Probe } from '../probe.ts';
import { archRev, PIDR2_V3 } from './architecture.ts';

const GICR_TYPER = 0x8;
const VLPIS = 1n << 1n;
const LAST = 1n << 4n;
const RVPEID = 1n << 7n;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** RD_base and SGI_base, 64 KB each. */
const TWO_FRAMES = 0x2_0000;
/** With VLPI_base and a reserved one. */
const FOUR_FRAMES = 0x4_0000;

/** More than any machine has that people step through. */
export const MAX_REDISTRIBUTORS = 512;

export interface Redistributors {
  readonly found: readonly FoundRedistributor[];
  /** GICR_TYPER.RVPEID of any: GICv4.1. */
  readonly v41: boolean;
}

/**
 * Walks the regions by GICR_TYPER, each to its Last.
 * @throws FindError where something is no redistributor, or a region does not end
 */
export async function walkRedistributors(
  probe: Probe,
  regions: readonly RedistributorRegion[],
): Promise<Redistributors> {
  const found: FoundRedistributor[] = [];
  const byAffinity = new Map<number, FoundRedistributor>();
  let v41 = false;
  for (const region of regions) {
    for (let base = region.base, last = false; !last;) {
      checkRoom(region, base, found);
      const typer = await readTyper(probe, base, base === region.base);
      const redistributor = decode(typer, base, region.stride);
      const twin = byAffinity.get(redistributor.affinity);
      if (twin) throw duplicate(redistributor, twin, typer);
      byAffinity.set(redistributor.affinity, redistributor);
      found.push(redistributor);
      v41 ||= (typer & VLPIS) !== 0n && (typer & RVPEID) !== 0n;
      last = redistributor.last;
      base += redistributor.size;
    }
  }
  return { found, v41 };
}

/** Bounds of a walk: the region's end, and a number no machine has. */
function checkRoom(region: RedistributorRegion, base: number, found: readonly FoundRedistributor[]): void {
  const before = found.at(-1);
  const reason =
    found.length >= MAX_REDISTRIBUTORS
      ? `${MAX_REDISTRIBUTORS} redistributors, and none of the region at ${hexOf(region.base)} is the last`
      : region.size !== null && base + TWO_FRAMES > region.base + region.size
        ? `the region at ${hexOf(region.base)} ends at ${hexOf(region.base + region.size)}, and no redistributor in it is the last`
        : null;
  if (reason === null) return;
  throw new FindError({
    reason,
    place: before ? `GICR_TYPER at ${hexOf(before.base + GICR_TYPER)}` : null,
    read: before ? 'Last 0' : null,
    advice: `${NAME_THE_ADDRESS}, a region each; ${CHECK_ACCESS.charAt(0).toLowerCase()}${CHECK_ACCESS.slice(1)}`,
  });
}

/** GICR_TYPER; zeros are what the first CPU without LPIs has, so there GICR_PIDR2 has to speak for it. */
async function readTyper(probe: Probe, base: number, first: boolean): Promise<bigint> {
  const typer = await readDouble(probe, base + GICR_TYPER);
  if (typer === null || typer === ALL_ONES) throw noRedistributor(base + GICR_TYPER, 'GICR_TYPER', typer);
  if (!first && typer !== 0n) return typer;
  const pidr2 = await readWord(probe, base + PIDR2_V3);
  if (pidr2 === null || pidr2 === 0xffff_ffff || (archRev(pidr2) !== 3 && archRev(pidr2) !== 4)) {
    throw noRedistributor(base + PIDR2_V3, 'GICR_PIDR2', pidr2);
  }
  return typer;
}

function decode(typer: bigint, base: number, stride: number | null): FoundRedistributor {
  return {
    base,
    affinity: Number(typer >> 32n),
    processorNumber: Number((typer >> 8n) & 0xffffn),
    size: stride ?? ((typer & VLPIS) !== 0n ? FOUR_FRAMES : TWO_FRAMES),
    last: (typer & LAST) !== 0n,
  };
}

function noRedistributor(address: number, register: string, value: number | bigint | null): FindError {
  return new FindError({
    reason: value === null ? 'the target refuses the read' : 'no redistributor answers there',
    place: `${register} at ${hexOf(address)}`,
    read: value === null ? 'nothing' : typeof value === 'number' ? word(value) : hexOf(value),
    advice: CHECK_ACCESS,
  });
}

function duplicate(redistributor: FoundRedistributor, twin: FoundRedistributor, typer: bigint): FindError {
  return new FindError({
    reason:
      `affinity ${affinityText(redistributor.affinity)} is that of the redistributor at ${hexOf(twin.base)} already: ` +
      'the frames are not where they are said to be, or not so far apart',
    place: `GICR_TYPER at ${hexOf(redistributor.base + GICR_TYPER)}`,
    read: hexOf(typer),
    advice: NAME_THE_ADDRESS,
  });
}
