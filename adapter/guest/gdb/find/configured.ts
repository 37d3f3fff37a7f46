import { hexOf } from '../../../gic/inspect/decode.ts';
import type { Candidate } from './candidate.ts';
import type { Wishes } from './wishes.ts';

/** A controller of which the user named the distributor; null where not. */
export function configuredCandidate(wishes: Wishes): Candidate | null {
  const { distributor } = wishes;
  if (distributor === undefined) return null;
  return {
    foundBy: 'configuration',
    origin: 'the launch configuration',
    version: wishes.version ?? ((wishes.redistributors?.length ?? 0) > 0 ? 'v3' : null),
    distributor,
    cpuInterface: null,
    hypervisorInterface: null,
    virtualCpuInterface: null,
    redistributors: [],
    its: [],
    affinities: null,
    cpus: null,
    spis: null,
    notes: [],
  };
}

/** A candidate with what the user said instead of what the source said. */
export function overlaid(candidate: Candidate, wishes: Wishes): Candidate {
  const { cpuInterface, redistributors, its } = wishes;
  return {
    ...candidate,
    version: wishes.version ?? candidate.version,
    cpuInterface: cpuInterface === undefined ? candidate.cpuInterface : { base: cpuInterface, size: null },
    hypervisorInterface: wishes.hypervisorInterface ?? candidate.hypervisorInterface,
    virtualCpuInterface: wishes.virtualCpuInterface ?? candidate.virtualCpuInterface,
    redistributors:
      redistributors?.map(({ base, size, stride }) => ({ base, size: size ?? null, stride: stride ?? null })) ??
      candidate.redistributors,
    its: its ?? candidate.its,
    cpus: wishes.cpus ?? candidate.cpus,
    spis: wishes.spis ?? candidate.spis,
    notes: [...candidate.notes, ...overruled(candidate, wishes)],
  };
}

/** What the user's word replaces, for a source that said otherwise. */
function overruled(candidate: Candidate, wishes: Wishes): readonly string[] {
  if (candidate.foundBy === 'configuration') return [];
  const { cpuInterface, redistributors } = wishes;
  const notes: string[] = [];
  if (cpuInterface !== undefined) notes.push(`CPU interface at ${hexOf(cpuInterface)}: the launch configuration`);
  if (redistributors) {
    notes.push(
      `redistributors at ${redistributors.map(({ base }) => hexOf(base)).join(', ')}: the launch configuration`,
    );
  }
  return notes;
}
