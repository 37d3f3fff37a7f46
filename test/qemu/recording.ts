import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { LiveOptions } from './live-qemu.ts';
import type { Fault, Operation, Recorded, State } from './operation.ts';

/** A recording of gic-trace/1, of the operations that QEMU's recordings have. */
export interface Recording {
  readonly header: Readonly<Record<string, unknown>>;
  readonly records: readonly Recorded[];
}

const GIC_BASES = { dist: '0x08000000', cpuif: '0x08010000', redist: '0x080a0000' };

/** The header of what a live QEMU answers. */
export function headerOf(options: LiveOptions, semantics: string): Record<string, unknown> {
  const { gic, cpus, security } = options;
  const secure = { scrEl3: `0x${(options.scrEl3 ?? 0x400n).toString(16)}`, parked: 'EL3, SCR_EL3.NS=0' };
  return {
    format: 'gic-trace/1',
    gic,
    cpus,
    spis: 256,
    ...GIC_BASES,
    semantics,
    security,
    prioBits: gic === 'v2' ? 8 : 5,
    mpidr: Array.from({ length: cpus }, (_, n) => `0x${n.toString(16)}`),
    ...(security ? secure : {}),
  };
}

export function lineOf(one: Recorded): string {
  switch (one.op) {
    case 'read':
    case 'write': {
      const { op, cpu, addr, len, state, value, fault } = one;
      const digits = value?.toString(16).padStart(2 * len, '0');
      const address = `0x${addr.toString(16).padStart(8, '0')}`;
      return JSON.stringify({ op, cpu, addr: address, len, state, ...valueField(digits), fault });
    }
    case 'sysreg': {
      const { op, cpu, reg, rw, state, value, fault } = one;
      return JSON.stringify({ op, cpu, reg, rw, state, ...valueField(value?.toString(16)), fault });
    }
    case 'line':
      return JSON.stringify({ op: 'line', intid: one.intid, cpu: one.cpu, level: one.level });
    case 'signal':
      return JSON.stringify({ op: 'signal', cpu: one.cpu, irq: one.irq, fiq: one.fiq });
  }
}

function valueField(digits: string | undefined): { value?: string } {
  return digits === undefined ? {} : { value: `0x${digits}` };
}

export function textOf({ header, records }: Recording): string {
  return [JSON.stringify(header), ...records.map(lineOf), ''].join('\n');
}

interface RawRecord {
  readonly op: string;
  readonly cpu?: number;
  readonly addr?: string;
  readonly len?: number;
  readonly reg?: string;
  readonly rw?: string;
  readonly value?: string;
  readonly state?: State;
  readonly fault?: Fault;
  readonly intid?: number;
  readonly level?: number;
  readonly irq?: number;
  readonly fiq?: number;
}

/** Reads a recorded file, also a compressed one. Its notes are lost. */
export function readRecording(file: string): Recording {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
  const header = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  return { header, records: lines.slice(1).map((line) => recordOf(JSON.parse(line) as RawRecord)) };
}

function recordOf(raw: RawRecord): Recorded {
  const { cpu = 0 } = raw;
  const bit = (value: number | undefined): 0 | 1 => (value === 1 ? 1 : 0);
  const answers = {
    ...(raw.state === undefined ? {} : { state: raw.state }),
    ...(raw.value === undefined ? {} : { value: BigInt(raw.value) }),
    ...(raw.fault === undefined ? {} : { fault: raw.fault }),
  };
  switch (raw.op) {
    case 'read':
    case 'write':
      return { op: raw.op, cpu, addr: Number(raw.addr), len: raw.len ?? 4, ...answers };
    case 'sysreg':
      return { op: 'sysreg', cpu, reg: raw.reg ?? '', rw: raw.rw === 'write' ? 'write' : 'read', ...answers };
    case 'line':
      return { op: 'line', cpu, intid: raw.intid ?? 0, level: bit(raw.level) };
    case 'signal':
      return { op: 'signal', cpu, irq: bit(raw.irq), fiq: bit(raw.fiq) };
    default:
      throw new Error(`QEMU's recordings have no '${raw.op}'`);
  }
}

/** What was asked for, without the answers' signals. Values read are still there. */
export function operationsOf(records: readonly Recorded[]): Operation[] {
  return records.filter((one): one is Operation => one.op !== 'signal');
}

/** The machine that made a recording, as its header tells. */
export function machineOf({ header }: Recording): LiveOptions {
  const machine = /-M (virt[^, ]*)/.exec(String(header['source']))?.[1];
  return {
    gic: header['gic'] === 'v2' ? 'v2' : 'v3',
    cpus: Number(header['cpus']),
    security: header['security'] === true,
    ...(typeof header['scrEl3'] === 'string' ? { scrEl3: BigInt(header['scrEl3']) } : {}),
    ...(machine === undefined ? {} : { machine }),
  };
}
