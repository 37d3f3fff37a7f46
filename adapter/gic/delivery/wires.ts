import { PRIVATE_IRQS, SGIS } from '../config.ts';
import type { Delivery } from './delivery.ts';

/** Answer of a wire event the kernel refuses: -EINVAL. */
export const EINVAL = -22;

/**
 * Drives an interrupt's wire. Level interrupts follow it; edge interrupts latch a rising edge and ignore the rest
 * (their recorded line level goes stale, as the vgic's does). An unchanged level does nothing.
 * @param vcpu the vCPU of a PPI; without meaning for SPIs
 * @returns 0, or EINVAL where there is no such wire: an SGI, an absent INTID or vCPU
 */
export function driveLine(delivery: Delivery, intid: number, vcpu: number, level: boolean): number {
  const { state } = delivery;
  const { at, config } = state;
  if (intid < SGIS || intid >= PRIVATE_IRQS + config.spis) return EINVAL;
  if (intid < PRIVATE_IRQS && (vcpu < 0 || vcpu >= config.cpus)) return EINVAL;
  const slot = state.slot(intid, vcpu);
  if (state.bit(at.edge, slot)) {
    if (!level) return 0;
    state.putBit(at.pending, slot, true);
  } else {
    if (state.bit(at.lineLevel, slot) === level) return 0;
    state.putBit(at.lineLevel, slot, level);
    state.putBit(at.pending, slot, level || state.bit(at.soft, slot));
  }
  delivery.queue(slot);
  return 0;
}
