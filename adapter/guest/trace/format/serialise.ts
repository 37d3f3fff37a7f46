import { DEFAULT_LIST_REGISTERS, FORMAT } from './header.ts';
import type { TraceHeader } from './header.ts';
import { OP_NAMES, OpKind } from './operation.ts';
import type { OpExtra } from './operation.ts';
import type { TraceProgram } from './program.ts';
import { hexAddress, hexWords } from './words.ts';

/** The header as a line of JSON: the recorded fields in their order, then what they lacked. */
export function serialiseHeader(header: TraceHeader): string {
  const known = new Map<string, unknown>([
    ['format', FORMAT],
    ['gic', header.gic],
    ['cpus', header.cpus],
    ['spis', header.spis],
    ['dist', hexAddress(header.dist)],
    ['cpuif', hexAddress(header.cpuif)],
    ['redist', hexAddress(header.redist)],
  ]);
  for (const name of ['its', 'gich', 'gicv'] as const) {
    const base = header[name];
    if (base !== undefined) known.set(name, hexAddress(base));
  }
  known.set('semantics', header.semantics);
  if (header.physical?.firmware !== undefined) known.set('firmware', header.physical.firmware);
  if (header.source !== undefined) known.set('source', header.source);
  if (header.lrs !== DEFAULT_LIST_REGISTERS || header.raw['lrs'] !== undefined) known.set('lrs', header.lrs);
  const entries: [string, unknown][] = Object.entries(header.raw).map(([key, value]) => [key, known.get(key) ?? value]);
  for (const [key, value] of known) if (!Object.hasOwn(header.raw, key)) entries.push([key, value]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Operation `index` of a program as a line of JSON. */
export function serialiseOp(program: TraceProgram, index: number): string {
  return serialiseFields(
    program.header.gic,
    (program.kind[index] ?? OpKind.Other) as OpKind,
    program.cpu[index] ?? -1,
    program.len[index] ?? 0,
    program.address[index] ?? 0,
    program.lo[index] ?? 0,
    program.hi[index] ?? 0,
    program.compared[index] === 1,
    program.extra(index),
  );
}

/** The same from the arguments of `OperationSink.add`. Values are padded to their width, as the vectors have them. */
export function serialiseFields(
  gic: 'v2' | 'v3',
  kind: OpKind,
  cpu: number,
  len: number,
  address: number,
  lo: number,
  hi: number,
  compared: boolean,
  extra: OpExtra | undefined,
): string {
  const op = OP_NAMES[kind];
  const who = cpu < 0 ? 'null' : String(cpu);
  switch (kind) {
    case OpKind.Read:
    case OpKind.Write:
    case OpKind.Uread:
    case OpKind.Uwrite: {
      const frame = extra?.frame === undefined ? '' : `,"frame":${JSON.stringify(extra.frame)}`;
      const has = compared || kind === OpKind.Write || kind === OpKind.Uwrite;
      const value = has ? `,"value":"${hexWords(lo, hi, 2 * len)}"` : '';
      return `{"op":"${op}","cpu":${who}${frame},"addr":"${hexAddress(address)}","len":${len}${value}${remarks(extra)}}`;
    }
    case OpKind.Line:
      return `{"op":"line","intid":${address},"cpu":${who},"level":${lo}${remarks(extra)}}`;
    case OpKind.Sgi:
      return `{"op":"sgi","cpu":${who},"value":"${hexWords(lo, hi, 16)}","reg":${JSON.stringify(extra?.reg)}${remarks(extra)}}`;
    case OpKind.Sysreg: {
      const write = extra?.rw === 'w';
      const value = write || compared ? `,"value":"${hexWords(lo, hi, 1)}"` : '';
      const reg = JSON.stringify(extra?.reg);
      return `{"op":"sysreg","cpu":${who},"reg":${reg},"rw":"${write ? 'write' : 'read'}"${value}${remarks(extra)}}`;
    }
    case OpKind.Flush: {
      const counters = `"used":${extra?.used ?? 0},"underflow":${extra?.underflow ?? false}`;
      return `{"op":"flush","cpu":${who},${counters},"lrs":${listRegisters(gic, extra)}${remarks(extra)}}`;
    }
    case OpKind.Sync: {
      const acked = extra?.acked === undefined ? '' : `,"acked":${JSON.stringify(extra.acked)}`;
      return `{"op":"sync","cpu":${who},"lrs":${listRegisters(gic, extra)}${acked}${remarks(extra)}}`;
    }
    case OpKind.Signal:
      return `{"op":"signal","cpu":${who},"irq":${lo},"fiq":${hi}${remarks(extra)}}`;
    case OpKind.State:
      return JSON.stringify(extra?.state ?? { op });
    case OpKind.Other:
      return JSON.stringify(extra?.raw ?? { op });
  }
}

function listRegisters(gic: 'v2' | 'v3', extra: OpExtra | undefined): string {
  const words = extra?.lrs ?? new Int32Array();
  const texts: string[] = [];
  for (let i = 0; i < words.length; i += 2)
    texts.push(hexWords(words[i] ?? 0, words[i + 1] ?? 0, gic === 'v2' ? 8 : 16));
  return JSON.stringify(texts);
}

/** Refusal, fault, unknown fields and note: the rare end of a line. */
function remarks(extra: OpExtra | undefined): string {
  if (extra === undefined) return '';
  let text = '';
  if (extra.ret !== undefined) text += `,"ret":${extra.ret}`;
  if (extra.from !== undefined) text += `,"state":"${extra.from}"`;
  if (extra.fault !== undefined) text += `,"fault":${JSON.stringify(extra.fault)}`;
  if (extra.fields !== undefined) text += `,${JSON.stringify(extra.fields).slice(1, -1)}`;
  if (extra.note !== undefined) text += `,"note":${JSON.stringify(extra.note)}`;
  return text;
}
