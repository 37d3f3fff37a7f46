import type { Random } from '../../oracle/generate/random.ts';
import type { State } from '../operation.ts';
import type { Stream } from './stream.ts';

type Where = { readonly cpu: number; readonly state?: State };

function read(stream: Stream, where: Where, reg: string): void {
  stream.add({ op: 'sysreg', ...where, reg, rw: 'read' });
}

function write(stream: Stream, where: Where, reg: string, value: bigint): void {
  stream.add({ op: 'sysreg', ...where, reg, rw: 'write', value });
}

function mask(random: Random): bigint {
  return BigInt(random.pick([0xff, 0xff, 0xff, 0xf8, 0xf0, 0xc0, 0xa0, 0x80, 0x40, 0, random.below(256)]));
}

/** CBPR and EOImode; PMHE and others sometimes. */
function control(random: Random): bigint {
  return BigInt(random.once(6) ? random.below(0x10000) : random.pick([0, 0, 0, 1, 2, 3]));
}

export function prepareCpuInterface(stream: Stream): void {
  const { random, options } = stream;
  const states: readonly (State | undefined)[] = options.security ? ['s1', 'ns'] : [undefined];
  for (let cpu = 0; cpu < options.cpus; cpu++) {
    for (const state of states) {
      const where = { cpu, ...(state === undefined ? {} : { state }) };
      if (!random.once(10)) write(stream, where, 'ICC_PMR_EL1', random.once(4) ? mask(random) : 0xffn);
      if (!random.once(10)) write(stream, where, 'ICC_IGRPEN0_EL1', 1n);
      if (!random.once(10)) write(stream, where, 'ICC_IGRPEN1_EL1', 1n);
      if (random.once(3)) write(stream, where, 'ICC_CTLR_EL1', control(random));
      if (random.once(4)) write(stream, where, 'ICC_BPR0_EL1', BigInt(random.below(8)));
      if (random.once(4)) write(stream, where, 'ICC_BPR1_EL1', BigInt(random.below(8)));
    }
    if (options.security && !random.once(6)) write(stream, { cpu, state: 'el3' }, 'ICC_IGRPEN1_EL3', 3n);
  }
}

/** Mostly with its end, which may come any time. */
export function acknowledge(stream: Stream): void {
  const { random } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const group = random.below(2);
  acknowledgeOf(stream, where, group);
  if (random.once(2)) acknowledgeOf(stream, where, 1 - group);
}

function acknowledgeOf(stream: Stream, where: Where, group: number): void {
  const { random, next } = stream;
  read(stream, where, `ICC_IAR${group}_EL1`);
  if (random.once(8)) return;
  stream.later(random.pick([0, 1, 3, 10, 40]), () => {
    const ending = random.once(10) ? { cpu: where.cpu, ...stream.state() } : where;
    const reg = `ICC_EOIR${random.once(16) ? 1 - group : group}_EL1`;
    stream.add({ op: 'sysreg', ...ending, reg, rw: 'write', answerOf: next });
    if (random.once(2)) return;
    stream.later(random.pick([0, 5]), () =>
      stream.add({ op: 'sysreg', ...ending, reg: 'ICC_DIR_EL1', rw: 'write', answerOf: next }),
    );
  });
}

/** The end of an interrupt that is perhaps not active, or of another CPU. */
export function end(stream: Stream): void {
  const { random } = stream;
  const value = BigInt(random.once(6) ? random.below(8192) : stream.intid());
  const reg = random.pick(['ICC_EOIR0_EL1', 'ICC_EOIR1_EL1', 'ICC_DIR_EL1']);
  write(stream, { cpu: stream.cpu(), ...stream.state() }, reg, value);
}

/** A CPU gets out of whatever it is in. */
export function recover(stream: Stream): void {
  const cpu = stream.cpu();
  const states: readonly State[] = ['s1', 'ns'];
  for (const where of stream.options.security ? states.map((state) => ({ cpu, state })) : [{ cpu }]) {
    write(stream, where, 'ICC_AP0R0_EL1', 0n);
    write(stream, where, 'ICC_AP1R0_EL1', 0n);
    write(stream, where, 'ICC_PMR_EL1', 0xffn);
    write(stream, where, 'ICC_IGRPEN0_EL1', 1n);
    write(stream, where, 'ICC_IGRPEN1_EL1', 1n);
  }
}

export function raiseSgi(stream: Stream): void {
  const { random } = stream;
  const intid = BigInt(random.once(6) ? random.below(16) : random.pick(stream.sgis));
  const all = random.once(5) ? 1n << 40n : 0n;
  // Affinities that nobody has, and ranges, at times.
  const far = random.once(10) ? random.u64() & 0xff00_f0ff_00ff_0000n & ~(0xfn << 24n) : 0n;
  const targets = BigInt(random.once(6) ? random.below(0x10000) : random.below(1 << stream.options.cpus));
  const reg = random.pick(['ICC_SGI1R_EL1', 'ICC_SGI1R_EL1', 'ICC_SGI0R_EL1', 'ICC_ASGI1R_EL1']);
  write(stream, { cpu: stream.cpu(), ...stream.state() }, reg, (intid << 24n) | all | far | targets);
}

export function interfaceControl(stream: Stream): void {
  const { random, options } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const choices: readonly (() => void)[] = [
    () => write(stream, where, 'ICC_PMR_EL1', mask(random)),
    () => write(stream, where, 'ICC_PMR_EL1', mask(random)),
    () => write(stream, where, `ICC_BPR${random.below(2)}_EL1`, BigInt(random.below(random.once(6) ? 256 : 8))),
    () => write(stream, where, 'ICC_CTLR_EL1', control(random)),
    () => write(stream, where, `ICC_IGRPEN${random.below(2)}_EL1`, random.once(4) ? 0n : 1n),
    () => write(stream, where, `ICC_IGRPEN${random.below(2)}_EL1`, random.once(8) ? random.u64() & 0xffn : 1n),
    () => activePriorities(stream, where),
    () => write(stream, where, 'ICC_SRE_EL1', BigInt(random.below(16))),
    () => {
      if (options.security) elevated(stream, { ...where, state: random.once(10) ? 'ns' : 'el3' });
    },
  ];
  random.pick(choices)();
}

/** Priorities that are active without an interrupt: mostly none, to get out of it again. */
function activePriorities(stream: Stream, where: Where): void {
  const { random } = stream;
  const reg = `ICC_AP${random.below(2)}R${random.once(8) ? 1 + random.below(3) : 0}_EL1`;
  write(stream, where, reg, random.once(5) ? BigInt((1 << random.below(32)) >>> 0) : 0n);
}

function elevated(stream: Stream, where: Where): void {
  const { random } = stream;
  if (random.once(2)) write(stream, where, 'ICC_IGRPEN1_EL3', BigInt(random.pick([3, 3, 3, 2, 1, 0])));
  else write(stream, where, 'ICC_CTLR_EL3', BigInt(random.once(4) ? random.below(0x100) : random.below(32)));
}

const STATUS = [
  ...['ICC_PMR_EL1', 'ICC_BPR0_EL1', 'ICC_BPR1_EL1', 'ICC_CTLR_EL1', 'ICC_SRE_EL1', 'ICC_IGRPEN0_EL1'],
  ...['ICC_IGRPEN1_EL1', 'ICC_AP0R0_EL1', 'ICC_AP1R0_EL1', 'ICC_AP0R1_EL1', 'ICC_AP1R3_EL1'],
];
const STATUS_OFTEN = ['ICC_RPR_EL1', 'ICC_HPPIR0_EL1', 'ICC_HPPIR1_EL1'];
const STATUS_EL3 = ['ICC_CTLR_EL3', 'ICC_IGRPEN1_EL3', 'ICC_SRE_EL3'];

export function interfaceStatus(stream: Stream): void {
  const { random, options } = stream;
  const where = { cpu: stream.cpu(), ...stream.state() };
  const names = random.once(2) ? STATUS_OFTEN : options.security && random.once(4) ? STATUS_EL3 : STATUS;
  read(stream, where, random.pick(names));
}
