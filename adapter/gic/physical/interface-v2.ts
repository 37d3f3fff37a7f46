import { PRIVATE_IRQS, SGIS } from '../config.ts';
import { GLOBAL_CTLR } from '../state/layout.ts';
import { PHYSICAL_BPR, PHYSICAL_CTLR, PHYSICAL_PMR, PHYSICAL_RUNNING } from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { activatePriority, activeLevel, dropPriority, lowestBit } from './active-priorities.ts';
import { levelShift } from './binary-point.ts';
import { G0, G1NS } from './groups.ts';
import type { PhysicalPolicy } from './policy.ts';
import { IDLE } from './reset.ts';
import { FIQ, IRQ, type Inputs } from './inputs.ts';
import { ALL_CPUS, clearCopies, copyWord, setCopies, targetsOf } from './spi-copies.ts';

/** GICC_CTLR as Secure software sees it: IHI 0048, 4.4.1. */
export const GICC_ENABLE_GRP1 = 1 << 1;
const GICC_ACKCTL = 1 << 2;
const GICC_FIQEN = 1 << 3;
export const GICC_CBPR = 1 << 4;
const GICC_EOIMODE_S = 1 << 9;
export const GICC_EOIMODE_NS = 1 << 10;

/** No interrupt of sufficient priority. */
const SPURIOUS = 1023;
/** The most urgent interrupt is of group 1, and AckCtl is 0. */
const OTHER_GROUP = 1022;

/** The CPU interfaces of a GICv2 and which interrupt wins at each. IHI 0048, chapter 3. */
export class InterfaceV2 {
  readonly #policy: PhysicalPolicy;

  constructor(policy: PhysicalPolicy) {
    this.#policy = policy;
  }

  /** Levels of the CPU's inputs. */
  inputs(state: GicState, cpu: number): Inputs {
    const slot = this.#mostUrgent(state, cpu);
    if (slot < 0 || !this.#passesMask(state, cpu, slot) || !this.#preempts(state, cpu, slot)) return 0;
    const group = this.#groupOf(state, slot);
    const control = this.#control(state, cpu);
    if ((state.get(GLOBAL_CTLR) & control & (1 << group)) === 0) return 0;
    return group === 0 && (control & GICC_FIQEN) !== 0 ? FIQ : IRQ;
  }

  /** GICC_HPPIR. @param secure all accesses are, with one security state */
  highestPending(state: GicState, cpu: number, secure: boolean): number {
    const slot = this.#pendingNow(state, cpu, this.#policy.v2.highestObeysMask);
    return this.#tell(state, cpu, this.#visible(state, cpu, slot, secure));
  }

  /** Reading GICC_IAR: the interrupt becomes active. */
  acknowledge(state: GicState, cpu: number, secure: boolean): number {
    return this.#take(state, cpu, this.#visible(state, cpu, this.#pendingNow(state, cpu, true), secure));
  }

  /** What reading GICC_IAR would answer. */
  acknowledgeable(state: GicState, cpu: number, secure: boolean): number {
    const seen = this.#visible(state, cpu, this.#pendingNow(state, cpu, true), secure);
    return seen < 0 || !this.#preempts(state, cpu, seen) ? this.#refusal(seen) : this.#answer(state, cpu, seen);
  }

  /** GICC_AIAR, GICC_AHPPIR: of group 1 alone. */
  acknowledgeGroup1(state: GicState, cpu: number): number {
    return this.#take(state, cpu, this.#onlyGroup1(state, this.#pendingNow(state, cpu, true)));
  }

  acknowledgeableGroup1(state: GicState, cpu: number): number {
    const slot = this.#onlyGroup1(state, this.#pendingNow(state, cpu, true));
    return slot < 0 || !this.#preempts(state, cpu, slot) ? SPURIOUS : this.#answer(state, cpu, slot);
  }

  highestPendingGroup1(state: GicState, cpu: number): number {
    const slot = this.#onlyGroup1(state, this.#pendingNow(state, cpu, this.#policy.v2.highestObeysMask));
    return this.#tell(state, cpu, slot);
  }

  /** Writing GICC_EOIR, or GICC_AEOIR with `group1` for interrupts of that group alone. */
  endOfInterrupt(state: GicState, cpu: number, value: number, secure: boolean, group1 = false): void {
    const intid = value & 0x3ff;
    if (!this.#exists(state, intid) || state.get(state.physicalWord(cpu, PHYSICAL_RUNNING)) === IDLE) return;
    const slot = state.slot(intid, cpu);
    const group = this.#groupOf(state, slot);
    if (group === 0 && (!secure || group1)) return;
    dropPriority(state, cpu, group === 0 ? G0 : G1NS);
    this.settleRunning(state, cpu);
    if (!this.#splitsEnd(state, cpu, secure)) this.#deactivate(state, cpu, slot);
  }

  /** Writing GICC_DIR; ignored where EOImode is 0. */
  deactivate(state: GicState, cpu: number, value: number, secure: boolean): void {
    const intid = value & 0x3ff;
    if (!this.#exists(state, intid) || !this.#splitsEnd(state, cpu, secure)) return;
    const slot = state.slot(intid, cpu);
    if (secure || this.#groupOf(state, slot) === 1) this.#deactivate(state, cpu, slot);
  }

  /** A list register is linked to the interrupt, and ended. IHI 0048, 5.2.2. */
  deactivateLinked(state: GicState, cpu: number, intid: number): void {
    this.#deactivate(state, cpu, state.slot(intid, cpu));
  }

  /** GICC_RPR, 0xff when idle. */
  runningPriority(state: GicState, cpu: number): number {
    return Math.min(0xff, state.get(state.physicalWord(cpu, PHYSICAL_RUNNING)));
  }

  /** The active priorities changed: the running priority follows. */
  settleRunning(state: GicState, cpu: number): void {
    const level = activeLevel(state, cpu);
    state.put(state.physicalWord(cpu, PHYSICAL_RUNNING), level < 0 ? IDLE : level << levelShift(state));
  }

  #control(state: GicState, cpu: number): number {
    return state.get(state.physicalWord(cpu, PHYSICAL_CTLR));
  }

  #exists(state: GicState, intid: number): boolean {
    return intid < PRIVATE_IRQS + state.config.spis;
  }

  #groupOf(state: GicState, slot: number): 0 | 1 {
    return state.bit(state.at.group, slot) ? 1 : 0;
  }

  #splitsEnd(state: GicState, cpu: number, secure: boolean): boolean {
    return (this.#control(state, cpu) & (secure ? GICC_EOIMODE_S : GICC_EOIMODE_NS)) !== 0;
  }

  /** The most urgent interrupt that the groups let through, -1: none. */
  #pendingNow(state: GicState, cpu: number, obeysMask: boolean): number {
    const slot = this.#mostUrgent(state, cpu);
    return slot >= 0 && (!obeysMask || this.#passesMask(state, cpu, slot)) ? slot : -1;
  }

  /** What software of a security state sees of it: the slot, -1 nothing, -2 one of the other group. */
  #visible(state: GicState, cpu: number, slot: number, secure: boolean): number {
    if (slot < 0) return -1;
    if (this.#groupOf(state, slot) === 0) return secure ? slot : -1;
    return secure && (this.#control(state, cpu) & GICC_ACKCTL) === 0 ? -2 : slot;
  }

  #onlyGroup1(state: GicState, slot: number): number {
    return slot >= 0 && this.#groupOf(state, slot) === 1 ? slot : -1;
  }

  #refusal(seen: number): number {
    return seen === -2 ? OTHER_GROUP : SPURIOUS;
  }

  #tell(state: GicState, cpu: number, seen: number): number {
    if (seen < 0) return this.#refusal(seen);
    return this.#policy.v2.highestTellsSender ? this.#answer(state, cpu, seen) : state.intid(seen);
  }

  #take(state: GicState, cpu: number, seen: number): number {
    if (seen < 0 || !this.#preempts(state, cpu, seen)) return this.#refusal(seen);
    const answer = this.#answer(state, cpu, seen);
    this.#activate(state, cpu, seen);
    return answer;
  }

  /** INTID, and for an SGI its first sender in 12:10. */
  #answer(state: GicState, cpu: number, slot: number): number {
    const intid = state.intid(slot);
    if (intid >= SGIS) return intid;
    const sources = state.byte(state.at.source + cpu * 4, intid);
    return intid | (sources === 0 ? 0 : lowestBit(sources) << 10);
  }

  #activate(state: GicState, cpu: number, slot: number): void {
    const level = state.byte(state.at.priority, slot) & this.#groupMask(state, cpu, slot);
    activatePriority(state, cpu, this.#groupOf(state, slot) === 0 ? G0 : G1NS, level >> levelShift(state));
    state.put(state.physicalWord(cpu, PHYSICAL_RUNNING), level);
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const own = this.#policy.v2.spiStatePerCpu ? 1 << cpu : ALL_CPUS;
    setCopies(state, 'active', word, bit, own);
    const intid = state.intid(slot);
    if (intid < SGIS) {
      const source = state.at.source + cpu * 4;
      const senders = state.byte(source, intid);
      state.putByte(source, intid, senders & (senders - 1));
      if ((senders & (senders - 1)) !== 0) return;
    }
    clearCopies(state, 'latch', word, bit, own);
  }

  #deactivate(state: GicState, cpu: number, slot: number): void {
    const { spiStatePerCpu, endsEverywhere } = this.#policy.v2;
    const cpus = spiStatePerCpu && !endsEverywhere ? 1 << cpu : ALL_CPUS;
    clearCopies(state, 'active', slot >> 5, 1 << (slot & 31), cpus);
  }

  #passesMask(state: GicState, cpu: number, slot: number): boolean {
    return state.byte(state.at.priority, slot) < state.get(state.physicalWord(cpu, PHYSICAL_PMR));
  }

  #preempts(state: GicState, cpu: number, slot: number): boolean {
    const running = state.get(state.physicalWord(cpu, PHYSICAL_RUNNING));
    const priority = state.byte(state.at.priority, slot);
    if (this.#policy.v2.preemptsByWholePriority || running === IDLE) return priority < running;
    const mask = this.#groupMask(state, cpu, slot);
    return (priority & mask) < (running & mask);
  }

  /** The bits of an interrupt's priority that preemption compares. */
  #groupMask(state: GicState, cpu: number, slot: number): number {
    const own = this.#groupOf(state, slot) === 1 && (this.#control(state, cpu) & GICC_CBPR) === 0;
    const point = own
      ? state.get(state.physicalWord(cpu, PHYSICAL_BPR + G1NS)) - 1
      : state.get(state.physicalWord(cpu, PHYSICAL_BPR + G0));
    return (0xff << (point + 1)) & 0xff;
  }

  /** Slot of the most urgent interrupt for a CPU, the lowest INTID of several; -1: none. */
  #mostUrgent(state: GicState, cpu: number): number {
    const enabled = state.get(GLOBAL_CTLR) & this.#control(state, cpu) & 3;
    const competes = this.#policy.disabledGroupHidesRest
      ? (state.get(GLOBAL_CTLR) & 3) !== 0 && (this.#control(state, cpu) & 3) !== 0
        ? 3
        : 0
      : enabled;
    if (competes === 0) return -1;
    const { at, config } = state;
    let best = -1;
    let least = 0x100;
    for (let word = cpu; word < at.planeWords; word = word < config.cpus ? config.cpus : word + 1) {
      const wires = state.get(at.lineLevel + word) & ~state.get(at.edge + word);
      const group = state.get(at.group + word);
      let bits =
        state.get(at.enabled + word) &
        (state.get(copyWord(state, 'latch', cpu, word)) | wires) &
        ~state.get(copyWord(state, 'active', cpu, word)) &
        (((competes & 1) !== 0 ? ~group : 0) | ((competes & 2) !== 0 ? group : 0));
      while (bits !== 0) {
        const slot = (word << 5) | lowestBit(bits);
        bits &= bits - 1;
        const priority = state.byte(at.priority, slot);
        if (priority >= least) continue;
        if (word >= config.cpus && (targetsOf(state, slot) & (1 << cpu)) === 0) continue;
        best = slot;
        least = priority;
      }
    }
    return best;
  }
}
