import { NoOperationsError, TraceFormatError } from '../format/errors.ts';
import { framesOf } from '../format/header.ts';
import type { FrameSpan, TraceHeader } from '../format/header.ts';
import { OpKind } from '../format/operation.ts';
import { AddressFacts } from './ftrace-layout.ts';
import { ftraceEvent, parseFtraceEvent, taskId, vcpuOfTask } from './ftrace-line.ts';
import type { FtraceEvent } from './ftrace-line.ts';
import { machineHeader } from './machine.ts';
import type { ImportInput } from './options.ts';

const REASONS: Readonly<Record<string, string>> = {
  kvm_irq_line: 'vgic_update_irq_pending shows the same change',
  kvm_timer_update_irq: 'vgic_update_irq_pending shows the same change',
};

/**
 * Imports the text of a Linux trace (`trace-cmd report`, `cat trace`) with `kvm_mmio` and `vgic_update_irq_pending`. Two
 * passes: the first finds the frames by the addresses accessed, the second emits.
 * @throws TraceFormatError for one of these events with garbled numbers.
 */
export async function importFtrace(input: ImportInput): Promise<TraceHeader> {
  const { options, report, source } = input;
  const facts = new FtraceFacts(options.bases?.dist ?? null);
  await input.read(1, 2, (text, line) => {
    const found = ftraceEvent(text);
    if (found === null) return;
    const event = parseFtraceEvent(found.name, found.text, failAt(source.name, line));
    if (event !== null) facts.note(event, found.head);
  });

  const layout = facts.addresses.layout(options, facts.highestCpu + 1);
  if (layout === null && facts.wires === 0) {
    throw new NoOperationsError(
      source.name,
      facts.mmio === 0
        ? 'no kvm_mmio and no vgic_update_irq_pending event'
        : `none of its ${facts.mmio} MMIO accesses is at a known place of a GIC; tell the base of the distributor`,
    );
  }
  const { gic, bases, assumption } = layout ?? facts.addresses.fallback(options);
  if (assumption !== null) report.assume(assumption);
  if (facts.tasksDiffer) {
    report.assume(
      'Several tasks call themselves the same vCPU: if these are several virtual machines, they are mixed here.',
    );
  }
  const seen = layout === null ? 0 : facts.addresses.redistributorsSeen(layout);
  const header = machineHeader(input, {
    gic,
    highestCpu: Math.max(facts.highestCpu, seen - 1),
    typer: facts.typerAt(bases.dist),
    highestIntid: facts.highestIntid,
    usesIts: facts.seenIn(bases.its, 0x20000),
    bases,
    semantics: 'kvm',
    source: 'Linux trace',
  });
  input.sink.header(header);

  const emitter = new FtraceEmitter(input, header);
  await input.read(2, 2, (text, line) => emitter.push(text, line));
  if (emitter.unknownCpus > 0) {
    report.assume(`CPU unknown for ${emitter.unknownCpus} accesses: their task is not named after a vCPU.`);
  }
  return header;
}

function failAt(file: string, line: number): (reason: string) => never {
  return (reason) => {
    throw new TraceFormatError(file, line, reason);
  };
}

/** PPIs and SPIs; the event comes before the kernel's own check. */
function hasWire(intid: number): boolean {
  return intid >= 16 && intid < 1020;
}

/** Pages of MMIO remembered: a machine has tens of them. */
const MAX_PAGES = 4096;

/** What pass 1 looks for. */
class FtraceFacts {
  readonly addresses: AddressFacts;
  mmio = 0;
  wires = 0;
  highestCpu = -1;
  highestIntid = -1;
  tasksDiffer = false;
  readonly #tasks = new Map<number, string>();
  readonly #pages = new Set<number>();
  /** Last value read at offset 4 of each 64 KiB page: GICD_TYPER, once the distributor's place is known. */
  readonly #typers = new Map<number, number>();

  constructor(dist: number | null) {
    this.addresses = new AddressFacts(dist);
  }

  note(event: FtraceEvent, head: string): void {
    if (event.event === 'irq') {
      if (!hasWire(event.intid)) return;
      this.wires++;
      this.highestIntid = Math.max(this.highestIntid, event.intid);
      if (event.intid < 32) this.highestCpu = Math.max(this.highestCpu, event.vcpu);
      return;
    }
    this.mmio++;
    const cpu = vcpuOfTask(head);
    if (cpu >= 0) {
      this.highestCpu = Math.max(this.highestCpu, cpu);
      const task = taskId(head);
      if (task !== null && (this.#tasks.get(cpu) ?? task) !== task) this.tasksDiffer = true;
      if (task !== null) this.#tasks.set(cpu, task);
    }
    if (event.address < 0 || event.direction === 'unsatisfied-read') return;
    this.addresses.note(event.address);
    if (this.#pages.size < MAX_PAGES) this.#pages.add(Math.floor(event.address / 0x10000));
    const reads = event.direction === 'read' && event.len === 4 && event.address % 0x1000 === 4;
    if (reads && this.#typers.size < MAX_PAGES) this.#typers.set(event.address - 4, event.lo >>> 0);
  }

  typerAt(dist: number): number | null {
    return this.#typers.get(dist) ?? null;
  }

  seenIn(base: number, size: number): boolean {
    for (let page = base; page < base + size; page += 0x10000)
      if (this.#pages.has(Math.floor(page / 0x10000))) return true;
    return false;
  }
}

class FtraceEmitter {
  unknownCpus = 0;
  readonly #input: ImportInput;
  readonly #header: TraceHeader;
  readonly #frames: readonly FrameSpan[];

  constructor(input: ImportInput, header: TraceHeader) {
    this.#input = input;
    this.#header = header;
    this.#frames = framesOf(header);
  }

  push(text: string, line: number): void {
    const { report, source, sink } = this.#input;
    const found = ftraceEvent(text);
    if (found === null) {
      if (text.startsWith('#') || text.trim() === '') return;
      report.skip('other text', 'not a KVM event');
      return;
    }
    const fail = failAt(source.name, line);
    const event = parseFtraceEvent(found.name, found.text, fail);
    if (event === null) {
      report.skip(found.name, REASONS[found.name] ?? 'not an access or a wire');
      return;
    }
    if (event.event === 'irq') {
      if (!hasWire(event.intid)) {
        report.skip(`${found.name} without a wire`, 'the kernel refuses such an interrupt');
        return;
      }
      const cpu = event.intid < 32 ? event.vcpu : 0;
      if (cpu >= this.#header.cpus) fail(`VCPU ${cpu} is not 0 to ${this.#header.cpus - 1}`);
      sink.add(OpKind.Line, cpu, 0, event.intid, event.level === 0 ? 0 : 1, 0, 0, line);
      return;
    }
    if (event.direction === 'unsatisfied-read') {
      report.skip('kvm_mmio unsatisfied-read', 'the read that follows has the value');
      return;
    }
    const { address } = event;
    if (!this.#frames.some(({ base, size }) => address >= base && address < base + size)) {
      report.skip('kvm_mmio elsewhere', 'an access outside the frames of the GIC');
      return;
    }
    let cpu = vcpuOfTask(found.head);
    if (cpu < 0 && this.#header.cpus === 1) cpu = 0;
    if (cpu >= this.#header.cpus) fail(`CPU ${cpu} is not 0 to ${this.#header.cpus - 1}`);
    if (cpu < 0) this.unknownCpus++;
    const write = event.direction === 'write';
    sink.add(write ? OpKind.Write : OpKind.Read, cpu, event.len, address, event.lo, event.hi, write ? 0 : 1, line);
  }
}
