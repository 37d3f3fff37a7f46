import { hexOf } from '../../../../gic/inspect/decode.ts';
import type { Frame } from '../candidate.ts';
import { word } from '../words.ts';
import { readWord, type Probe } from '../probe.ts';

/** Reading it changes nothing, unlike its neighbours: GICC_IAR acknowledges. */
const GICC_IIDR = 0xfc;
/** Both pages of a CPU interface, each repeated over 64 KB: the last of the first pages is followed by the second. */
const REPEATED_SIZE = 0x2_0000;
const LAST_OF_FIRST = 0xf000;

export interface CpuInterface {
  readonly base: number;
  /** A sentence where there is something to tell. */
  readonly note: string | null;
}

/**
 * Where GICC is, which boards that repeat its pages every 4 KB of 64 KB describe by the first: GICC_DIR, 4 KB on, would
 * be the first page again. Nothing that is read here is a reason to give up: probes often have no CPU to read as.
 */
export async function locateCpuInterface(probe: Probe, frame: Frame): Promise<CpuInterface> {
  const { base, size } = frame;
  const iidr = await readWord(probe, base + GICC_IIDR);
  if (iidr === null || iidr === 0 || iidr === 0xffff_ffff) {
    const read = iidr === null ? 'nothing' : word(iidr);
    return {
      base,
      note: `GICC_IIDR at ${hexOf(base + GICC_IIDR)} reads ${read}: the CPU interface does not answer the stub`,
    };
  }
  if (size !== null && size >= REPEATED_SIZE && (await readWord(probe, base + LAST_OF_FIRST + GICC_IIDR)) === iidr) {
    return {
      base: base + LAST_OF_FIRST,
      note: `CPU interface repeated every 4 KB from ${hexOf(base)}: the one at ${hexOf(base + LAST_OF_FIRST)} has GICC_DIR behind it`,
    };
  }
  return { base, note: null };
}
