import type { Random } from '../oracle/generate/random.ts';
import { prepareInterrupts, interruptAccess } from './generate/interrupts.ts';
import * as v2 from './generate/cpu-interface-v2.ts';
import * as v3 from './generate/cpu-interface-v3.ts';
import { CPUIF, DIST, REDIST, REDIST_STRIDE } from './generate/registers.ts';
import { Stream } from './generate/stream.ts';
import type { LiveOptions } from './live-qemu.ts';
import type { Operation } from './operation.ts';

const DS = 1n << 6n;

/** A machine for stream `stream` of a seed: all that can be had come in turn. */
export function machineFor(random: Random, gic: 'v2' | 'v3'): LiveOptions {
  return { gic, cpus: random.pick([1, 1, 2, 2, 2, 3, 4, 8]), security: random.once(3) };
}

/** Operations that a seed and the number of a stream repeat. Some write what others of them read. */
export function generate(options: LiveOptions, seed: number, number: number, length: number): Operation[] {
  const stream = new Stream(options, seed, number);
  const cpuInterface = options.gic === 'v2' ? v2 : v3;
  distributorControl(stream, true);
  if (!stream.random.once(12)) {
    cpuInterface.prepareCpuInterface(stream);
    prepareInterrupts(stream);
  }
  const kinds: readonly (readonly [number, (stream: Stream) => void])[] = [
    [18, changeLine],
    [18, cpuInterface.acknowledge],
    [3, cpuInterface.end],
    [1, cpuInterface.recover],
    [8, cpuInterface.raiseSgi],
    [22, interruptAccess],
    [6, cpuInterface.interfaceControl],
    [10, cpuInterface.interfaceStatus],
    [2, (on) => distributorControl(on, false)],
    [4, anyAccess],
  ];
  const sum = kinds.reduce((total, [weight]) => total + weight, 0);
  while (stream.operations.length < length) {
    if (stream.makeDue()) continue;
    let at = stream.random.below(sum);
    kinds.find(([weight]) => (at -= weight) < 0)?.[1](stream);
  }
  return stream.operations.slice(0, length);
}

function changeLine(stream: Stream): void {
  const { random, options } = stream;
  const level = random.once(2) ? 1 : 0;
  if (random.once(4)) {
    const intid = random.once(8) ? 16 + random.below(16) : random.pick(stream.ppis);
    stream.add({ op: 'line', intid, cpu: random.below(options.cpus), level });
    return;
  }
  const intid = random.once(12) ? 32 + random.below(256) : random.pick(stream.spis);
  stream.add({ op: 'line', intid, cpu: 0, level });
}

/** GICD_CTLR: mostly with all groups on. */
function distributorControl(stream: Stream, first: boolean): void {
  const { random, options } = stream;
  const state = first && options.security ? ({ state: 'el3' } as const) : stream.state();
  const all = options.gic === 'v2' ? 3n : 7n;
  let value = first || !random.once(4) ? all : BigInt(random.below(256));
  // Giving up the second security state cannot be taken back.
  if (options.security && !random.once(20)) value &= ~DS;
  const access = { cpu: stream.cpu(), addr: DIST, len: 4, ...state };
  stream.add({ op: 'write', ...access, value });
  if (random.once(2)) stream.add({ op: 'read', ...access });
}

/** Any aligned address of the frames, any size: holes, identification registers, and words of others. */
function anyAccess(stream: Stream): void {
  const { random, options } = stream;
  const len = random.pick([4, 4, 4, 4, 8, 2, 1]);
  const addr = anyAddress(stream) & ~(len - 1);
  const access = { cpu: stream.cpu(), addr, len, ...stream.state() };
  if (random.once(2)) {
    stream.add({ op: 'read', ...access });
    return;
  }
  const value = BigInt.asUintN(8 * len, random.u64() & random.u64());
  const isControl = options.security && addr < DIST + 4 && addr + len > DIST;
  stream.add({ op: 'write', ...access, value: isControl ? value & ~DS : value });
}

function anyAddress({ random, options: { gic, cpus } }: Stream): number {
  if (gic === 'v2') {
    return random.pick([DIST + random.below(0x1000), CPUIF + random.below(random.once(2) ? 0x100 : 0x2000)]);
  }
  const redist = REDIST + random.below(cpus) * REDIST_STRIDE;
  const frame = random.pick([DIST, redist, redist + 0x10000]);
  return (
    frame + random.pick([random.below(0x80), random.below(0x1000), random.below(0x10000), 0xffd0 + random.below(48)])
  );
}
