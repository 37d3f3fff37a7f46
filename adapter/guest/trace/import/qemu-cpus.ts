import { frameOf, type QemuEvent } from './qemu-events.ts';

/** Bytes of the GICv2 distributor that each CPU has of its own: IHI 0048, 4.1.4. */
const BANKED: readonly (readonly [start: number, end: number])[] = [
  ...[0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380].map((start) => [start, start + 4] as const),
  [0x400, 0x420],
  [0x800, 0x820],
  [0xc00, 0xc08],
  [0xf00, 0xf04],
  [0xf10, 0xf30],
];
const TARGETS = 0x800;
const SGIR = 0xf00;
const IAR = 0x0c;
const SGIS = 16;
const UNKNOWN = 255;

/** A write of GICD_SGIR: its place among the accesses, and the value. */
interface Sent {
  readonly index: number;
  readonly value: number;
}

/** How many accesses found their CPU, by what told it. */
export interface CpuEvidence {
  /** The receiver of an SGI acknowledged it with its sender. */
  readonly bySender: number;
  /** The accesses before and after are one CPU's, or GICD_ITARGETSR0 to 7 answered with the CPU's own bit. */
  readonly byNeighbours: number;
  /** The accesses around are of different CPUs: taken for one of the CPU before. */
  readonly byRun: number;
}

/**
 * Which CPU made an access to a banked register of a GICv2's distributor: QEMU's lines do not say, but the log does. A
 * read of GICD_ITARGETSR0 to 7 answers with the reader's own bit, accesses to a CPU interface name their CPU, and who
 * acknowledges an SGI reads its sender.
 */
export class QemuCpus {
  /** Lines of accesses, ascending, and the CPU of each. */
  readonly #lines: number[] = [];
  readonly #cpus: number[] = [];
  /** Where the accesses begin that no neighbour has told yet. */
  #open = 0;
  #last = UNKNOWN;
  /** Accesses that sent an SGI nobody has acknowledged yet, by INTID. */
  readonly #sent: Sent[][] = Array.from({ length: SGIS }, () => []);
  #bySender = 0;
  #byNeighbours = 0;
  #byRun = 0;
  #at = 0;

  /** An access, in the log's order. */
  note(event: QemuEvent & { role: 'access' }, line: number): void {
    const { lo } = event.template;
    const offset = lo[event.offset] ?? 0;
    if (event.frame === 'cpuif') {
      const cpu = lo[event.cpu] ?? 0;
      if (offset === IAR && !event.write && frameOf(event) === 'cpuif') this.#acknowledged(cpu, lo[event.value] ?? 0);
      this.#told(cpu);
      return;
    }
    const isBanked = event.frame === 'gich' || BANKED.some(([start, end]) => offset >= start && offset < end);
    if (!isBanked || (event.frame !== 'dist' && event.frame !== 'gich')) return;
    const value = lo[event.value] ?? 0;
    const isTargets = event.frame === 'dist' && offset >= TARGETS && offset < TARGETS + 0x20;
    const own = isTargets && !event.write ? value & 0xff : 0;
    if (own !== 0 && (own & (own - 1)) === 0) this.#told(31 - Math.clz32(own));
    this.#lines.push(line);
    this.#cpus.push(UNKNOWN);
    if (event.frame === 'dist' && offset === SGIR && event.write)
      this.#sent[value & 0xf]?.push({ index: this.#lines.length - 1, value });
  }

  /** The log is at its end. */
  finish(): CpuEvidence {
    this.#close(this.#last, this.#last);
    return { bySender: this.#bySender, byNeighbours: this.#byNeighbours, byRun: this.#byRun };
  }

  /** The CPU of an access, asked in the log's order; -1: nothing tells. */
  cpuOf(line: number): number {
    while (this.#at < this.#lines.length && (this.#lines[this.#at] as number) < line) this.#at++;
    if (this.#lines[this.#at] !== line) return -1;
    const cpu = this.#cpus[this.#at] as number;
    return cpu === UNKNOWN ? -1 : cpu;
  }

  #told(cpu: number): void {
    this.#close(this.#last === UNKNOWN ? cpu : this.#last, cpu);
    this.#last = cpu;
  }

  /** Those since the last told access are of the CPU `before`. */
  #close(before: number, after: number): void {
    for (; this.#open < this.#lines.length && before !== UNKNOWN; this.#open++) {
      this.#cpus[this.#open] = before;
      if (before === after) this.#byNeighbours++;
      else this.#byRun++;
    }
  }

  /**
   * Who acknowledged an SGI tells who sent it. Of several on their way those that were taken for the sender's come
   * first: sent twice before it was acknowledged, an SGI is acknowledged once.
   */
  #acknowledged(receiver: number, value: number): void {
    const sent = this.#sent[value & 0x3ff];
    if (sent === undefined) return;
    const sender = (value >> 10) & 7;
    this.#close(this.#last, UNKNOWN);
    const fits = sent.filter((one) => reaches(one.value, sender, receiver));
    const own = fits.filter((one) => this.#cpus[one.index] === sender);
    const [taken] = own.length > 0 ? own : fits.slice(-1);
    if (taken === undefined) return;
    if (this.#cpus[taken.index] !== sender) this.#bySender++;
    this.#cpus[taken.index] = sender;
    for (const one of own.length > 0 ? own : [taken]) sent.splice(sent.indexOf(one), 1);
  }
}

/** GICD_SGIR: filter 25:24, target list 23:16. */
function reaches(value: number, sender: number, receiver: number): boolean {
  const filter = (value >> 24) & 3;
  if (filter === 0) return (value & (1 << (16 + receiver))) !== 0;
  return filter === 1 ? receiver !== sender : filter === 3 || receiver === sender;
}
