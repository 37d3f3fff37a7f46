import { VCPU_AP0R, VCPU_AP1R, VCPU_VM_ABPR, VCPU_VM_BPR, VCPU_VM_CTLR, VCPU_VM_PMR } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';

/*
 * Priorities of a virtual CPU interface with five priority bits: 32 preemption levels, bits 7:3 of a priority. The
 * binary points split them into group priority, which decides preemption, and subpriority (IHI 0069, 4.8; IHI 0048,
 * 3.3.3).
 */

export const IDLE_PRIORITY = 0xff;

/** GICV_CTLR; ICV_CTLR and ICV_IGRPEN are kept in the same bits. */
export const VM_ENABLE_GROUP0 = 1 << 0;
export const VM_ENABLE_GROUP1 = 1 << 1;
export const VM_ACKCTL = 1 << 2;
export const VM_FIQEN = 1 << 3;
export const VM_CBPR = 1 << 4;
export const VM_EOIMODE = 1 << 9;
export const VM_CONTROL_BITS = 0x21f;

const LEVEL_SHIFT = 3;
const PRIORITY_BITS = 0xf8;

export function vmControl(state: GicState, vcpu: number): number {
  return state.get(state.vcpuWord(vcpu, VCPU_VM_CTLR));
}

/** Interrupts of this priority and beyond are masked: 8 bits. */
export function vmPriorityMask(state: GicState, vcpu: number): number {
  return state.get(state.vcpuWord(vcpu, VCPU_VM_PMR));
}

/** @param kept the bits that exist: the upper five */
export function setVmPriorityMask(state: GicState, vcpu: number, value: number, kept = PRIORITY_BITS): void {
  state.put(state.vcpuWord(vcpu, VCPU_VM_PMR), value & kept);
}

/** Bits of GICV_CTLR. */
export function setVmControl(state: GicState, vcpu: number, bits: number): void {
  state.put(state.vcpuWord(vcpu, VCPU_VM_CTLR), bits);
}

/** Binary point of a group as it is kept, 0 to 7, whatever CBPR says. */
export function ownBinaryPoint(state: GicState, vcpu: number, group: number): number {
  const kept = state.get(binaryPointWord(state, vcpu, group));
  // User space can write anything into a vgic's.
  return state.shape.physical === undefined ? Math.max(leastBinaryPoint(group), kept) : kept;
}

/** Binary point of a group as it counts and reads, 0 to 7. */
export function binaryPoint(state: GicState, vcpu: number, group: number): number {
  if (group === 0 || (vmControl(state, vcpu) & VM_CBPR) === 0) return ownBinaryPoint(state, vcpu, group);
  return Math.min(7, ownBinaryPoint(state, vcpu, 0) + 1);
}

export function setBinaryPoint(
  state: GicState,
  vcpu: number,
  group: number,
  value: number,
  least = leastBinaryPoint(group),
): void {
  state.put(binaryPointWord(state, vcpu, group), Math.max(least, value & 7));
}

/** The same, but 32 bits of value, signed, are compared with the least before they are cut. */
export function setUncutBinaryPoint(state: GicState, vcpu: number, group: number, value: number): void {
  const least = leastBinaryPoint(group);
  state.put(binaryPointWord(state, vcpu, group), value < least ? least : value & 7);
}

/** Smallest binary points: with them every level preempts the one below. */
export function leastBinaryPoint(group: number): number {
  return group === 0 ? 2 : 3;
}

function binaryPointWord(state: GicState, vcpu: number, group: number): number {
  return state.vcpuWord(vcpu, group === 0 ? VCPU_VM_BPR : VCPU_VM_ABPR);
}

/** Group priority: what is compared with the running priority. */
export function preemptionLevel(state: GicState, vcpu: number, group: number, priority: number): number {
  const bits = binaryPoint(state, vcpu, group) + (group === 0 ? 1 : 0);
  return priority & (0xff << bits) & 0xff;
}

/** Running priority: that of the most urgent active interrupt, IDLE_PRIORITY where there is none. */
export function runningPriority(state: GicState, vcpu: number): number {
  const active = state.get(state.vcpuWord(vcpu, VCPU_AP0R)) | state.get(state.vcpuWord(vcpu, VCPU_AP1R));
  return active === 0 ? IDLE_PRIORITY : lowestBit(active) << LEVEL_SHIFT;
}

export function activate(state: GicState, vcpu: number, group: number, level: number): void {
  const word = activeWord(state, vcpu, group);
  state.put(word, state.get(word) | (1 << (level >> LEVEL_SHIFT)));
}

/**
 * Drops the most urgent active priority.
 * @returns its level, with the group it was in at bit 8; IDLE_PRIORITY where there was none
 */
export function dropPriority(state: GicState, vcpu: number): number {
  const group0 = state.get(state.vcpuWord(vcpu, VCPU_AP0R));
  const group1 = state.get(state.vcpuWord(vcpu, VCPU_AP1R));
  if ((group0 | group1) === 0) return IDLE_PRIORITY;
  const bit = lowestBit(group0 | group1);
  // Where both groups have the level, group 0 was acknowledged last: only it could preempt.
  const group = ((group0 >> bit) & 1) !== 0 ? 0 : 1;
  const word = state.vcpuWord(vcpu, group === 0 ? VCPU_AP0R : VCPU_AP1R);
  state.put(word, state.get(word) & ~(1 << bit));
  return (bit << LEVEL_SHIFT) | (group << 8);
}

function activeWord(state: GicState, vcpu: number, group: number): number {
  return state.vcpuWord(vcpu, group === 0 || state.config.gic === 'v2' ? VCPU_AP0R : VCPU_AP1R);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
