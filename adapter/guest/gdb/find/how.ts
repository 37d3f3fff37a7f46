import { affinityText } from '../../../gic/affinity.ts';
import { hexOf } from '../../../gic/inspect/decode.ts';
import type { Candidate } from './candidate.ts';
import type { FoundController, FoundRedistributor } from './found-controller.ts';
import { count, listed } from './words.ts';
import { identificationText } from './identify/identification.ts';
import type { QtreeGic } from './qemu/qtree.ts';

interface Remarks {
  readonly threads: number | null;
  /** QEMU's own words of the controller; null where it is not QEMU, or has several. */
  readonly qtree: QtreeGic | null;
  /** What the registers said beside, a sentence each. */
  readonly notes: readonly string[];
}

/** The controller with the sentences about it. */
export function describeFound(
  found: Omit<FoundController, 'how'>,
  candidate: Candidate,
  { threads, qtree, notes }: Remarks,
): FoundController {
  return {
    ...found,
    how: [
      `${found.architecture} distributor at ${hexOf(found.distributor)}: ${candidate.origin}`,
      ...(found.identification ? [identificationText(found.identification)] : []),
      sizeText(found),
      ...framesText(found),
      ...architectureText(found),
      ...notes,
      ...candidate.notes,
      ...disagreements(found, candidate, threads),
      ...ofQtree(found, qtree),
    ],
  };
}

function sizeText({ cpus, spis, extendedSpis, securityExtension }: Omit<FoundController, 'how'>): string {
  const extended = extendedSpis > 0 ? ` and ${extendedSpis} extended ones` : '';
  return `${count(cpus, 'CPU')}, ${count(spis, 'SPI')}${extended}, ${securityExtension ? 'two Security states' : 'one Security state'}`;
}

function framesText(found: Omit<FoundController, 'how'>): readonly string[] {
  const frames: readonly (readonly [string, number | null])[] = [
    ['CPU interface', found.cpuInterface],
    ['hypervisor interface', found.hypervisorInterface],
    ['virtual CPU interface', found.virtualCpuInterface],
  ];
  return [
    ...(found.redistributors.length > 0 ? [redistributorsText(found.redistributors)] : []),
    ...frames.flatMap(([name, base]) => (base === null ? [] : [`${name} at ${hexOf(base)}`])),
    ...(found.its.length > 0 ? [`ITS at ${listed(found.its.map(hexOf))}`] : []),
  ];
}

function redistributorsText(redistributors: readonly FoundRedistributor[]): string {
  const regions = redistributors.filter((_, n) => n === 0 || redistributors[n - 1]?.last);
  const affinities = redistributors.map(({ affinity }) => affinityText(affinity));
  const range =
    affinities.length === 1
      ? `affinity ${affinities[0] ?? ''}`
      : `affinities ${affinities[0] ?? ''} to ${affinities.at(-1) ?? ''}`;
  return `${count(redistributors.length, 'redistributor')} at ${listed(regions.map(({ base }) => hexOf(base)))}, ${range}`;
}

function architectureText({ architecture }: Omit<FoundController, 'how'>): readonly string[] {
  if (architecture === 'GICv1') return ['GICv1 is shown as a GICv2: what a GICv1 lacks reads zero'];
  if (architecture === 'GICv4' || architecture === 'GICv4.1') {
    return [`${architecture} is shown as a GICv3: virtual LPIs are not`];
  }
  return [];
}

/** Where source, registers and stub disagree: a finding, no error. */
function disagreements(
  found: Omit<FoundController, 'how'>,
  candidate: Candidate,
  threads: number | null,
): readonly string[] {
  const { affinities } = candidate;
  const sentences: string[] = [];
  if (affinities && affinities.length !== found.cpus) {
    sentences.push(`The device tree has ${count(affinities.length, 'CPU')}, the controller serves ${found.cpus}`);
  }
  const unserved =
    found.version === 'v3' && affinities
      ? affinities.filter((affinity) => !found.redistributors.some((other) => other.affinity === affinity))
      : [];
  if (unserved.length > 0) {
    sentences.push(`No redistributor has the affinity of the device tree's CPU ${listed(unserved.map(affinityText))}`);
  }
  if (candidate.cpus !== null && found.version === 'v3' && candidate.cpus !== found.cpus) {
    sentences.push(
      `The launch configuration says ${count(candidate.cpus, 'CPU')}; there are ${found.cpus} redistributors`,
    );
  }
  if (threads !== null && threads !== found.cpus) {
    sentences.push(`The stub lists ${count(threads, 'thread')}, the controller serves ${count(found.cpus, 'CPU')}`);
  }
  return sentences;
}

/** GICD_TYPER of QEMU 7.2's GICv3 says 32 SPIs fewer than it has. */
function ofQtree(found: Omit<FoundController, 'how'>, qtree: QtreeGic | null): readonly string[] {
  if (!qtree || found.plainReadsKill) return [];
  const sentences: string[] = [];
  if (qtree.irqs !== null && qtree.irqs - 32 !== found.spis) {
    sentences.push(
      `QEMU's device tree says num-irq ${qtree.irqs}, so ${qtree.irqs - 32} SPIs; GICD_TYPER says ${found.spis}`,
    );
  }
  if (qtree.cpus !== null && qtree.cpus !== found.cpus) {
    sentences.push(`QEMU's device tree says num-cpu ${qtree.cpus}; the controller serves ${found.cpus}`);
  }
  return sentences;
}
