import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Core, CoreExit } from '../../adapter/guest/simulated/core/core.ts';
import * as L from '../../adapter/guest/simulated/core/layout.ts';
import {
  CODE,
  DATA,
  FILLER,
  MAX_WORDS,
  NZCV,
  PAGE,
  PC,
  SP,
  START,
  STATE_WORDS,
  STEPS,
  V,
  type Case,
  type End,
  type Outcome,
} from './case.ts';
import type { Executor } from './executor.ts';

const MODULE = fileURLToPath(new URL('../../dist/core.wasm', import.meta.url));

const VCPU = 0;
const WORD = 0xffff_ffff_ffff_ffffn;

/*
 * Translation tables, 4 KiB granule, 48 bits: CODE and DATA at their own addresses, everything else a fault. With the
 * MMU off, memory would be Device memory, where unaligned accesses fault.
 *
 *     TABLES + 0x0000  level 0    entry 0 to level 1
 *              0x1000  level 1    entry 1 (0x4000_0000) to level 2
 *              0x2000  level 2    entry 0 to level 3
 *              0x3000  level 3    the two pages
 */
const TABLES = 0x5000_0000;
const TABLE = 3n;
const PAGE_DESCRIPTOR = 3n | (1n << 10n); // access flag; MAIR attribute 0
const ALL_READ = 3n << 6n;
const ALL_WRITE = 1n << 6n;
const NORMAL = 0xffn;
/** T0SZ 16; TTBR1 is not walked (EPD1); no tags. */
const TRANSLATION = 16n | (16n << 16n) | (1n << 23n) | (2n << 32n);
/** M, nTWI, nTWE; as in Unicorn, EL0 has none of UMA, DZE, UCT and UCI. */
const CONTROL = 1n | (1n << 16n) | (1n << 18n);
const FPEN = 3n << 20n;
/** No memory is there: whatever arrives is seen by PC. */
const VECTORS = 0x6000_0000n;

/** PSTATE: DAIF, and the mode. */
const MASKED = 0x3c0;
const EL1H = 5;

/** Exception classes of ESR_EL1.EC. */
const ENDS_BY_CLASS: ReadonlyMap<number, End> = new Map([
  [0x00, 'undefined'],
  [0x15, 'svc'],
  [0x3c, 'brk'],
  [0x24, 'abort'],
  [0x25, 'abort'],
  [0x18, 'undefined'], // a system instruction that is trapped, which Unicorn calls undefined
]);
const ALIGNMENT_FAULT = 0x21n;

interface Machine {
  readonly core: Core;
  readonly code: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * The simulated guest's own core, as the build compiled it.
 * @throws the error of reading dist/core.wasm, where it has not been built
 */
export async function startCore(): Promise<Executor> {
  const module = new WebAssembly.Module(await readFile(MODULE));
  const core = await Core.create(module, 1, 8 * PAGE);
  core.ram.add({ base: CODE, size: PAGE, writable: true });
  core.ram.add({ base: DATA, size: PAGE, writable: true });
  core.ram.add({ base: TABLES, size: 4 * PAGE, writable: true });
  const physical = (base: number, length: number): Uint8Array => {
    const bytes = core.ram.physical(base, length);
    if (!bytes) throw new RangeError(`no memory at 0x${base.toString(16)}`);
    return bytes;
  };
  writeTables(physical(TABLES, 4 * PAGE));
  const machine = { core, code: physical(CODE, PAGE), data: physical(DATA, PAGE) };
  machine.code.fill(FILLER);
  return {
    name: 'simulated core',
    run: (batch) => Promise.resolve(batch.map((one) => runCase(machine, one))),
    close: () => Promise.resolve(),
  };
}

function writeTables(tables: Uint8Array): void {
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const base = BigInt(TABLES);
  view.setBigUint64(0, (base + 0x1000n) | TABLE, true);
  view.setBigUint64(0x1000 + 8, (base + 0x2000n) | TABLE, true);
  view.setBigUint64(0x2000, (base + 0x3000n) | TABLE, true);
  const page = (address: number, permission: bigint): void => {
    view.setBigUint64(0x3000 + 8 * ((address / PAGE) % 512), BigInt(address) | PAGE_DESCRIPTOR | permission, true);
  };
  page(CODE, ALL_READ);
  page(DATA, ALL_WRITE);
}

function prepare({ core, code, data }: Machine, { words, level, state, memory }: Case): void {
  core.resetVcpu(VCPU);
  core.setWord(VCPU, L.TTBR0, BigInt(TABLES));
  core.setWord(VCPU, L.TCR, TRANSLATION);
  core.setWord(VCPU, L.MAIR, NORMAL);
  core.setWord(VCPU, L.CPACR, FPEN);
  core.setWord(VCPU, L.VBAR, VECTORS);
  core.setWord(VCPU, L.SCTLR, CONTROL);
  core.setPstate(VCPU, Number(state[NZCV]) + MASKED + (level === 0 ? 0 : EL1H));
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (let n = 0; n < MAX_WORDS; n++) view.setUint32(START - CODE + 4 * n, words[n] ?? FILLER, true);
  data.set(memory);
  for (let n = 0; n < 31; n++) core.setX(VCPU, n, state[n] ?? 0n);
  core.setSp(VCPU, state[SP] ?? 0n);
  core.setPc(VCPU, BigInt(START));
  for (let n = 0; n < 32; n++) {
    core.setV(VCPU, n, (state[V + 2 * n] ?? 0n) | ((state[V + 2 * n + 1] ?? 0n) << 64n));
  }
}

function runCase(machine: Machine, one: Case): Outcome {
  const { core, data } = machine;
  prepare(machine, one);
  const { end, address } = execute(core, BigInt(START + 4 * one.words.length));
  const state = new BigUint64Array(STATE_WORDS);
  for (let n = 0; n < 31; n++) state[n] = core.x(VCPU, n);
  state[SP] = core.spOf(VCPU, one.level);
  state[PC] = end === 'left' || end === 'limit' ? core.pc(VCPU) : core.word(VCPU, L.ELR);
  state[NZCV] = BigInt(core.pstate(VCPU) & 0xf000_0000) & 0xf000_0000n;
  for (let n = 0; n < 32; n++) {
    const value = core.v(VCPU, n);
    state[V + 2 * n] = value & WORD;
    state[V + 2 * n + 1] = value >> 64n;
  }
  const isSame = Buffer.compare(data, one.memory) === 0;
  return { end, address, state, memory: isSame ? one.memory : data.slice() };
}

function execute(core: Core, behind: bigint): { readonly end: End; readonly address: bigint } {
  for (let n = 0; n < STEPS; n++) {
    const pc = core.pc(VCPU);
    if (pc < BigInt(START) || pc >= behind) return { end: 'left', address: 0n };
    core.run(1);
    // Semihosting is not there: without a debugger, HLT is undefined.
    if (core.exit === CoreExit.Hlt) core.answerUndefined();
    else if (core.exit === CoreExit.Mmio || core.exit === CoreExit.SystemRegister) return { end: 'other', address: 0n };
    if (core.pc(VCPU) === VECTORS + 0x200n || core.pc(VCPU) === VECTORS + 0x400n) return exceptionOf(core);
  }
  const pc = core.pc(VCPU);
  return { end: pc < BigInt(START) || pc >= behind ? 'left' : 'limit', address: 0n };
}

function exceptionOf(core: Core): { readonly end: End; readonly address: bigint } {
  const syndrome = core.word(VCPU, L.ESR);
  const end = ENDS_BY_CLASS.get(Number(syndrome >> 26n)) ?? 'other';
  if (end !== 'abort') return { end, address: 0n };
  if ((syndrome & 0x3fn) === ALIGNMENT_FAULT) return { end: 'alignment', address: 0n };
  return { end, address: core.word(VCPU, L.FAR) };
}
