import { hexOf } from '../../../gic/inspect/decode.ts';
import type { Candidate } from './candidate.ts';
import { FindError, NAME_THE_ADDRESS } from './find-error.ts';
import type { FoundController, GicArchitecture } from './found-controller.ts';
import { describeFound } from './how.ts';
import { architectureAt, versionOf } from './identify/architecture.ts';
import { locateCpuInterface } from './identify/cpu-interface.ts';
import { readDistributor, type Distributor } from './identify/distributor.ts';
import { walkRedistributors } from './identify/redistributors.ts';
import type { Probe } from './probe.ts';
import type { QtreeGic } from './qemu/qtree.ts';

/**
 * Asks the registers whether the candidate is a controller, and which.
 * @param qtree what QEMU says of it, to be compared
 * @throws FindError
 */
export async function verify(probe: Probe, candidate: Candidate, qtree: QtreeGic | null): Promise<FoundController> {
  const architecture = await architectureAt(probe, candidate.distributor, candidate.version);
  const distributor = await readDistributor(probe, candidate.distributor, architecture);
  return versionOf(architecture) === 'v2'
    ? verifyV2(probe, candidate, qtree, architecture, distributor)
    : verifyV3(probe, candidate, qtree, architecture, distributor);
}

async function verifyV2(
  probe: Probe,
  candidate: Candidate,
  qtree: QtreeGic | null,
  architecture: GicArchitecture,
  distributor: Distributor,
): Promise<FoundController> {
  if (!candidate.cpuInterface) throw missing(candidate, architecture, 'CPU interface');
  const cpuInterface = await locateCpuInterface(probe, candidate.cpuInterface);
  return describeFound(
    {
      ...named(candidate),
      version: 'v2',
      architecture,
      cpuInterface: cpuInterface.base,
      redistributors: [],
      cpus: candidate.cpus ?? distributor.cpus,
      ...facts(distributor),
    },
    candidate,
    { threads: probe.threads, qtree, notes: cpuInterface.note === null ? [] : [cpuInterface.note] },
  );
}

async function verifyV3(
  probe: Probe,
  candidate: Candidate,
  qtree: QtreeGic | null,
  architecture: GicArchitecture,
  distributor: Distributor,
): Promise<FoundController> {
  if (candidate.redistributors.length === 0) throw missing(candidate, architecture, 'redistributors');
  const { found, v41 } = await walkRedistributors(probe, candidate.redistributors);
  return describeFound(
    {
      ...named(candidate),
      version: 'v3',
      architecture: v41 ? 'GICv4.1' : architecture,
      cpuInterface: candidate.cpuInterface?.base ?? null,
      redistributors: found,
      cpus: found.length,
      ...facts(distributor),
    },
    candidate,
    { threads: probe.threads, qtree, notes: [] },
  );
}

type Facts = Pick<
  FoundController,
  'spis' | 'extendedSpis' | 'securityExtension' | 'identification' | 'plainReadsKill' | 'plainReadsKillBecause'
>;

function facts({ spis, extendedSpis, securityExtension, identification }: Distributor): Facts {
  return {
    spis,
    extendedSpis,
    securityExtension,
    identification,
    plainReadsKill: false,
    plainReadsKillBecause: null,
  };
}

/** What is taken from the source as it is. */
export function named(
  candidate: Candidate,
): Pick<FoundController, 'foundBy' | 'distributor' | 'hypervisorInterface' | 'virtualCpuInterface' | 'its'> {
  const { foundBy, distributor, hypervisorInterface, virtualCpuInterface, its } = candidate;
  return { foundBy, distributor, hypervisorInterface, virtualCpuInterface, its };
}

/** A frame no source names, and no register says where it is. */
export function missing(candidate: Candidate, architecture: string, what: string): FindError {
  return new FindError({
    reason: `${architecture} distributor at ${hexOf(candidate.distributor)}, but ${candidate.origin} names no ${what}`,
    advice: NAME_THE_ADDRESS,
  });
}
