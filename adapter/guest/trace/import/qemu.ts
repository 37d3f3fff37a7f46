import { excerpt, TraceFormatError } from '../format/errors.ts';
import { QEMU_VIRT_BASES } from '../format/header.ts';
import type { TraceHeader } from '../format/header.ts';
import { machineHeader } from './machine.ts';
import type { ImportInput } from './options.ts';
import { affinityMap } from './qemu-affinity.ts';
import { QemuCpus, type CpuEvidence } from './qemu-cpus.ts';
import { QemuEmitter } from './qemu-emit.ts';
import { frameOf, QEMU_EVENTS, securityOf } from './qemu-events.ts';
import type { QemuEvent } from './qemu-events.ts';
import { Match } from './template.ts';

const NO_FIRMWARE =
  'No Secure software: no access is Secure, so QEMU booted the kernel itself, and left it all interrupts in group 1.';
const NOT_AN_OPERATION = "QEMU's own doing, not an access or a wire";

/**
 * Imports a QEMU trace log (`-trace 'gic*'`), with or without time stamps and with other text in between. Two passes: the
 * first finds out about the machine and refuses garbled lines, the second emits.
 *
 * What the log does not tell stays unknown: distributor, redistributor and ITS lines carry no accessing CPU.
 * @throws TraceFormatError for a known event with garbled numbers.
 */
export async function importQemu(input: ImportInput): Promise<TraceHeader> {
  const { options, report, source } = input;
  const facts = new QemuFacts();
  const first = new QemuReader(source.name, null, (event, line) => facts.note(event, line, source.name));
  await input.read(1, 2, (text, line, terminated) => first.push(text, line, terminated));

  const gic = options.gic ?? (facts.operations.v3 > facts.operations.v2 ? 'v3' : 'v2');
  const affinities = affinityMap(facts.affinities);
  if (gic === 'v3' && affinities.assumption !== null) report.assume(affinities.assumption);
  if (options.bases === undefined)
    report.assume("Frames where QEMU's virt machine has them: the log tells offsets only.");
  const header = machineHeader(input, {
    gic,
    highestCpu: gic === 'v3' ? affinities.highest : facts.highestCpu,
    toldCpus: 1 + Math.max(-1, ...[...facts.notLast].map((affinity) => affinities.cpuOf(affinity) + 1)),
    typer: facts.typer[gic],
    highestIntid: facts.highestIntid,
    usesIts: facts.usesIts,
    usesHypervisor: facts.usesHypervisor,
    firmware: facts.firmware(gic),
    bases: { ...QEMU_VIRT_BASES, ...options.bases },
    semantics: 'qemu',
    source: 'QEMU trace log',
  });
  if (options.firmware === undefined && header.physical?.firmware === false) report.assume(NO_FIRMWARE);
  input.sink.header(header);
  const evidence = facts.cpus.finish();
  if (gic === 'v2' && header.cpus > 1 && evidence.byNeighbours + evidence.byRun > 0) {
    report.assume(evidenceText(evidence));
  }

  const emitter = new QemuEmitter(input.sink, header, affinities, facts.cpus, facts.twoStates, source.name);
  const second = new QemuReader(source.name, input, (event, line) => {
    if (event.gic === gic) emitter.emit(event, line);
    else report.skip(`GIC${event.gic} events`, `the log is taken for a GIC${gic}`);
  });
  await input.read(2, 2, (text, line, terminated) => second.push(text, line, terminated));
  if (emitter.unknownCpus > 0) {
    report.assume(`CPU unknown for ${emitter.unknownCpus} accesses: QEMU's lines for these frames do not tell it.`);
  }
  if (emitter.sgis > 0) report.assume('SGIs are shown as ICC_SGI1R writes: the log does not tell which SGI register.');
  return header;
}

function evidenceText({ bySender, byNeighbours, byRun }: CpuEvidence): string {
  const run =
    byRun === 0 ? '' : `; ${byRun} stand between accesses of different CPUs and were taken for the one before`;
  return (
    `CPU of ${bySender + byNeighbours + byRun} accesses to banked registers by the accesses around them` +
    `${bySender === 0 ? '' : `, of ${bySender} corrected by the sender that an acknowledge of the SGI told`}${run}.`
  );
}

/** GICD_TYPER.SecurityExtn (IHI 0069 12.9.38). */
const TYPER_SECURITY = 1 << 10;
/** GICR_TYPER.Last (IHI 0069 12.11.33). */
const REDISTRIBUTOR_LAST = 1 << 4;

/** What pass 1 looks for. */
class QemuFacts {
  readonly operations = { v2: 0, v3: 0 };
  /** GICv2: which CPU made accesses that do not say so. */
  readonly cpus = new QemuCpus();
  readonly typer: { v2: number | null; v3: number | null } = { v2: null, v3: null };
  readonly affinities = new Set<number>();
  /** Affinities of redistributors that another one follows: GICR_TYPER.Last is 0. */
  readonly notLast = new Set<number>();
  /** GICD_TYPER said that there are two security states. */
  twoStates = false;
  /** Accesses of GICv3's frames, which tell the security state. */
  readonly accesses = { secure: 0, nonSecure: 0 };
  highestCpu = -1;
  highestIntid = -1;
  usesIts = false;
  usesHypervisor = false;

  /** Whether Secure software runs as well, on a machine that can; undefined where the log does not tell. */
  firmware(gic: 'v2' | 'v3'): boolean | undefined {
    const { secure, nonSecure } = this.accesses;
    return gic === 'v3' && this.twoStates && secure === 0 && nonSecure > 0 ? false : undefined;
  }

  note(event: QemuEvent, line: number, file: string): void {
    this.operations[event.gic]++;
    const { lo } = event.template;
    if (event.role === 'wire') {
      const irq = lo[event.irq] ?? 0;
      if (irq < 16 || irq > 1019) throw new TraceFormatError(file, line, `interrupt ${irq} has no wire`);
      this.highestIntid = Math.max(this.highestIntid, irq);
      if (event.cpu >= 0) this.affinities.add((lo[event.cpu] ?? 0) >>> 0);
      if (event.mask >= 0 && irq < 32)
        this.highestCpu = Math.max(this.highestCpu, 31 - Math.clz32(lo[event.mask] ?? 0));
      return;
    }
    if (event.role === 'sgi') {
      this.affinities.add((lo[0] ?? 0) >>> 0);
      return;
    }
    if (event.role === 'access') {
      if (event.gic === 'v2' && !event.bad) this.cpus.note(event, line);
      const frame = frameOf(event);
      if (frame === 'its') this.usesIts = true;
      const secure = securityOf(event);
      if (secure !== null) this.accesses[secure ? 'secure' : 'nonSecure']++;
      if (frame === 'gich' || frame === 'gicv') this.usesHypervisor = true;
      if (event.frame === 'dist' && !event.write && !event.bad && lo[event.offset] === 4 && lo[event.size] === 4) {
        this.typer[event.gic] = (lo[event.value] ?? 0) >>> 0;
        this.twoStates ||= ((lo[event.value] ?? 0) & TYPER_SECURITY) !== 0;
      }
      if (event.frame === 'redist' && !event.write && !event.bad && lo[event.offset] === 8) {
        if (((lo[event.value] ?? 0) & REDISTRIBUTOR_LAST) === 0) this.notLast.add((lo[event.cpu] ?? 0) >>> 0);
      }
    }
    if (event.cpu < 0) return;
    if (event.gic === 'v3') this.affinities.add((lo[event.cpu] ?? 0) >>> 0);
    else this.highestCpu = Math.max(this.highestCpu, lo[event.cpu] ?? 0);
  }
}

/** Finds the events in lines, whatever stands before them. */
class QemuReader {
  readonly #file: string;
  /** Null in the first pass, which counts nothing. */
  readonly #input: ImportInput | null;
  readonly #onEvent: (event: QemuEvent, line: number) => void;

  constructor(file: string, input: ImportInput | null, onEvent: (event: QemuEvent, line: number) => void) {
    this.#file = file;
    this.#input = input;
    this.#onEvent = onEvent;
  }

  push(text: string, line: number, terminated: boolean): void {
    const start = eventStart(text);
    if (!text.startsWith('gic', start)) {
      this.#otherText(text, line);
      return;
    }
    const space = text.indexOf(' ', start);
    const name = space < 0 ? text.slice(start) : text.slice(start, space);
    const event = QEMU_EVENTS.get(name);
    if (event === undefined) {
      this.#otherEvent(name);
      return;
    }
    const match = space < 0 ? Match.CutOff : event.template.match(text, space + 1);
    if (match === Match.Full) {
      this.#take(event, name, line);
      return;
    }
    if (match === Match.CutOff && !terminated) {
      this.#skip('(cut off)', 'the last line is not complete');
      return;
    }
    const shown = excerpt(space < 0 ? '' : text.slice(space + 1));
    throw new TraceFormatError(this.#file, line, `${name}: "${shown}" is not "${event.template.format}"`);
  }

  #take(event: QemuEvent, name: string, line: number): void {
    const [word] = event.template.words;
    if (event.role === 'access' && event.frame === 'cpuif' && word !== 'cpu' && word !== 'vcpu') {
      throw new TraceFormatError(this.#file, line, `${name}: "${excerpt(word ?? '')}" is not "cpu" or "vcpu"`);
    }
    this.#onEvent(event, line);
  }

  #otherEvent(name: string): void {
    if (/^gic\w*_\w+$/.test(name)) this.#skip(name, NOT_AN_OPERATION);
    else this.#skip('other text', 'not a trace event');
  }

  /** A guest's prompt has no newline, so its console may stand before an event in one line. */
  #otherText(text: string, line: number): void {
    for (let at = text.indexOf('gic', 1); at > 0; at = text.indexOf('gic', at + 1)) {
      const space = text.indexOf(' ', at);
      const event = space < 0 ? undefined : QEMU_EVENTS.get(text.slice(at, space));
      if (event?.template.match(text, space + 1) !== Match.Full) continue;
      this.#input?.report.assume('Some events stand behind console text in one line; they were taken.');
      this.#take(event, text.slice(at, space), line);
      return;
    }
    const memory = text.startsWith('memory_region_ops_', eventStart(text));
    if (memory) this.#skip('memory_region_ops', 'shown a second time by the GIC events');
    else this.#skip('other text', 'not a trace event');
  }

  #skip(name: string, reason: string): void {
    this.#input?.report.skip(name, reason);
  }
}

/** Position behind `pid@sec.usec:`, or 0. */
function eventStart(text: string): number {
  let at = 0;
  at = digits(text, at);
  if (at === 0 || text.charCodeAt(at) !== 64) return 0;
  const seconds = digits(text, at + 1);
  if (seconds === at + 1 || text.charCodeAt(seconds) !== 46) return 0;
  const micros = digits(text, seconds + 1);
  return micros > seconds + 1 && text.charCodeAt(micros) === 58 ? micros + 1 : 0;
}

function digits(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) break;
  }
  return at;
}
