import { PRIVATE_IRQS } from '../config.ts';
import { PHYSICAL_WINNER } from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { lowestBit } from './active-priorities.ts';
import { forwarded } from './groups.ts';

/*
 * QEMU's GICv3 remembers the most urgent interrupt of each CPU and looks again only at interrupts that a change
 * concerns. The result is what a search of all would find, but for changes after which it does not look: a word of
 * each CPU, priority in 23:16, slot in 15:0.
 */

const NO_SLOT = 0xffff;
const NO_PRIORITY = 0xff;
export const NO_WINNER = (NO_PRIORITY << 16) | NO_SLOT;

/** Slot of the remembered interrupt, -1: none. */
export function rememberedWinner(state: GicState, cpu: number): number {
  const word = state.get(state.physicalWord(cpu, PHYSICAL_WINNER));
  return word >> 16 === NO_PRIORITY ? -1 : word & NO_SLOT;
}

/** Private interrupts of a CPU changed. */
export function settlePrivate(state: GicState, cpu: number): void {
  const better = offerWord(state, cpu, cpu);
  const winner = rememberedWinner(state, cpu);
  if (!better && winner >= 0 && winner < state.config.cpus * PRIVATE_IRQS) settleAll(state);
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
    if (slot >> 5 !== word || remembered >> 16 === NO_PRIORITY || (bits & (1 << (slot & 31))) === 0) continue;
    // It is still the one only as it was: due, of the priority that made it the most urgent, and this CPU's.
    const still = (candidates & (1 << (slot & 31))) !== 0 && state.get(at.target + slot) === cpu;
    if (still && state.byte(at.priority, slot) === remembered >> 16) continue;
    settleAll(state);
    return;
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
