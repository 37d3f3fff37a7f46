import type { Candidate } from './candidate.ts';
import { FindError, NAME_THE_ADDRESS } from './find-error.ts';
import type { FoundController, GicArchitecture } from './found-controller.ts';
import { describeFound } from './how.ts';
import { MAX_SPIS } from './identify/distributor.ts';
import { gicAt, type QemuTarget } from './qemu/target.ts';
import type { QtreeGic } from './qemu/qtree.ts';
import { missing, named } from './verify.ts';

/**
 * A GICv2 whose registers must not be read: what it is, is what QEMU's device tree says.
 * @throws FindError where that does not say enough
 */
export function takeUnread(
  candidate: Candidate,
  qemu: QemuTarget,
  because: string,
  threads: number | null,
): FoundController {
  const gic = gicAt(candidate.distributor, 'v2', qemu);
  const spis = candidate.spis ?? spisOf(gic);
  const cpus = candidate.cpus ?? gic?.cpus ?? threads;
  if (spis === null || cpus === null) {
    throw new FindError({
      reason: `${because}, and QEMU's device tree (info qtree) does not say how large it is`,
      advice: 'Name cpus and spis in the launch configuration',
    });
  }
  const architecture: GicArchitecture = (gic?.revision ?? 2) < 2 ? 'GICv1' : 'GICv2';
  if (!candidate.cpuInterface) throw missing(candidate, architecture, 'CPU interface');
  return describeFound(
    {
      ...named(candidate),
      version: 'v2',
      architecture,
      cpuInterface: candidate.cpuInterface.base,
      redistributors: [],
      cpus,
      spis,
      extendedSpis: 0,
      securityExtension: gic?.securityExtension ?? false,
      identification: null,
      plainReadsKill: true,
      plainReadsKillBecause: because,
    },
    candidate,
    {
      threads,
      qtree: gic,
      notes: [
        `No register was read: sizes are from ${gic ? "QEMU's device tree (info qtree)" : 'the launch configuration'}`,
        because,
      ],
    },
  );
}

/**
 * A GICv2 that is taken for a GICv3 would be read, and QEMU gone: QEMU has to have a GICv3, by its device tree or its
 * memory tree.
 * @throws FindError where it has none
 */
export function checkVersion(candidate: Candidate, { gics, plainReadsKillBecause }: QemuTarget): void {
  if (candidate.version !== 'v3' || gics.some(({ version }) => version === 'v3')) return;
  if (gics.length === 0 && (plainReadsKillBecause === null || candidate.foundBy === 'QEMU')) return;
  throw new FindError({
    reason: `${candidate.origin} says GICv3, but QEMU has ${gics.map(({ type }) => type).join(', ') || 'none'}: nothing was read`,
    advice: NAME_THE_ADDRESS,
  });
}

function spisOf(gic: QtreeGic | null): number | null {
  const irqs = gic?.irqs ?? null;
  return irqs === null || irqs < 32 ? null : Math.min(MAX_SPIS, irqs - 32);
}
