import { PRIVATE_IRQS, SGIS } from '../config.ts';
import type { GicState } from '../state/state.ts';
import type { Delivery } from './delivery.ts';

/** Answer of a wire event the kernel refuses: -EINVAL. */
export const EINVAL = -22;

/** Wires that LEVEL_INFO tells at once: it takes the first INTID, a multiple of this. */
export const WIRES = 32;

/** A controller whose wires are its own to follow. */
export interface Wired {
  wire(slot: number, level: boolean): void;
}

/**
 * Drives an interrupt's wire. Level interrupts follow it; edge interrupts latch a rising edge and ignore the rest
 * (their recorded line level goes stale, as the vgic's does). An unchanged level does nothing.
 * @param vcpu the vCPU of a PPI; without meaning for SPIs
 * @returns 0, or EINVAL where there is no such wire: an SGI, an absent INTID or vCPU
 */
export function driveLine(
  delivery: Delivery,
  intid: number,
  vcpu: number,
  level: boolean,
  physical: Wired | null = null,
): number {
  const { state, policy } = delivery;
  const { at, config } = state;
  if (intid < SGIS || intid >= PRIVATE_IRQS + config.spis) return EINVAL;
  if (intid < PRIVATE_IRQS && (vcpu < 0 || vcpu >= config.cpus)) return EINVAL;
  const slot = state.slot(intid, vcpu);
  if (physical !== null) {
    physical.wire(slot, level);
    return 0;
  }
  if (state.bit(at.edge, slot)) {
    if (!level) return 0;
    policy.pending.latch(state, slot);
  } else {
    if (state.bit(at.lineLevel, slot) === level) return 0;
    policy.pending.wire(state, slot, level);
  }
  delivery.queue(slot);
  return 0;
}

/**
 * LEVEL_INFO of the KVM device: the wires of 32 interrupts from `first` on, a bit each. Those of SGIs, of edge-triggered
 * interrupts and of INTIDs that do not exist read as 0.
 */
export function wireLevels({ state }: Delivery, first: number, vcpu: number): number {
  const { at } = state;
  const bits = wireBits(state, first);
  if (bits === 0) return 0;
  const word = state.planeWord(first, vcpu);
  return state.get(at.lineLevel + word) & ~state.get(at.edge + word) & bits;
}

/** Sets the wires of 32 interrupts, whatever their trigger; those that are high are queued if they are due. */
export function setWireLevels(delivery: Delivery, first: number, vcpu: number, levels: number): void {
  const { state, policy } = delivery;
  const bits = wireBits(state, first);
  if (bits === 0) return;
  const word = state.planeWord(first, vcpu);
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    policy.pending.wire(state, (word << 5) | bit, (levels & (1 << bit)) !== 0);
  }
  delivery.queueWord(word, levels & bits);
}

/** Which of the 32 interrupts from `first` on have wires. */
function wireBits(state: GicState, first: number): number {
  const beyond = PRIVATE_IRQS + state.config.spis - first;
  if (beyond <= 0) return 0;
  const present = beyond >= WIRES ? -1 : (1 << beyond) - 1;
  return first === 0 ? present & ~0xffff : present;
}
