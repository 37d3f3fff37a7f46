import { TraceFormatError } from '../format/errors.ts';
import type { TraceHeader } from '../format/header.ts';
import { OpKind } from '../format/operation.ts';
import type { OpExtra } from '../format/operation.ts';
import type { OperationSink } from '../format/sink.ts';
import type { AffinityMap } from './qemu-affinity.ts';
import type { QemuCpus } from './qemu-cpus.ts';
import { frameOf, securityOf, type QemuEvent } from './qemu-events.ts';

type AccessEvent = QemuEvent & { role: 'access' };
type SysregEvent = QemuEvent & { role: 'sysreg' };
type WireEvent = QemuEvent & { role: 'wire' };

const BAD_ACCESS: OpExtra = { note: 'QEMU: bad offset or size' };
/** QEMU does not tell the exception level: Secure software of any. */
const SECURE: OpExtra = { from: 's1' };
const NON_SECURE: OpExtra = { from: 'ns' };
const SGI: OpExtra = { reg: 'ICC_SGI1R', note: 'QEMU does not tell which SGI register' };
const FRAME_SIZE = {
  dist: { v2: 0x1000, v3: 0x10000 },
  cpuif: 0x2000,
  gich: 0x1000,
  gicv: 0x2000,
  redist: 0x20000,
  its: 0x20000,
} as const;
/** Registers are numbered below this: ICH_LR15 is the last. */
const MAX_REGISTER = 15;

/** Turns matched events into operations. */
export class QemuEmitter {
  /** Accesses whose CPU the log does not tell. */
  unknownCpus = 0;
  sgis = 0;
  readonly #sink: OperationSink;
  readonly #header: TraceHeader;
  readonly #affinities: AffinityMap;
  readonly #file: string;
  readonly #cpus: QemuCpus;
  readonly #twoStates: boolean;
  /** Extras of system registers, by event and numbers: made once, shared by all their operations. */
  readonly #registers = new Map<QemuEvent, (OpExtra | undefined)[]>();
  #line = 0;

  constructor(
    sink: OperationSink,
    header: TraceHeader,
    affinities: AffinityMap,
    cpus: QemuCpus,
    twoStates: boolean,
    file: string,
  ) {
    this.#sink = sink;
    this.#header = header;
    this.#affinities = affinities;
    this.#cpus = cpus;
    this.#twoStates = twoStates;
    this.#file = file;
  }

  /** The event's template has matched `line`. */
  emit(event: QemuEvent, line: number): void {
    this.#line = line;
    if (event.role === 'access') this.#access(event);
    else if (event.role === 'sysreg') this.#sysreg(event);
    else if (event.role === 'wire') this.#wire(event);
    else this.#sgi(event);
  }

  #access(event: AccessEvent): void {
    const { lo, hi } = event.template;
    const { gic } = this.#header;
    const offset = lo[event.offset] ?? 0;
    const frame = frameOf(event);
    const size = frame === 'dist' ? FRAME_SIZE.dist[gic] : FRAME_SIZE[frame];
    if (hi[event.offset] !== 0 || offset >>> 0 >= size)
      this.#fail(`offset 0x${(offset >>> 0).toString(16)} is outside the frame`);
    const len = event.size < 0 ? 4 : (lo[event.size] ?? 0);
    if (len !== 1 && len !== 2 && len !== 4 && len !== 8) this.#fail(`size ${len} is not 1, 2, 4 or 8`);
    // The number of a redistributor line names the frame, not who accessed it.
    let cpu = -1;
    let base = this.#header[frame] ?? 0;
    if (event.frame === 'redist') base += this.#vcpu(lo[event.cpu] ?? 0) * 0x20000;
    else if (event.frame === 'cpuif') cpu = this.#number(lo[event.cpu] ?? 0);
    if (cpu < 0) cpu = this.#header.cpus === 1 ? 0 : this.#cpus.cpuOf(this.#line);
    if (cpu < 0) this.unknownCpus++;
    const has = event.value >= 0;
    this.#sink.add(
      event.write ? OpKind.Write : OpKind.Read,
      cpu,
      len,
      base + offset,
      has ? (lo[event.value] ?? 0) : 0,
      has ? (hi[event.value] ?? 0) : 0,
      has && !event.write ? 1 : 0,
      this.#line,
      event.bad ? BAD_ACCESS : this.#origin(event),
    );
  }

  /** From where an access came, on machines where it matters: lines of GICv3 end with it. */
  #origin(event: AccessEvent): OpExtra | undefined {
    const secure = this.#twoStates ? securityOf(event) : null;
    return secure === null ? undefined : secure ? SECURE : NON_SECURE;
  }

  #sysreg(event: SysregEvent): void {
    const { lo, hi } = event.template;
    const cpu = this.#vcpu(lo[event.cpu] ?? 0);
    const extra = this.#register(event);
    const compared = event.write ? 0 : 1;
    this.#sink.add(OpKind.Sysreg, cpu, 0, 0, lo[event.value] ?? 0, hi[event.value] ?? 0, compared, this.#line, extra);
  }

  #register(event: SysregEvent): OpExtra {
    const { lo } = event.template;
    let key = 0;
    for (let i = 0; i < event.cpu; i++) {
      const number = lo[i] ?? 0;
      if (number < 0 || number > MAX_REGISTER) this.#fail(`there is no ${event.name[0] ?? ''}${number}`);
      key = key * (MAX_REGISTER + 1) + number;
    }
    let known = this.#registers.get(event);
    if (known === undefined) this.#registers.set(event, (known = []));
    return (known[key] ??= {
      reg: event.name.map((piece, i) => (i < event.cpu ? `${piece}${lo[i] ?? 0}` : piece)).join(''),
      rw: event.write ? 'w' : 'r',
    });
  }

  /** ICC_SGI1R_EL1: Aff3 55:48, IRM 40, Aff2 39:32, INTID 27:24, Aff1 23:16, TargetList 15:0 (IHI 0069 12.2.20). */
  #sgi(event: QemuEvent): void {
    const { lo, hi } = event.template;
    const [sender = 0, intid = 0, irm = 0, affinity = 0, targets = 0] = lo;
    if (intid < 0 || intid > 15) this.#fail(`SGI ${intid} is not 0 to 15`);
    if (irm !== 0 && irm !== 1) this.#fail(`IRM ${irm} is not 0 or 1`);
    if (hi[3] !== 0 || affinity >>> 24 !== 0) this.#fail('the target affinity is wider than 24 bits');
    if (hi[4] !== 0 || targets >>> 16 !== 0) this.#fail('the target list is wider than 16 bits');
    const low = (intid << 24) | ((affinity & 0xff) << 16) | targets;
    const high = (((affinity >>> 16) & 0xff) << 16) | (irm << 8) | ((affinity >>> 8) & 0xff);
    this.sgis++;
    this.#sink.add(OpKind.Sgi, this.#vcpu(sender), 0, 0, low, high, 0, this.#line, SGI);
  }

  #wire(event: WireEvent): void {
    const { lo } = event.template;
    const irq = lo[event.irq] ?? 0;
    let cpu = 0;
    if (irq < 32) {
      const mask = event.mask < 0 ? 1 : (lo[event.mask] ?? 0);
      if (mask === 0 || (mask & (mask - 1)) !== 0)
        this.#fail(`cpumask 0x${(mask >>> 0).toString(16)} does not name one CPU`);
      if (event.mask >= 0) cpu = this.#number(31 - Math.clz32(mask));
      else if (event.cpu >= 0) cpu = this.#vcpu(lo[event.cpu] ?? 0);
      else this.#fail(`interrupt ${irq} is private, but the line names no CPU`);
    }
    this.#sink.add(OpKind.Line, cpu, 0, irq, lo[event.level] === 0 ? 0 : 1, 0, 0, this.#line);
  }

  #vcpu(affinity: number): number {
    return this.#number(this.#affinities.cpuOf(affinity >>> 0));
  }

  #number(cpu: number): number {
    if (cpu < 0 || cpu >= this.#header.cpus) this.#fail(`CPU ${cpu} is not 0 to ${this.#header.cpus - 1}`);
    return cpu;
  }

  #fail(reason: string): never {
    throw new TraceFormatError(this.#file, this.#line, reason);
  }
}
