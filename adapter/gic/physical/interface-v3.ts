import { PRIVATE_IRQS } from '../config.ts';
import { derivePending } from '../delivery/pending.ts';
import {
  PHYSICAL_CTLR,
  PHYSICAL_CTLR_EL3,
  PHYSICAL_CTLR_S,
  PHYSICAL_GICR_CTLR,
  PHYSICAL_WAKER,
} from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { activatePriority, activeGroup, dropPriority, lowestBit } from './active-priorities.ts';
import { leastBinaryPoint, levelShift } from './binary-point.ts';
import { SCR_FIQ, SCR_IRQ, type CpuContext } from './context.ts';
import { forwarded, G0, G1NS, G1S, groupOf, ofGroups, oneSecurityState, type Group } from './groups.ts';
import { FIQ, IRQ, type Inputs } from './inputs.ts';
import type { PhysicalPolicy } from './policy.ts';
import { canPreempt, groupMask, isEnabled, runningPriority } from './preemption-v3.ts';
import { rememberedSignal, rememberedWinner, settleSignal, settleSlot } from './remembered-winner.ts';

/** ICC_CTLR_EL1.EOImode. */
export const ICC_EOIMODE = 1 << 1;
/** ICC_CTLR_EL3.EOImode_EL3. */
export const ICC_EOIMODE_EL3 = 1 << 2;

/** Special INTIDs: IHI 0069, 2.2.1. */
const FOR_SECURE = 1020;
const FOR_NONSECURE = 1021;
const SPURIOUS = 1023;

const PROCESSOR_SLEEP = 1 << 1;
/** GICR_CTLR.DPG0, DPG1NS and DPG1S, by group. */
const DPG: Readonly<Record<Group, number>> = { [G0]: 1 << 24, [G1NS]: 1 << 25, [G1S]: 1 << 26 };

/** The CPU interfaces of a GICv3 and which interrupt wins at each. IHI 0069, chapter 4. */
export class InterfaceV3 {
  readonly #state: GicState;
  readonly #policy: PhysicalPolicy;
  /** Smallest ICC_BPR0_EL1; that of the Non-secure ICC_BPR1_EL1 is one more. */
  readonly leastBinaryPoint: number;

  constructor(state: GicState, policy: PhysicalPolicy) {
    this.#state = state;
    this.#policy = policy;
    this.leastBinaryPoint = leastBinaryPoint(state.hardware.priorityBits);
  }

  /** Levels of the CPU's inputs, seen from where it runs. IHI 0069, 4.6.2. */
  inputs(cpu: number, { el, secure }: CpuContext): Inputs {
    const group = this.#signalledGroup(cpu);
    if (group < 0) return 0;
    if (group === G0) return FIQ;
    if (group === G1S) return !secure || el === 3 ? FIQ : IRQ;
    return secure ? FIQ : IRQ;
  }

  #signalledGroup(cpu: number): Group | -1 {
    const state = this.#state;
    if (this.#policy.remembersWinner) return rememberedSignal(state, cpu);
    const slot = this.#mostUrgent(cpu);
    return slot < 0 || !canPreempt(state, cpu, slot) ? -1 : groupOf(state, slot);
  }

  /** ICC_HPPIR0_EL1 and ICC_HPPIR1_EL1; with `mask` what reading ICC_IARn_EL1 would answer. */
  highestPending(cpu: number, which: 0 | 1, context: CpuContext, mask = false): number {
    const slot = this.#visible(cpu, which, context, mask);
    return slot < 0 ? ~slot : this.#state.intid(slot);
  }

  /** Reading ICC_IARn_EL1: the interrupt becomes active. */
  acknowledge(cpu: number, which: 0 | 1, context: CpuContext): number {
    const slot = this.#visible(cpu, which, context, true);
    if (slot < 0) return ~slot;
    this.#activate(cpu, slot);
    return this.#state.intid(slot);
  }

  /** Writing ICC_EOIRn_EL1. */
  endOfInterrupt(cpu: number, which: 0 | 1, value: number, context: CpuContext): void {
    const intid = value & 0xff_ffff;
    if (!this.#exists(intid)) return;
    const group = activeGroup(this.#state, cpu);
    if (group < 0 || !this.#mayEnd(group as Group, which, context)) return;
    dropPriority(this.#state, cpu, group as Group);
    this.signal(cpu);
    if (!this.#splitsEnd(cpu, context)) this.#deactivate(cpu, intid);
  }

  /** Writing ICC_DIR_EL1; ignored where EOImode is 0. */
  deactivate(cpu: number, value: number, context: CpuContext): void {
    const intid = value & 0xff_ffff;
    if (!this.#exists(intid) || !this.#splitsEnd(cpu, context)) return;
    if (this.#mayDeactivate(groupOf(this.#state, this.#state.slot(intid, cpu)), context)) this.#deactivate(cpu, intid);
  }

  /** A list register is linked to the interrupt, and ended. IHI 0069, 6.1. */
  deactivateLinked(cpu: number, intid: number): void {
    this.#deactivate(cpu, intid);
  }

  /** Priority of the most urgent active interrupt, 0xff when idle; unshifted. */
  runningPriority(cpu: number): number {
    return runningPriority(this.#state, cpu);
  }

  /** A CPU interface of this group is enabled. */
  enabled(cpu: number, group: Group): boolean {
    return isEnabled(this.#state, cpu, group);
  }

  #exists(intid: number): boolean {
    return intid < PRIVATE_IRQS + this.#state.config.spis;
  }

  /** Slot that ICC_HPPIRn tells or ICC_IARn takes; the complement of a special INTID where there is none. */
  #visible(cpu: number, which: 0 | 1, { el, secure }: CpuContext, mask: boolean): number {
    const state = this.#state;
    const slot = this.#mostUrgent(cpu);
    if (slot < 0 || !this.enabled(cpu, groupOf(state, slot))) return ~SPURIOUS;
    if (mask && !canPreempt(state, cpu, slot)) return ~SPURIOUS;
    const group = groupOf(state, slot);
    const isSecure = !oneSecurityState(state) && group !== G1NS;
    if (which === 1) {
      if (group === G0) return ~SPURIOUS;
      if (isSecure ? !secure : el !== 3 && secure) return ~SPURIOUS;
      return slot;
    }
    if (isSecure && !secure) return ~SPURIOUS;
    if (group === G0) return slot;
    if (el !== 3) return ~SPURIOUS;
    return isSecure ? ~FOR_SECURE : ~FOR_NONSECURE;
  }

  #activate(cpu: number, slot: number): void {
    const state = this.#state;
    const { at } = state;
    const group = groupOf(state, slot);
    const level = (state.byte(at.priority, slot) & groupMask(state, cpu, group)) >> levelShift(state);
    activatePriority(state, cpu, group, level);
    state.putBit(at.active, slot, true);
    state.putBit(at.soft, slot, false);
    derivePending(state, slot >> 5);
    this.settle(slot);
  }

  #deactivate(cpu: number, intid: number): void {
    const slot = this.#state.slot(intid, cpu);
    this.#state.putBit(this.#state.at.active, slot, false);
    this.settle(slot);
  }

  /** The interface of a CPU changed, or the CPU its exception level. */
  signal(cpu: number): void {
    if (this.#policy.remembersWinner) settleSignal(this.#state, cpu);
  }

  /** An interrupt changed by other means than a register of the frames. */
  settle(slot: number): void {
    if (this.#policy.remembersWinner) settleSlot(this.#state, slot);
  }

  /** Which register ends the most urgent active group, and from where. */
  #mayEnd(group: Group, which: 0 | 1, { el, secure }: CpuContext): boolean {
    if ((group === G0) !== (which === 0)) return false;
    if (group === G1NS) return el === 3 || !secure;
    return secure || (group === G0 && oneSecurityState(this.#state));
  }

  /** ICC_DIR_EL1, by the group of the interrupt: IHI 0069, 12.2.12. */
  #mayDeactivate(group: Group, { el, secureBelow, scr }: CpuContext): boolean {
    if (el === 3) return true;
    const oneState = oneSecurityState(this.#state);
    const irqToEl3 = (scr & SCR_IRQ) !== 0;
    const fiqToEl3 = (scr & SCR_FIQ) !== 0;
    if (el === 2 || !secureBelow) return (oneState && group === G0 && !fiqToEl3) || (group === G1NS && !irqToEl3);
    return group === G0 ? !fiqToEl3 : (group === G1NS || !oneState) && !irqToEl3;
  }

  #splitsEnd(cpu: number, { el, secureBelow }: CpuContext): boolean {
    const state = this.#state;
    if (el === 3) return (state.get(state.physicalWord(cpu, PHYSICAL_CTLR_EL3)) & ICC_EOIMODE_EL3) !== 0;
    return (state.get(state.physicalWord(cpu, secureBelow ? PHYSICAL_CTLR_S : PHYSICAL_CTLR)) & ICC_EOIMODE) !== 0;
  }

  /** Slot of the most urgent interrupt for a CPU, the lowest INTID of several; -1: none. */
  #mostUrgent(cpu: number): number {
    const state = this.#state;
    const { at, config } = state;
    const { disabledGroupHidesRest, sleepHolds, remembersWinner } = this.#policy;
    if (remembersWinner) return rememberedWinner(state, cpu);
    if (sleepHolds && (state.get(state.physicalWord(cpu, PHYSICAL_WAKER)) & PROCESSOR_SLEEP) !== 0) return -1;
    let enabled = 7;
    if (!disabledGroupHidesRest) {
      enabled = (this.enabled(cpu, G0) ? 1 : 0) | (this.enabled(cpu, G1S) ? 2 : 0) | (this.enabled(cpu, G1NS) ? 4 : 0);
    }
    let best = -1;
    // 0xff is no priority an interrupt can be signalled with.
    let least = 0xff;
    for (let word = cpu; word < at.planeWords; word = word < config.cpus ? config.cpus : word + 1) {
      let bits = state.get(at.enabled + word) & state.get(at.pending + word) & ~state.get(at.active + word);
      if (bits === 0) continue;
      bits &= forwarded(state, word);
      if (enabled !== 7) bits &= ofGroups(state, word, enabled);
      while (bits !== 0) {
        const slot = (word << 5) | lowestBit(bits);
        bits &= bits - 1;
        const priority = state.byte(at.priority, slot);
        if (priority >= least || (word >= config.cpus && !this.#goesTo(cpu, slot))) continue;
        best = slot;
        least = priority;
      }
    }
    return best;
  }

  /** An SPI goes to the CPU of its affinity, or to the first that takes part. */
  #goesTo(cpu: number, slot: number): boolean {
    const state = this.#state;
    if (!this.#policy.routesOneOfN || state.get(state.at.route + slot) >= 0) {
      return state.get(state.at.target + slot) === cpu;
    }
    const group = groupOf(state, slot);
    for (let one = 0; one < cpu; one++) if (this.#takesPart(one, group)) return false;
    return this.#takesPart(cpu, group);
  }

  /** A CPU that is awake, with its group enabled, and has not declined (GICR_CTLR.DPGn): IHI 0069, 3.1.1. */
  #takesPart(cpu: number, group: Group): boolean {
    const state = this.#state;
    return (
      (state.get(state.physicalWord(cpu, PHYSICAL_WAKER)) & PROCESSOR_SLEEP) === 0 &&
      (state.get(state.physicalWord(cpu, PHYSICAL_GICR_CTLR)) & DPG[group]) === 0 &&
      this.enabled(cpu, group)
    );
  }
}
