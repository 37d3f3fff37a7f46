import { hexOf } from '../../../../gic/inspect/decode.ts';
import { CHECK_ACCESS, FindError } from '../find-error.ts';
import type { GicArchitecture, GicVersion } from '../found-controller.ts';
import { word } from '../words.ts';
import { readWord, type Probe } from '../probe.ts';

/** Places of GICD_PIDR2: the last page of a frame of 4 KB, or of 64 KB. GICR_PIDR2 is at the latter too. */
const PIDR2_V2 = 0xfe8;
export const PIDR2_V3 = 0xffe8;

const IIDR = 0x8;
const VGIC_PRODUCT = 0x4b;
const ARM = 0x43b;

/** PIDR2.ArchRev, bits 7:4. */
const ARCHITECTURES: ReadonlyMap<number, GicArchitecture> = new Map([
  [1, 'GICv1'],
  [2, 'GICv2'],
  [3, 'GICv3'],
  [4, 'GICv4'],
]);

export function archRev(pidr2: number): number {
  return (pidr2 >>> 4) & 0xf;
}

export function versionOf(architecture: GicArchitecture): GicVersion {
  return architecture === 'GICv1' || architecture === 'GICv2' ? 'v2' : 'v3';
}

/**
 * What GICD_PIDR2 says is at the address.
 * @param expected reads only where that version has the register; null tries both
 * @throws FindError where it is no distributor, or not of the expected version
 */
export async function architectureAt(
  probe: Probe,
  distributor: number,
  expected: GicVersion | null,
): Promise<GicArchitecture> {
  // The v2 place first: in a v3 frame it is reserved, whereas a v2 frame of 4 KB has nothing at the v3 place.
  const offsets = expected === 'v2' ? [PIDR2_V2] : expected === 'v3' ? [PIDR2_V3] : [PIDR2_V2, PIDR2_V3];
  const answers: { readonly address: number; readonly value: number | null }[] = [];
  for (const offset of offsets) {
    const address = distributor + offset;
    const value = await readWord(probe, address);
    answers.push({ address, value });
    const architecture = value === null || isNothing(value) ? undefined : ARCHITECTURES.get(archRev(value));
    if (!architecture) continue;
    const version = versionOf(architecture);
    if (expected !== null && version !== expected) throw otherVersion(address, value ?? 0, architecture, expected);
    // A v2 frame repeated in 64 KB shows its register at the v3 place as well, and was seen at its own.
    if (version === (offset === PIDR2_V2 ? 'v2' : 'v3')) return architecture;
  }
  if (expected !== 'v3' && (await isVgic(probe, distributor))) return 'GICv2';
  throw noDistributor(answers, expected);
}

/** KVM's GICv2 has no GICD_PIDR2: it is known by GICD_IIDR, product "K" of Arm's. Its GICv3 has both. */
async function isVgic(probe: Probe, distributor: number): Promise<boolean> {
  const iidr = await readWord(probe, distributor + IIDR);
  return iidr !== null && iidr >>> 24 === VGIC_PRODUCT && (iidr & 0xfff) === ARM;
}

function isNothing(value: number): boolean {
  return value === 0 || value === 0xffff_ffff;
}

function otherVersion(address: number, value: number, is: GicArchitecture, expected: GicVersion): FindError {
  return new FindError({
    reason: `this is a ${is}, not a GIC${expected}`,
    place: `GICD_PIDR2 at ${hexOf(address)}`,
    read: word(value),
    advice: 'Name the other version, or the address of the other controller, in the launch configuration',
  });
}

function noDistributor(
  answers: readonly { readonly address: number; readonly value: number | null }[],
  expected: GicVersion | null,
): FindError {
  const mpcore = answers.find(({ value }) => value !== null && !isNothing(value) && archRev(value) === 0);
  const shown = mpcore ?? answers.find(({ value }) => value !== null) ?? answers[0];
  const value = shown?.value ?? null;
  const what = expected === null ? 'GIC' : `GIC${expected}`;
  return new FindError({
    reason:
      value === null
        ? `the target refuses the read, so no ${what} distributor is known to be there`
        : mpcore
          ? `ArchRev is 0, as before GICv1 (Arm11 MPCore): no ${what} distributor`
          : `no ${what} distributor answers there`,
    place: shown ? `GICD_PIDR2 at ${hexOf(shown.address)}` : null,
    read: value === null ? 'nothing' : word(value),
    advice: CHECK_ACCESS,
  });
}
