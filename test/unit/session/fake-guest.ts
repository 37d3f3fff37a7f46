import { readFileSync } from 'node:fs';
import { stringSource } from '../../../adapter/guest/trace/format/text-source.ts';
import { loadProgram } from '../../../adapter/guest/trace/import/import-log.ts';
import { TraceGuest } from '../../../adapter/guest/trace/trace-guest.ts';

const HEADER =
  '{"format":"gic-trace/1","gic":"v2","cpus":2,"spis":64,"dist":"0x08000000","cpuif":"0x08010000","redist":"0x080a0000"}';

/** A guest made from lines of gic-trace, without the header. */
export async function guestOf(...lines: string[]): Promise<TraceGuest> {
  return guestFrom([HEADER, ...lines].join('\n'));
}

/** A guest made from a file of gic-trace. */
export async function guestFromFile(path: string): Promise<TraceGuest> {
  return guestFrom(readFileSync(path, 'utf8'));
}

async function guestFrom(text: string): Promise<TraceGuest> {
  const { program } = await loadProgram(stringSource('test.gictrace', text));
  const source = { path: '/test.gictrace', compressed: false, text: () => Promise.resolve(text) };
  return new TraceGuest(program, { title: 'test', source });
}

/** A line that writes a register of the distributor. */
export function write(offset: number, value: number, cpu = 0): string {
  return JSON.stringify({ op: 'write', cpu, addr: hex(0x08000000 + offset), len: 4, value: hex(value) });
}

export function read(offset: number, value: number, cpu = 0): string {
  return JSON.stringify({ op: 'read', cpu, addr: hex(0x08000000 + offset), len: 4, value: hex(value) });
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
