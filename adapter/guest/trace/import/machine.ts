import { TraceFormatError } from '../format/errors.ts';
import { checkHeader, DEFAULT_LIST_REGISTERS, MAX_SPIS, MIN_SPIS } from '../format/header.ts';
import type { TraceHeader } from '../format/header.ts';
import type { FrameBases, ImportInput } from './options.ts';

/** What the first pass over a log found out about its machine. */
export interface MachineFacts {
  readonly gic: 'v2' | 'v3';
  /** Highest vCPU number seen, or -1. */
  readonly highestCpu: number;
  /** vCPUs there are at least, as redistributors tell that are not the last; absent where nothing tells. */
  readonly toldCpus?: number;
  /** Last value read from GICD_TYPER, or null. */
  readonly typer: number | null;
  /** Highest shared INTID seen, or -1. */
  readonly highestIntid: number;
  readonly usesIts: boolean;
  /** v2: a hypervisor and its guests use theirs. */
  readonly usesHypervisor?: boolean;
  /** False: no Secure software accesses it; absent where nothing tells. */
  readonly firmware?: boolean | undefined;
  readonly bases: FrameBases;
  readonly semantics: string;
  /** What the log is, without its name. */
  readonly source: string;
}

/**
 * The header of an imported log: options first, then what the guest read from GICD_TYPER, then what was seen.
 * GICD_TYPER: ITLinesNumber bits 4:0, v2 CPUNumber bits 7:5 (IHI 0048 4.3.2, IHI 0069 12.9.38).
 * @throws TraceFormatError for a machine that cannot exist, too many vCPUs or overlapping bases.
 */
export function machineHeader(input: ImportInput, facts: MachineFacts): TraceHeader {
  const { options, source } = input;
  const firmware = options.firmware ?? facts.firmware;
  const header: TraceHeader = {
    gic: facts.gic,
    cpus: options.cpus ?? cpusOf(input, facts),
    spis: options.spis ?? spisOf(input, facts),
    dist: facts.bases.dist,
    cpuif: facts.bases.cpuif,
    redist: facts.bases.redist,
    ...(facts.usesIts && facts.gic === 'v3' ? { its: facts.bases.its } : {}),
    ...(facts.usesHypervisor === true && facts.gic === 'v2' ? hypervisorBases(facts.bases) : {}),
    semantics: options.semantics ?? facts.semantics,
    lrs: DEFAULT_LIST_REGISTERS,
    ...(firmware === undefined ? {} : { physical: { firmware } }),
    source: `${facts.source} ${baseName(source.name)}`,
    raw: {},
  };
  checkHeader(header, (reason) => {
    throw new TraceFormatError(source.name, 1, reason);
  });
  return header;
}

function hypervisorBases({ gich, gicv }: FrameBases): Pick<TraceHeader, 'gich' | 'gicv'> {
  return { ...(gich === undefined ? {} : { gich }), ...(gicv === undefined ? {} : { gicv }) };
}

function cpusOf({ report }: ImportInput, { gic, typer, highestCpu, toldCpus = 0 }: MachineFacts): number {
  const seen = highestCpu + 1;
  if (gic === 'v2' && typer !== null) {
    const told = ((typer >>> 5) & 7) + 1;
    if (seen > told)
      report.assume(`${seen} vCPUs: CPU ${highestCpu} is in the log, though GICD_TYPER tells of ${told}.`);
    return Math.max(told, seen);
  }
  if (toldCpus > seen) {
    report.assume(`${toldCpus} vCPUs: GICR_TYPER of the redistributor before says that it is not the last.`);
    return toldCpus;
  }
  const cpus = Math.max(1, seen);
  report.assume(
    seen > 0
      ? `${cpus} vCPU${cpus === 1 ? '' : 's'}: the highest in the log is CPU ${highestCpu}.`
      : '1 vCPU: the log names none.',
  );
  return cpus;
}

function spisOf({ report }: ImportInput, { typer, highestIntid }: MachineFacts): number {
  const needed = highestIntid < 32 ? 0 : Math.min(MAX_SPIS, 32 * (Math.floor(highestIntid / 32) + 1) - 32);
  if (typer === null) {
    const spis = Math.max(MIN_SPIS, needed);
    report.assume(`${spis} SPIs: no read of GICD_TYPER in the log, so as many as the interrupts seen need.`);
    return spis;
  }
  const told = Math.min(MAX_SPIS, Math.max(MIN_SPIS, 32 * (typer & 31)));
  if (needed <= told) return told;
  report.assume(`${needed} SPIs: interrupt ${highestIntid} is in the log, though GICD_TYPER tells of ${told} SPIs.`);
  return needed;
}

/** Headers travel with the trace: no need to tell where on somebody's disk the log was. */
function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
