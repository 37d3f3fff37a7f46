import { hexOf } from '../../../../gic/inspect/decode.ts';
import { CHECK_ACCESS, FindError } from '../find-error.ts';
import type { GicArchitecture } from '../found-controller.ts';
import { word } from '../words.ts';
import { readWord, type Probe } from '../probe.ts';
import { versionOf } from './architecture.ts';
import { identify, type Identification } from './identification.ts';

const GICD_TYPER = 0x4;
const GICD_IIDR = 0x8;

/** INTIDs 1020 to 1023 are special. */
export const MAX_SPIS = 988;

/** What a distributor says of itself. */
export interface Distributor {
  readonly spis: number;
  readonly extendedSpis: number;
  /** GICv2: CPU interfaces. A GICv3 counts only those that have no affinity routing: its redistributors tell. */
  readonly cpus: number;
  readonly securityExtension: boolean;
  readonly identification: Identification | null;
}

/** @throws FindError where GICD_TYPER is none */
export async function readDistributor(probe: Probe, base: number, architecture: GicArchitecture): Promise<Distributor> {
  const typer = await readWord(probe, base + GICD_TYPER);
  if (typer === null || typer === 0 || typer === 0xffff_ffff) {
    throw new FindError({
      reason: typer === null ? 'the target refuses the read' : 'no distributor has such a type',
      place: `GICD_TYPER at ${hexOf(base + GICD_TYPER)}`,
      read: typer === null ? 'nothing' : word(typer),
      advice: CHECK_ACCESS,
    });
  }
  const iidr = await readWord(probe, base + GICD_IIDR);
  return { ...decodeTyper(typer, architecture), identification: iidr === null ? null : identify(iidr, architecture) };
}

/** ITLinesNumber 4:0, CPUNumber 7:5, ESPI 8, SecurityExtn 10, ESPI_range 31:27. */
export function decodeTyper(typer: number, architecture: GicArchitecture): Omit<Distributor, 'identification'> {
  const hasEspi = versionOf(architecture) === 'v3' && (typer & 0x100) !== 0;
  return {
    spis: Math.min(MAX_SPIS, 32 * (typer & 0x1f)),
    extendedSpis: hasEspi ? 32 * ((typer >>> 27) + 1) : 0,
    cpus: ((typer >>> 5) & 7) + 1,
    securityExtension: (typer & 0x400) !== 0,
  };
}
