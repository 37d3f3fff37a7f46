import type { Random } from '../../oracle/generate/random.ts';
import type { State } from '../operation.ts';
import { CPUIF, DIST } from './registers.ts';
import type { Stream } from './stream.ts';

const CTLR = 0x00;
const PMR = 0x04;
const BPR = 0x08;
const IAR = 0x0c;
const EOIR = 0x10;
const RPR = 0x14;
const HPPIR = 0x18;
const ABPR = 0x1c;
const AIAR = 0x20;
const AEOIR = 0x24;
const AHPPIR = 0x28;
const APR = 0xd0;
const NSAPR = 0xe0;
const IIDR = 0xfc;
const DIR = 0x1000;
const SGIR = DIST + 0xf00;

type Where = { readonly cpu: number; readonly state?: State };

function at(where: Where, offset: number, len = 4): Where & { addr: number; len: number } {
  return { ...where, addr: CPUIF + offset, len };
}

/** GICC_CTLR: mostly with both groups on, sometimes with AckCtl, FIQEn, CBPR, EOImode. */
function control(random: Random): bigint {
  if (random.once(6)) return BigInt(random.below(0x800));
  const modes = random.pick([0, 0, 4, 4, 8, 0xc, 0x10, 0x200, 0x204, 0x20c, 0x400, 0x600]);
  return BigInt(modes | random.pick([1, 2, 3, 3, 3, 3]));
}

function mask(random: Random): bigint {
  return BigInt(random.pick([0xff, 0xff, 0xff, 0xf0, 0xf0, 0xc0, 0xa0, 0x80, 0x40, 0, random.below(256)]));
}

export function prepareCpuInterface(stream: Stream): void {
  const { random, options } = stream;
  const states: readonly (State | undefined)[] = options.security ? ['el3', 'ns'] : [undefined];
  for (let cpu = 0; cpu < options.cpus; cpu++) {
    for (const state of states) {
      const where = { cpu, ...(state === undefined ? {} : { state }) };
      if (!random.once(10)) stream.add({ op: 'write', ...at(where, CTLR), value: control(random) });
      if (!random.once(10))
        stream.add({ op: 'write', ...at(where, PMR), value: random.once(4) ? mask(random) : 0xffn });
      if (random.once(3)) stream.add({ op: 'write', ...at(where, BPR), value: BigInt(random.below(8)) });
    }
  }
}

/** Mostly with its end, which may come any time. */
export function acknowledge(stream: Stream): void {
  const { random } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const aliased = random.once(8);
  const { next } = stream;
  stream.add({ op: 'read', ...at(where, aliased ? AIAR : IAR) });
  if (random.once(8)) return;
  stream.later(random.pick([0, 1, 3, 10, 40]), () => {
    const ending = random.once(10) ? { cpu: where.cpu, ...stream.state() } : where;
    const offset = random.once(16) !== aliased ? AEOIR : EOIR;
    stream.add({ op: 'write', ...at(ending, offset), answerOf: next });
    if (random.once(2)) return;
    stream.later(random.pick([0, 5]), () => stream.add({ op: 'write', ...at(ending, DIR), answerOf: next }));
  });
}

/** The end of an interrupt that is perhaps not active, or of another CPU. */
export function end(stream: Stream): void {
  const { random } = stream;
  const value = BigInt(stream.intid() | (random.once(4) ? random.below(8) << 10 : 0));
  stream.add({
    op: 'write',
    ...at({ cpu: stream.cpu(), ...stream.state() }, random.pick([EOIR, EOIR, EOIR, AEOIR, DIR, DIR])),
    value,
  });
}

/** A CPU gets out of whatever it is in. */
export function recover(stream: Stream): void {
  const cpu = stream.cpu();
  const where: Where = { cpu, ...(stream.options.security ? { state: 'el3' } : {}) };
  for (let n = 0; n < 4; n++) {
    stream.add({ op: 'write', ...at(where, APR + 4 * n), value: 0n });
    stream.add({ op: 'write', ...at(where, NSAPR + 4 * n), value: 0n });
  }
  stream.add({ op: 'write', ...at(where, PMR), value: 0xffn });
  stream.add({ op: 'write', ...at(where, CTLR), value: control(stream.random) | 3n });
}

export function raiseSgi(stream: Stream): void {
  const { random } = stream;
  const filter = random.pick([0, 0, 0, 1, 2, 3]);
  const nsatt = random.once(3) ? 1 << 15 : 0;
  const intid = random.once(6) ? random.below(16) : random.pick(stream.sgis);
  const value = BigInt(((filter << 24) | (random.below(256) << 16) | nsatt | intid) >>> 0);
  stream.add({ op: 'write', cpu: stream.cpu(), addr: SGIR, len: 4, ...stream.state(), value });
}

export function interfaceControl(stream: Stream): void {
  const { random } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const offset = random.pick([CTLR, CTLR, PMR, PMR, PMR, BPR, ABPR, APR, NSAPR]);
  const value = {
    [CTLR]: () => control(random),
    [PMR]: () => mask(random),
    [BPR]: () => BigInt(random.below(random.once(6) ? 256 : 8)),
    [ABPR]: () => BigInt(random.below(random.once(6) ? 256 : 8)),
  }[offset];
  if (value !== undefined) {
    stream.add({ op: 'write', ...at(where, offset), value: value() });
    return;
  }
  // Priorities that are active without an interrupt: mostly none, to get out of it again.
  const word = 4 * random.below(4);
  const bits = random.once(5) ? BigInt((1 << random.below(32)) >>> 0) : 0n;
  stream.add({ op: 'write', ...at(where, offset + word), value: bits });
}

export function interfaceStatus(stream: Stream): void {
  const { random } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const offset = random.pick([CTLR, PMR, BPR, ABPR, RPR, RPR, HPPIR, HPPIR, HPPIR, AHPPIR, APR, APR + 4, NSAPR, IIDR]);
  stream.add({ op: 'read', ...at(where, offset, random.once(16) ? random.pick([1, 2]) : 4) });
}
