import type { Random } from '../../oracle/generate/random.ts';
import { DIST, REDIST, REDIST_STRIDE, SGI_FRAME, V2_DIST, V3_DIST, V3_SGI_FRAME, type PerIntid } from './registers.ts';
import type { Stream } from './stream.ts';

/** Values that a field of a register is given often: the ones that let interrupts through, and corner cases. */
function fieldValue(stream: Stream, row: PerIntid): bigint {
  const { random, options } = stream;
  switch (row.name) {
    case 'IPRIORITYR':
      return BigInt(random.once(4) ? random.below(256) : random.pick([0, 0x20, 0x40, 0x80, 0x88, 0xa0, 0xa8, 0xc0]));
    case 'ITARGETSR':
      return BigInt(random.once(6) ? random.below(256) : 1 + random.below((1 << options.cpus) - 1));
    case 'CPENDSGIR':
    case 'SPENDSGIR':
      return BigInt(random.below(1 << options.cpus));
    case 'IROUTER':
      if (random.once(8)) return random.u64();
      return BigInt(random.below(options.cpus)) | (random.once(8) ? 1n << 31n : 0n);
    case 'ICFGR':
    case 'NSACR':
      return BigInt(random.below(4));
    case 'ISENABLER':
    case 'ISPENDR':
      return random.once(8) ? 0n : 1n;
    default:
      return BigInt(random.below(2));
  }
}

/** Which CPU's private interrupts, and its access. */
interface Place {
  readonly cpu: number;
  readonly base: number;
  readonly row: PerIntid;
}

function place(stream: Stream, intid: number): Place {
  const { random, options } = stream;
  const cpu = stream.cpu();
  if (options.gic === 'v2') return { cpu, base: DIST, row: draw(random, V2_DIST) };
  if (intid >= 32 || random.once(20)) return { cpu, base: DIST, row: draw(random, V3_DIST) };
  // Redistributors are everyone's to access.
  const of = random.once(4) ? random.below(options.cpus) : cpu;
  return { cpu, base: REDIST + of * REDIST_STRIDE + SGI_FRAME, row: draw(random, V3_SGI_FRAME) };
}

function draw(random: Random, rows: readonly PerIntid[]): PerIntid {
  let at = random.below(rows.reduce((sum, { weight }) => sum + weight, 0));
  for (const row of rows) {
    at -= row.weight;
    if (at < 0) return row;
  }
  return random.pick(rows);
}

/** Bytes of an access to a register of so many bits an interrupt. Some machines ignore some of them. */
function width(random: Random, bits: number): number {
  if (bits === 64) return random.pick([8, 8, 8, 4, 4]);
  if (bits === 8) return random.pick([1, 1, 4, 4, 4, 2, 8]);
  return random.once(10) ? random.pick([1, 2, 8]) : 4;
}

/** A value with fields of the interrupts of the stream's focus that lie in these bytes. */
function valueFor(stream: Stream, row: PerIntid, offset: number, len: number): bigint {
  const { random } = stream;
  if (random.once(16)) return BigInt.asUintN(8 * len, random.pick([0n, -1n, random.u64()]));
  let value = 0n;
  for (const intid of stream.focus) {
    const bit = intid * row.bits - (offset - row.offset) * 8;
    if (bit <= -row.bits || bit >= 8 * len || random.once(3)) continue;
    const field = fieldValue(stream, row);
    value |= bit >= 0 ? field << BigInt(bit) : field >> BigInt(-bit);
  }
  return BigInt.asUintN(8 * len, value);
}

/** A read or write of what the distributor or a redistributor holds of some interrupt, written and often read back. */
export function interruptAccess(stream: Stream): void {
  const { random } = stream;
  const intid = stream.intid();
  const { cpu, base, row } = place(stream, intid);
  writeOrRead(stream, { cpu, base, row }, intid, random.once(3));
}

function writeOrRead(stream: Stream, { cpu, base, row }: Place, intid: number, reads: boolean): void {
  const { random } = stream;
  const len = width(random, row.bits);
  const byte = Math.floor((intid * row.bits) / 8);
  const offset = row.offset + byte - (byte % len);
  const access = { cpu, addr: base + offset, len, ...stream.state() };
  if (!reads) {
    stream.add({ op: 'write', ...access, value: valueFor(stream, row, offset, len) });
    if (!random.once(3)) return;
  }
  stream.add({ op: 'read', ...access, ...(random.once(4) ? { len: 4, addr: base + offset - (offset % 4) } : {}) });
}

/** Enables, groups, priorities and targets for the interrupts in focus, in one write each: where a stream begins. */
export function prepareInterrupts(stream: Stream): void {
  const { random, options } = stream;
  const v2 = options.gic === 'v2';
  const rows = v2 ? V2_DIST : V3_DIST;
  const names = ['IGROUPR', 'IPRIORITYR', v2 ? 'ITARGETSR' : 'IROUTER', 'ICFGR', 'ISENABLER'];
  for (const row of rows.filter(({ name }) => names.includes(name))) {
    for (const intid of stream.spis) {
      if (!random.once(8)) prepared(stream, DIST, row, intid, random.below(options.cpus));
    }
  }
  for (let cpu = 0; cpu < options.cpus; cpu++) {
    const base = v2 ? DIST : REDIST + cpu * REDIST_STRIDE + SGI_FRAME;
    for (const row of v2 ? V2_DIST : V3_SGI_FRAME) {
      if (!['IGROUPR', 'IPRIORITYR', 'ISENABLER'].includes(row.name)) continue;
      for (const intid of [...stream.ppis, ...stream.sgis]) {
        if (!random.once(8)) prepared(stream, base, row, intid, cpu);
      }
    }
  }
}

function prepared(stream: Stream, base: number, row: PerIntid, intid: number, cpu: number): void {
  const len = Math.max(row.bits / 8, row.bits === 8 ? 1 : 4);
  const byte = Math.floor((intid * row.bits) / 8);
  const offset = row.offset + byte - (byte % len);
  const state = stream.options.security ? ({ state: 'el3' } as const) : {};
  stream.add({ op: 'write', cpu, addr: base + offset, len, ...state, value: valueFor(stream, row, offset, len) });
}
