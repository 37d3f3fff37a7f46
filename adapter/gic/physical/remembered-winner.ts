import { PRIVATE_IRQS } from '../config.ts';
import { PHYSICAL_SIGNALLED, PHYSICAL_WINNER } from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { lowestBit } from './active-priorities.ts';
import { forwarded, groupOf, type Group } from './groups.ts';
import { canPreempt } from './preemption-v3.ts';

/*
 * QEMU's GICv3 remembers the most urgent interrupt of each CPU and what it signals, and looks again only at interrupts
 * that a change concerns, and signals only where it looked. The result is what a search of all would find, but for changes
 * after which it does not look. Two words of each CPU: the winner, priority in 23:16, slot in 15:0; and the group that is
 * signalled, plus 1.
 */

const NO_SLOT = 0xffff;
const NO_PRIORITY = 0xff;
export const NO_WINNER = (NO_PRIORITY << 16) | NO_SLOT;

/** The group that is signalled to a CPU, -1: none. */
export function rememberedSignal(state: GicState, cpu: number): Group | -1 {
  return (state.get(state.physicalWord(cpu, PHYSICAL_SIGNALLED)) - 1) as Group | -1;
}

/** A CPU's interface looks at its remembered interrupt again. */
export function settleSignal(state: GicState, cpu: number): void {
  const slot = rememberedWinner(state, cpu);
  const signalled = slot >= 0 && canPreempt(state, cpu, slot) ? groupOf(state, slot) + 1 : 0;
  state.put(state.physicalWord(cpu, PHYSICAL_SIGNALLED), signalled);
}

/** Slot of the remembered interrupt, -1: none. */
export function rememberedWinner(state: GicState, cpu: number): number {
  const word = state.get(state.physicalWord(cpu, PHYSICAL_WINNER));
  return word >> 16 === NO_PRIORITY ? -1 : word & NO_SLOT;
}

/** Private interrupts of a CPU changed. */
export function settlePrivate(state: GicState, cpu: number): void {
  const better = offerWord(state, cpu, cpu);
  const winner = rememberedWinner(state, cpu);
  // The others' interrupts are looked at as well then, but not what is signalled to them.
  if (!better && winner >= 0 && winner < state.config.cpus * PRIVATE_IRQS) searchAll(state);
  settleSignal(state, cpu);
}

/** SPIs of a plane word changed, those in `bits`. */
export function settleShared(state: GicState, word: number, bits: number): void {
  const { at, config } = state;
  const candidates = candidatesOf(state, word) & bits;
  for (let rest = candidates; rest !== 0; rest &= rest - 1) {
    const slot = (word << 5) | lowestBit(rest);
    const cpu = state.get(at.target + slot);
    if (cpu >= 0) offer(state, cpu, slot);
  }
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    const remembered = state.get(state.physicalWord(cpu, PHYSICAL_WINNER));
    const slot = remembered & NO_SLOT;
    const bit = 1 << (slot & 31);
    if (slot >> 5 === word && remembered >> 16 !== NO_PRIORITY && (bits & bit) !== 0) {
      // It is still the one only as it was: due, of the priority that made it the most urgent, and this CPU's.
      const still = (candidates & bit) !== 0 && state.get(at.target + slot) === cpu;
      if (!still || state.byte(at.priority, slot) !== remembered >> 16) {
        settleAll(state);
        return;
      }
    }
    settleSignal(state, cpu);
  }
}

/** One interrupt changed. */
export function settleSlot(state: GicState, slot: number): void {
  const owner = state.owner(slot);
  if (owner >= 0) settlePrivate(state, owner);
  else settleShared(state, slot >> 5, 1 << (slot & 31));
}

/** Anything may have changed. */
export function settleAll(state: GicState): void {
  searchAll(state);
  signalAll(state);
}

function signalAll(state: GicState): void {
  for (let cpu = 0; cpu < state.config.cpus; cpu++) settleSignal(state, cpu);
}

function searchAll(state: GicState): void {
  const { at, config } = state;
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    state.put(state.physicalWord(cpu, PHYSICAL_WINNER), NO_WINNER);
    offerWord(state, cpu, cpu);
    for (let word = config.cpus; word < at.planeWords; word++) offerWord(state, cpu, word);
  }
}

/** Takes what is at least as urgent as the remembered one among the interrupts of a word. False: none is. */
function offerWord(state: GicState, cpu: number, word: number): boolean {
  const isShared = word >= state.config.cpus;
  let found = false;
  for (let bits = candidatesOf(state, word); bits !== 0; bits &= bits - 1) {
    const slot = (word << 5) | lowestBit(bits);
    if (isShared && state.get(state.at.target + slot) !== cpu) continue;
    if (offer(state, cpu, slot)) found = true;
  }
  return found;
}

/** Interrupts of a word that are due, wherever they go. */
function candidatesOf(state: GicState, word: number): number {
  const { at } = state;
  const bits = state.get(at.enabled + word) & state.get(at.pending + word) & ~state.get(at.active + word);
  return bits === 0 ? 0 : bits & forwarded(state, word);
}

function offer(state: GicState, cpu: number, slot: number): boolean {
  const index = state.physicalWord(cpu, PHYSICAL_WINNER);
  const offered = (state.byte(state.at.priority, slot) << 16) | slot;
  // Slots of one CPU ascend as its INTIDs do, so that of equal priorities the lowest INTID stays.
  if (offered > state.get(index)) return false;
  state.put(index, offered);
  return true;
}
