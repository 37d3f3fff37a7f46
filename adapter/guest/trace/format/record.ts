import { show } from './header.ts';
import type { Fail, TraceHeader } from './header.ts';
import { OP_NAMES, OpKind } from './operation.ts';
import type { AccessOrigin, JsonObject, OpExtra, StateRecord } from './operation.ts';
import type { OperationSink } from './sink.ts';
import { HexScanner } from './words.ts';

/** Fields that the columns and extras hold, by kind; all others are unknown and kept. */
const KNOWN_FIELDS: Readonly<Record<number, readonly string[]>> = {
  [OpKind.Read]: ['cpu', 'addr', 'len', 'value'],
  [OpKind.Write]: ['cpu', 'addr', 'len', 'value'],
  [OpKind.Line]: ['intid', 'cpu', 'level', 'ret'],
  [OpKind.Sgi]: ['cpu', 'value', 'reg'],
  [OpKind.Uread]: ['cpu', 'frame', 'addr', 'len', 'value', 'ret'],
  [OpKind.Uwrite]: ['cpu', 'frame', 'addr', 'len', 'value', 'ret'],
  [OpKind.Flush]: ['cpu', 'used', 'underflow', 'lrs'],
  [OpKind.Sync]: ['cpu', 'lrs', 'acked'],
  [OpKind.Sysreg]: ['cpu', 'reg', 'rw', 'value'],
  [OpKind.Signal]: ['cpu', 'irq', 'fiq'],
};
const KINDS = new Map<string, OpKind>(
  Object.values(OpKind)
    .filter((kind) => kind !== OpKind.Other)
    .map((kind) => [OP_NAMES[kind], kind]),
);
const MAX_CPU = 32767;
const MAX_INTID = 2 ** 32 - 1;

/** Turns one JSON record into an operation; the slow, complete path. Shared extras of system registers are cached. */
export class RecordParser {
  readonly #sink: OperationSink;
  readonly #header: TraceHeader;
  readonly #hex = new HexScanner();
  readonly #registers = new Map<string, OpExtra>();

  constructor(sink: OperationSink, header: TraceHeader) {
    this.#sink = sink;
    this.#header = header;
  }

  /** @param fail throws with file and line. */
  add(raw: JsonObject, line: number, fail: Fail): void {
    const name = raw['op'];
    if (typeof name !== 'string') return fail(`op ${show(name)} is not a string`);
    const kind = KINDS.get(name) ?? OpKind.Other;
    if (kind === OpKind.Other) {
      this.#sink.add(kind, -1, 0, 0, 0, 0, 0, line, { raw });
      return;
    }
    if (kind === OpKind.State) {
      const state = checkState(raw, fail);
      const note = raw['note'];
      const extra = typeof note === 'string' ? { state, note } : { state };
      this.#sink.add(kind, -1, 0, 0, 0, 0, 1, line, extra);
      return;
    }
    const within: Fail = (reason) => fail(`${name}: ${reason}`);
    const extra = remarks(raw, KNOWN_FIELDS[kind] ?? []);
    switch (kind) {
      case OpKind.Read:
      case OpKind.Write:
      case OpKind.Uread:
      case OpKind.Uwrite: {
        this.#access(kind, raw, line, extra, within);
        return;
      }
      case OpKind.Line: {
        this.#line(raw, line, extra, within);
        return;
      }
      case OpKind.Sgi: {
        const cpu = this.#cpu(raw, within);
        this.#value(raw, within);
        this.#register(kind, cpu, 0, line, { ...extra, reg: text(raw, 'reg', within) });
        return;
      }
      case OpKind.Sysreg: {
        const cpu = this.#cpu(raw, within);
        const rw = raw['rw'];
        const write = rw === 'write' || rw === 'w';
        if (!write && rw !== 'read' && rw !== 'r') within(`rw ${show(rw)} is neither "read" nor "write"`);
        const has = this.#optionalValue(raw, write, within);
        const reg = text(raw, 'reg', within);
        this.#register(kind, cpu, write ? 0 : has, line, { ...extra, reg, rw: write ? 'w' : 'r' });
        return;
      }
      case OpKind.Flush: {
        const cpu = this.#cpu(raw, within);
        const used = integer(raw, 'used', 0, 64, within);
        const underflow = raw['underflow'];
        if (typeof underflow !== 'boolean') return within(`underflow ${show(underflow)} is not true or false`);
        const lrs = this.#listRegisters(raw, within);
        this.#sink.add(kind, cpu, 0, 0, 0, 0, 1, line, { ...extra, used, underflow, lrs });
        return;
      }
      case OpKind.Sync: {
        const cpu = this.#cpu(raw, within);
        const lrs = this.#listRegisters(raw, within);
        const acked = raw['acked'];
        if (acked === undefined) {
          this.#sink.add(kind, cpu, 0, 0, 0, 0, 0, line, { ...extra, lrs });
          return;
        }
        if (!isIntegers(acked)) return within('acked is not a list of INTIDs');
        this.#sink.add(kind, cpu, 0, 0, 0, 0, 0, line, { ...extra, lrs, acked });
        return;
      }
      case OpKind.Signal: {
        const irq = integer(raw, 'irq', 0, 1, within);
        const fiq = integer(raw, 'fiq', 0, 1, within);
        this.#sink.add(kind, this.#cpu(raw, within), 0, 0, irq, fiq, 1, line, orNone(extra));
        return;
      }
    }
  }

  #access(kind: OpKind, raw: JsonObject, line: number, extra: OpExtra, fail: Fail): void {
    const user = kind === OpKind.Uread || kind === OpKind.Uwrite;
    const unknown = raw['cpu'] === undefined || raw['cpu'] === null;
    const cpu = unknown && !user ? -1 : this.#cpu(raw, fail);
    this.#hexField(raw, 'addr', fail);
    const address = this.#hex.address();
    if (address < 0) fail(`addr ${show(raw['addr'])} is above 52 bits`);
    const len = raw['len'];
    if (len !== 1 && len !== 2 && len !== 4 && len !== 8) return fail(`len ${show(len)} is not 1, 2, 4 or 8`);
    const write = kind === OpKind.Write || kind === OpKind.Uwrite;
    const has = this.#optionalValue(raw, write, fail);
    const { lo, hi } = this.#hex;
    if (user) {
      if (raw['frame'] !== undefined) extra = { ...extra, frame: text(raw, 'frame', fail) };
      if (raw['ret'] !== undefined) extra = { ...extra, ret: integer(raw, 'ret', -4095, 0, fail) };
    }
    this.#sink.add(kind, cpu, len, address, has ? lo : 0, has ? hi : 0, write ? 0 : has, line, orNone(extra));
  }

  #line(raw: JsonObject, line: number, extra: OpExtra, fail: Fail): void {
    const intid = integer(raw, 'intid', 0, MAX_INTID, fail);
    const level = integer(raw, 'level', 0, 1, fail);
    // No upper bound by the header: recordings hold calls for absent vCPUs, which the kernel refused.
    const shared = intid >= 32 && (raw['cpu'] === undefined || raw['cpu'] === null);
    const cpu = shared ? 0 : integer(raw, 'cpu', 0, MAX_CPU, fail);
    if (raw['ret'] !== undefined) extra = { ...extra, ret: integer(raw, 'ret', -4095, 0, fail) };
    this.#sink.add(OpKind.Line, cpu, 0, intid, level, 0, 0, line, orNone(extra));
  }

  #register(kind: OpKind, cpu: number, compared: 0 | 1, line: number, extra: OpExtra): void {
    const { reg, rw, from } = extra;
    let shared: OpExtra | undefined = extra;
    if (Object.keys(extra).length === 1 + (rw === undefined ? 0 : 1) + (from === undefined ? 0 : 1)) {
      const key = `${rw ?? ''} ${from ?? ''} ${reg ?? ''}`;
      shared = this.#registers.get(key);
      if (shared === undefined) this.#registers.set(key, (shared = extra));
    }
    this.#sink.add(kind, cpu, 0, 0, this.#hex.lo, this.#hex.hi, compared, line, shared);
  }

  #cpu(raw: JsonObject, fail: Fail): number {
    const cpu = raw['cpu'];
    if (typeof cpu === 'number' && Number.isInteger(cpu) && cpu >= 0 && cpu < this.#header.cpus) return cpu;
    return fail(`cpu ${show(cpu)} is not 0 to ${this.#header.cpus - 1}`);
  }

  /** Leaves the value, or 0, in `#hex`. */
  #optionalValue(raw: JsonObject, required: boolean, fail: Fail): 0 | 1 {
    this.#hex.lo = this.#hex.hi = 0;
    if (raw['value'] === undefined && !required) return 0;
    this.#value(raw, fail);
    return 1;
  }

  #value(raw: JsonObject, fail: Fail): void {
    this.#hexField(raw, 'value', fail);
  }

  #hexField(raw: JsonObject, name: string, fail: Fail): void {
    this.#hexText(raw[name], name, fail);
  }

  #hexText(value: unknown, name: string, fail: Fail): void {
    if (typeof value !== 'string' || !/^0x[0-9a-fA-F]+$/.test(value)) {
      return fail(`${name} ${show(value)} is not hexadecimal ("0x…")`);
    }
    if (this.#hex.scan(value, 2) < 0) fail(`${name} ${show(value)} is wider than 64 bits`);
  }

  #listRegisters(raw: JsonObject, fail: Fail): Int32Array {
    const lrs = raw['lrs'];
    if (!Array.isArray(lrs)) return fail(`lrs ${show(lrs)} is not a list`);
    if (lrs.length > 64) return fail(`lrs has ${lrs.length} list registers: 64 at most`);
    const words = new Int32Array(lrs.length * 2);
    for (const [i, value] of (lrs as unknown[]).entries()) {
      this.#hexText(value, `lrs[${i}]`, fail);
      words[2 * i] = this.#hex.lo;
      words[2 * i + 1] = this.#hex.hi;
    }
    return words;
  }
}

const ORIGINS: readonly AccessOrigin[] = ['el3', 's1', 'ns'];

/** Note, fault, origin and what is unknown: none of it can be wrong. */
function remarks(raw: JsonObject, known: readonly string[]): OpExtra {
  const { note, fault, state } = raw;
  const from = ORIGINS.find((one) => one === state);
  const unknown: [string, unknown][] = [];
  for (const key of Object.keys(raw)) {
    if (key === 'op' || known.includes(key)) continue;
    if (key === 'note' && typeof note === 'string') continue;
    if (key === 'fault' && typeof fault === 'string') continue;
    if (key === 'state' && from !== undefined) continue;
    unknown.push([key, raw[key]]);
  }
  return {
    ...(typeof note === 'string' ? { note } : {}),
    ...(typeof fault === 'string' ? { fault } : {}),
    ...(from === undefined ? {} : { from }),
    ...(unknown.length > 0 ? { fields: Object.fromEntries(unknown) } : {}),
  };
}

function orNone(extra: OpExtra): OpExtra | undefined {
  return Object.keys(extra).length === 0 ? undefined : extra;
}

function integer(raw: JsonObject, name: string, from: number, to: number, fail: Fail): number {
  const value = raw[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
  return fail(`${name} ${show(value)} is not ${from} to ${to}`);
}

function text(raw: JsonObject, name: string, fail: Fail): string {
  const value = raw[name];
  return typeof value === 'string' && value !== '' ? value : fail(`${name} ${show(value)} is not a name`);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item));
}

/** The fields a comparison walks through must have their shape; what is in an interrupt beyond its number is free. */
function checkState(raw: JsonObject, fail: Fail): StateRecord {
  const { distEnabled, apLists, irqs } = raw;
  if (distEnabled !== undefined && typeof distEnabled !== 'boolean') fail('state: distEnabled is not true or false');
  if (apLists !== undefined && !(Array.isArray(apLists) && apLists.every(isIntegers))) {
    fail('state: apLists is not a list of lists of INTIDs');
  }
  if (irqs !== undefined) {
    if (!Array.isArray(irqs)) return fail('state: irqs is not a list');
    for (const [i, irq] of (irqs as unknown[]).entries()) {
      if (typeof irq !== 'object' || irq === null || Array.isArray(irq))
        return fail(`state: irqs[${i}] is not an object`);
      const { intid, cpu } = irq as JsonObject;
      if (!Number.isInteger(intid)) fail(`state: irqs[${i}]: intid ${show(intid)} is not an integer`);
      if (cpu !== undefined && cpu !== null && !Number.isInteger(cpu)) {
        fail(`state: irqs[${i}]: cpu ${show(cpu)} is not an integer`);
      }
    }
  }
  return raw;
}
