import { MAX_CPUS_V2, SGIS } from '../config.ts';
import type { Controller } from '../controller.ts';
import { gatherOddBits } from '../mmio/handlers/irq-config.ts';
import type { RegisterRow } from '../registers/row.ts';
import { GLOBAL_CTLR } from '../state/layout.ts';
import {
  PHYSICAL_BPR,
  PHYSICAL_CTLR,
  PHYSICAL_GICR_CTLR,
  PHYSICAL_IGRPEN,
  PHYSICAL_PENDBASER_LO,
  PHYSICAL_PMR,
  PHYSICAL_PROPBASER_LO,
  PHYSICAL_RUNNING,
  PHYSICAL_WAKER,
} from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { activeLevel, aprWord, lowestBit } from './active-priorities.ts';
import { G0, G1NS } from './groups.ts';
import { ICC_EOIMODE } from './interface-v3.ts';
import { ICC_CBPR } from './preemption-v3.ts';
import { settleAll } from './remembered-winner.ts';
import { cpuWithAffinity, IDLE } from './reset.ts';
import { ALL_CPUS, copyWord, presentCpus, setCopies, targetsOf, type Copied } from './spi-copies.ts';

/*
 * What was read from a target's registers, put into the state of a physical controller with one security state. First
 * the registers, in any order (`loadRegister`, `loadInterfaceRegister`), then what follows from them (`settleLoaded`).
 * No register tells whether a level-sensitive interrupt is pending by its wire or by its latch: the wire is taken to be
 * high. Nor does one tell for which CPUs of several an SPI is pending or active, where each has it apart.
 */

/** `lo`, and `hi` for registers of 64 bits, as they were read `offset` bytes from the row's start in the bank of `cpu`. */
type Load = (state: GicState, cpu: number, offset: number, lo: number, hi: number) => void;

/** A word of the CPU's own. */
const own =
  (word: number, mask = -1): Load =>
  (state, cpu, _offset, lo) =>
    state.put(state.physicalWord(cpu, word), lo & mask);

const ownPair =
  (low: number): Load =>
  (state, cpu, _offset, lo, hi) => {
    state.put(state.physicalWord(cpu, low), lo);
    state.put(state.physicalWord(cpu, low + 1), hi);
  };

const plane =
  (name: 'enabled' | 'pending' | 'active' | 'group' | 'modifier'): Load =>
  (state, cpu, offset, lo) =>
    state.put(state.at[name] + state.planeWord(offset << 3, cpu), lo);

const activePriorities =
  (group: typeof G0 | typeof G1NS): Load =>
  (state, cpu, offset, lo) =>
    state.put(aprWord(state, cpu, group, offset >> 2), lo);

/** RWP is no state. */
const CTLR_RWP = 1 << 31;
const GICR_CTLR_RWP = 1 << 3;
const WAKER_BITS = 6;

const BY_PROPERTY: Readonly<Partial<Record<NonNullable<RegisterRow['property']>, Load>>> = {
  enabled: plane('enabled'),
  pending: plane('pending'),
  active: plane('active'),
  group: plane('group'),
  groupModifier: plane('modifier'),
  priority: (state, cpu, offset, lo) => state.put(state.at.priority + (state.slot(offset, cpu) >> 2), lo),
  config(state, cpu, offset, lo) {
    const intid = offset << 2;
    const index = state.at.edge + state.planeWord(intid & ~31, cpu);
    // Those of SGIs are fixed, whatever a controller shows of them.
    if (intid < SGIS) return;
    const half = 0xffff << (intid & 16);
    state.put(index, (state.get(index) & ~half) | (gatherOddBits(lo) << (intid & 16)));
  },
  target(state, cpu, offset, lo) {
    // With one CPU it reads as zero, and that CPU is meant.
    if (state.config.gic !== 'v2' || state.config.cpus === 1) return;
    const slot = state.slot(offset, cpu);
    state.put(state.at.route + (slot >> 2), lo);
    for (let one = slot; one < slot + 4; one++) {
      const present = state.byte(state.at.route, one) & presentCpus(state);
      if (state.owner(one) < 0) state.put(state.at.target + one, present === 0 ? -1 : lowestBit(present));
    }
  },
  route(state, cpu, offset, lo, hi) {
    const slot = state.slot(offset >> 3, cpu);
    state.put(state.at.route + slot, lo);
    state.put(state.at.routeHigh + slot, hi);
    state.put(state.at.target + slot, cpuWithAffinity(state, lo, hi & 0xff));
  },
  source: (state, cpu, offset, lo) => state.put(state.at.source + cpu * (SGIS / 4) + (offset >> 2), lo),
};

const nsacr: Load = (state, cpu, offset, lo) => state.put(state.at.access + (state.slot(offset << 2, cpu) >> 4), lo);

const BY_NAME: Readonly<Record<string, Load>> = {
  GICD_CTLR: (state, _cpu, _offset, lo) => state.put(GLOBAL_CTLR, state.config.gic === 'v2' ? lo & 3 : lo & ~CTLR_RWP),
  GICD_NSACR: nsacr,
  GICR_NSACR: nsacr,
  GICR_CTLR: own(PHYSICAL_GICR_CTLR, ~(CTLR_RWP | GICR_CTLR_RWP)),
  GICR_WAKER: own(PHYSICAL_WAKER, WAKER_BITS),
  GICR_PROPBASER: ownPair(PHYSICAL_PROPBASER_LO),
  GICR_PENDBASER: ownPair(PHYSICAL_PENDBASER_LO),
  GICC_CTLR: own(PHYSICAL_CTLR),
  GICC_PMR: own(PHYSICAL_PMR),
  GICC_BPR: own(PHYSICAL_BPR + G0),
  GICC_ABPR: own(PHYSICAL_BPR + G1NS),
  GICC_RPR: own(PHYSICAL_RUNNING),
  GICC_APR: activePriorities(G0),
  GICC_NSAPR: activePriorities(G1NS),
};

function loadOf({ name, property, access }: RegisterRow): Load | undefined {
  // A clear register shows what its set register does.
  if (access === 'w1c' || access === 'wo') return undefined;
  return BY_NAME[name] ?? (property === null ? undefined : BY_PROPERTY[property]);
}

/** Whether a register is state of a physical controller; others are commands, constants, or follow from these. */
export function isLoaded(row: RegisterRow): boolean {
  return row.handlers !== undefined && loadOf(row) !== undefined;
}

/** Takes over what a register read as. @param offset bytes from the row's start @param cpu whose bank */
export function loadRegister(
  { state }: Controller,
  row: RegisterRow,
  cpu: number,
  offset: number,
  lo: number,
  hi: number,
): void {
  loadOf(row)?.(state, cpu, offset, lo, hi);
}

const INTERFACE: Readonly<Record<string, Load>> = {
  ICC_PMR_EL1: own(PHYSICAL_PMR),
  ICC_BPR0_EL1: own(PHYSICAL_BPR + G0),
  ICC_BPR1_EL1(state, cpu, _offset, lo) {
    // While ICC_BPR0_EL1 serves both groups, the other one is hidden.
    if ((state.get(state.physicalWord(cpu, PHYSICAL_CTLR)) & ICC_CBPR) !== 0) return;
    state.put(state.physicalWord(cpu, PHYSICAL_BPR + G1NS), lo);
  },
  ICC_CTLR_EL1: own(PHYSICAL_CTLR, ICC_CBPR | ICC_EOIMODE),
  ICC_IGRPEN0_EL1: own(PHYSICAL_IGRPEN + G0, 1),
  ICC_IGRPEN1_EL1: own(PHYSICAL_IGRPEN + G1NS, 1),
};

/** Registers of GICv3's CPU interface that are its state. ICC_CTLR_EL1 first: it says what another one means. */
export const LOADED_INTERFACE: readonly string[] = [
  'ICC_CTLR_EL1',
  ...Object.keys(INTERFACE).filter((name) => name !== 'ICC_CTLR_EL1'),
  ...['ICC_AP0R', 'ICC_AP1R'].flatMap((name) => [0, 1, 2, 3].map((n) => `${name}${n}_EL1`)),
];

/** Takes over what a system register of a CPU's interface read as at EL1. GICv3. */
export function loadInterfaceRegister({ state }: Controller, name: string, cpu: number, value: number): void {
  const priorities = /^ICC_AP([01])R([0-3])_EL1$/.exec(name);
  if (priorities !== null) {
    state.put(aprWord(state, cpu, priorities[1] === '0' ? G0 : G1NS, Number(priorities[2])), value);
  } else INTERFACE[name]?.(state, cpu, 0, value, 0);
}

/**
 * SPIs of a GICv2 of which it is not known for which CPUs they are pending (`latch`) or active: a bit a slot, in the
 * order of plane words. They become known again when they are so for none.
 */
export interface Guesses {
  readonly latch: Int32Array;
  readonly active: Int32Array;
}

export function noGuesses({ at }: GicState): Guesses {
  return { latch: new Int32Array(at.planeWords), active: new Int32Array(at.planeWords) };
}

/**
 * Brings what follows from the registers up to date with them.
 * @param guesses what was guessed is added, what is known again taken away
 * @param latchesSeen what has been latched since the last time was by wires alone: for the targets there are
 */
export function settleLoaded({ state, profile }: Controller, guesses: Guesses, latchesSeen = false): void {
  const { at, config } = state;
  const isV2 = config.gic === 'v2';
  for (let word = 0; word < at.planeWords; word++) {
    const edge = state.get(at.edge + word);
    const pending = state.get(at.pending + word) | (isV2 && word < config.cpus ? sgisSent(state, word) : 0);
    state.put(at.pending + word, pending);
    state.put(at.lineLevel + word, pending & ~edge);
    state.put(at.soft + word, pending & edge);
    if (isV2 && word >= config.cpus)
      settleWord(state, word, profile.policy?.v2.spiStatePerCpu === true, guesses, latchesSeen);
  }
  for (let cpu = 0; isV2 && cpu < config.cpus; cpu++) {
    const running = state.physicalWord(cpu, PHYSICAL_RUNNING);
    // An idle interface reads as one that runs at the lowest priority.
    if (state.get(running) === 0xff && activeLevel(state, cpu) < 0) state.put(running, IDLE);
  }
  if (!isV2 && profile.policy?.remembersWinner === true) settleAll(state);
}

/** An SGI is pending while a sender is left. */
function sgisSent(state: GicState, cpu: number): number {
  let bits = 0;
  for (let sgi = 0; sgi < SGIS; sgi++) if (state.byte(state.at.source + cpu * 4, sgi) !== 0) bits |= 1 << sgi;
  return bits;
}

/** What CPUs have apart of SPIs: what was there before and still is stays whose it was. */
function settleWord(state: GicState, word: number, apart: boolean, guesses: Guesses, latchesSeen: boolean): void {
  const { at } = state;
  const latched = settleCopies(state, 'latch', word, state.get(at.soft + word), apart);
  const active = settleCopies(state, 'active', word, state.get(at.active + word), apart);
  if (!apart) return;
  guesses.latch[word] = ((guesses.latch[word] as number) | (latchesSeen ? 0 : latched)) & state.get(at.soft + word);
  guesses.active[word] = ((guesses.active[word] as number) | active) & state.get(at.active + word);
}

/** @returns the bits that were not there before: their CPUs are a guess */
function settleCopies(state: GicState, what: Copied, word: number, union: number, apart: boolean): number {
  let known = 0;
  for (let cpu = 0; cpu < MAX_CPUS_V2; cpu++) {
    const copy = copyWord(state, what, cpu, word);
    const kept = state.get(copy) & union;
    state.put(copy, kept);
    known |= kept;
  }
  const fresh = union & ~known;
  for (let rest = fresh; rest !== 0; rest &= rest - 1) {
    const targets = apart ? targetsOf(state, (word << 5) | lowestBit(rest)) : ALL_CPUS;
    setCopies(state, what, word, rest & -rest, targets === 0 ? ALL_CPUS : targets);
  }
  return fresh;
}
