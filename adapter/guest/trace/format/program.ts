import type { TraceHeader } from './header.ts';
import { OP_NAMES, OpKind } from './operation.ts';
import type { JsonObject, OpExtra, TraceOp } from './operation.ts';
import type { OperationSink } from './sink.ts';
import { bigintOf } from './words.ts';

/** The columns of a program; index = operation. */
export interface ProgramColumns {
  /** `OpKind`. */
  readonly kind: Uint8Array;
  /** vCPU; -1 = the recording does not tell. */
  readonly cpu: Int16Array;
  /** Bytes of an access, 0 otherwise. */
  readonly len: Uint8Array;
  /** Guest physical address; INTID of a Line. */
  readonly address: Float64Array;
  /** Value bits 31:0; level of a Line; IRQ of a Signal. */
  readonly lo: Int32Array;
  /** Value bits 63:32; FIQ of a Signal. */
  readonly hi: Int32Array;
  /** Line in the original file, from 1. */
  readonly line: Uint32Array;
  /** 1 where the recording has an answer to compare: a read's value, list registers, a state, a signal. */
  readonly compared: Uint8Array;
}

const NO_FIELDS: JsonObject = Object.freeze({});

/**
 * A recorded run, ready to execute: 33 bytes an operation, so that a boot of millions of accesses fits. Read the columns
 * in loops; `op(i)` is for display.
 */
export class TraceProgram implements ProgramColumns {
  /** File or name the program came from. */
  readonly name: string;
  readonly header: TraceHeader;
  /** Operations. */
  readonly length: number;
  readonly kind: Uint8Array;
  readonly cpu: Int16Array;
  readonly len: Uint8Array;
  readonly address: Float64Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  readonly line: Uint32Array;
  readonly compared: Uint8Array;
  /** Index into `#extras` plus 1; 0 = none. */
  readonly #extraIndex: Uint32Array;
  readonly #extras: readonly OpExtra[];

  constructor(
    name: string,
    header: TraceHeader,
    columns: ProgramColumns,
    extraIndex: Uint32Array,
    extras: readonly OpExtra[],
  ) {
    this.name = name;
    this.header = header;
    this.length = columns.kind.length;
    this.kind = columns.kind;
    this.cpu = columns.cpu;
    this.len = columns.len;
    this.address = columns.address;
    this.lo = columns.lo;
    this.hi = columns.hi;
    this.line = columns.line;
    this.compared = columns.compared;
    this.#extraIndex = extraIndex;
    this.#extras = extras;
  }

  /** What the columns do not hold, or undefined. */
  extra(index: number): OpExtra | undefined {
    const at = this.#extraIndex[index];
    return at === undefined || at === 0 ? undefined : this.#extras[at - 1];
  }

  /** Operation `index` for display. Throws RangeError outside 0 to length-1. */
  op(index: number): TraceOp {
    const kind = this.kind[index];
    if (kind === undefined) throw new RangeError(`operation ${index} of ${this.length}`);
    const extra = this.extra(index);
    const common = {
      index,
      line: this.line[index] ?? 0,
      note: extra?.note ?? null,
      fault: extra?.fault ?? null,
      fields: extra?.fields ?? NO_FIELDS,
    };
    const recorded = this.cpu[index] ?? -1;
    const cpu = recorded < 0 ? null : recorded;
    const lo = this.lo[index] ?? 0;
    const hi = this.hi[index] ?? 0;
    const answer = this.compared[index] === 1 ? bigintOf(lo, hi) : null;
    switch (kind) {
      case OpKind.Read:
      case OpKind.Write:
      case OpKind.Uread:
      case OpKind.Uwrite: {
        const reads = kind === OpKind.Read || kind === OpKind.Uread;
        const name = OP_NAMES[kind];
        return {
          ...common,
          op: name,
          cpu,
          address: this.address[index] ?? 0,
          len: this.len[index] ?? 0,
          value: reads ? answer : bigintOf(lo, hi),
          frame: extra?.frame ?? null,
          ret: extra?.ret ?? null,
        };
      }
      case OpKind.Line: {
        const intid = this.address[index] ?? 0;
        return { ...common, op: 'line', intid, cpu, level: lo === 0 ? 0 : 1, ret: extra?.ret ?? null };
      }
      case OpKind.Sgi:
        return { ...common, op: 'sgi', cpu, reg: extra?.reg ?? '', value: bigintOf(lo, hi) };
      case OpKind.Sysreg: {
        const rw = extra?.rw ?? 'r';
        return {
          ...common,
          op: 'sysreg',
          cpu,
          reg: extra?.reg ?? '',
          rw,
          value: rw === 'r' ? answer : bigintOf(lo, hi),
        };
      }
      case OpKind.Flush: {
        const { used = 0, underflow = false } = extra ?? {};
        return { ...common, op: 'flush', cpu: recorded, used, underflow, lrs: listRegisters(extra) };
      }
      case OpKind.Sync:
        return { ...common, op: 'sync', cpu: recorded, lrs: listRegisters(extra), acked: extra?.acked ?? null };
      case OpKind.State:
        return { ...common, op: 'state', state: extra?.state ?? {} };
      case OpKind.Signal:
        return { ...common, op: 'signal', cpu: recorded, irq: lo === 0 ? 0 : 1, fiq: hi === 0 ? 0 : 1 };
      default: {
        const raw = extra?.raw ?? {};
        return { ...common, op: 'other', name: typeof raw['op'] === 'string' ? raw['op'] : '', raw };
      }
    }
  }
}

function listRegisters(extra: OpExtra | undefined): bigint[] {
  const words = extra?.lrs ?? new Int32Array();
  return Array.from({ length: words.length / 2 }, (_, i) => bigintOf(words[2 * i] ?? 0, words[2 * i + 1] ?? 0));
}

/** Collects operations into a program. */
export class TraceProgramBuilder implements OperationSink {
  readonly #name: string;
  #header: TraceHeader | null = null;
  #count = 0;
  #capacity = 0;
  #kind = new Uint8Array();
  #cpu = new Int16Array();
  #len = new Uint8Array();
  #address = new Float64Array();
  #lo = new Int32Array();
  #hi = new Int32Array();
  #line = new Uint32Array();
  #compared = new Uint8Array();
  #extraIndex = new Uint32Array();
  #extras: OpExtra[] = [];
  /** By identity: importers hand in the same object for the same register, so a million reads of ICC_IAR1 share one. */
  readonly #known = new Map<OpExtra, number>();

  /** @param name file or name the program comes from. */
  constructor(name: string) {
    this.#name = name;
  }

  get count(): number {
    return this.#count;
  }

  header(header: TraceHeader): void {
    this.#header = header;
  }

  add(
    kind: OpKind,
    cpu: number,
    len: number,
    address: number,
    lo: number,
    hi: number,
    compared: 0 | 1,
    line: number,
    extra?: OpExtra,
  ): void {
    const i = this.#count;
    if (i === this.#capacity) this.#resize(Math.max(256, Math.ceil(this.#capacity * 1.5)));
    this.#count = i + 1;
    this.#kind[i] = kind;
    this.#cpu[i] = cpu;
    this.#len[i] = len;
    this.#address[i] = address;
    this.#lo[i] = lo;
    this.#hi[i] = hi;
    this.#compared[i] = compared;
    this.#line[i] = line;
    if (extra !== undefined) this.#extraIndex[i] = this.#indexOf(extra);
  }

  /** The program. The builder is spent afterwards. */
  finish(): TraceProgram {
    if (this.#header === null) throw new Error('a program needs a header');
    this.#known.clear();
    this.#resize(this.#count);
    return new TraceProgram(
      this.#name,
      this.#header,
      {
        kind: this.#kind,
        cpu: this.#cpu,
        len: this.#len,
        address: this.#address,
        lo: this.#lo,
        hi: this.#hi,
        line: this.#line,
        compared: this.#compared,
      },
      this.#extraIndex,
      this.#extras,
    );
  }

  #indexOf(extra: OpExtra): number {
    const known = this.#known.get(extra);
    if (known !== undefined) return known;
    const index = this.#extras.push(extra);
    this.#known.set(extra, index);
    return index;
  }

  /** One column after the other, so that at most one is held twice. */
  #resize(capacity: number): void {
    if (capacity === this.#capacity) return;
    const n = Math.min(capacity, this.#count);
    const move = <T extends { set(from: T): void; subarray(a: number, b: number): T }>(from: T, to: T): T => {
      to.set(from.subarray(0, n));
      return to;
    };
    this.#kind = move(this.#kind, new Uint8Array(capacity));
    this.#cpu = move(this.#cpu, new Int16Array(capacity));
    this.#len = move(this.#len, new Uint8Array(capacity));
    this.#address = move(this.#address, new Float64Array(capacity));
    this.#lo = move(this.#lo, new Int32Array(capacity));
    this.#hi = move(this.#hi, new Int32Array(capacity));
    this.#line = move(this.#line, new Uint32Array(capacity));
    this.#compared = move(this.#compared, new Uint8Array(capacity));
    this.#extraIndex = move(this.#extraIndex, new Uint32Array(capacity));
    this.#capacity = capacity;
  }
}
