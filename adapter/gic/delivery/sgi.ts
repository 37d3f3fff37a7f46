import { usualAffinity } from '../affinity.ts';
import type { Delivery } from './delivery.ts';

/** Records an SGI's sender at its receiver (GICv2) and makes it pending there. */
export function raiseSgi(delivery: Delivery, target: number, sgi: number, sender: number | null): void {
  const { state, policy } = delivery;
  const slot = state.slot(sgi, target);
  policy.pending.latch(state, slot);
  if (sender !== null) {
    const source = state.at.source + target * 4;
    state.putByte(source, sgi, state.byte(source, sgi) | (1 << sender));
  }
  delivery.queue(slot);
}

/** GICD_SGIR (IHI 0048, 4.3.15): filter 25:24, target list 23:16, INTID 3:0. Filter 3 is reserved and ignored. */
export function softwareGeneratedV2(delivery: Delivery, sender: number, value: number): void {
  const { cpus } = delivery.state.config;
  const everybody = (1 << cpus) - 1;
  const filter = (value >> 24) & 3;
  let targets: number;
  if (filter === 0) targets = (value >> 16) & everybody;
  else if (filter === 1) targets = everybody & ~(1 << sender);
  else if (filter === 2) targets = 1 << sender;
  else return;
  for (let vcpu = 0; vcpu < cpus; vcpu++)
    if ((targets & (1 << vcpu)) !== 0) raiseSgi(delivery, vcpu, value & 0xf, sender);
}

/** Groups an SGI system register can raise: ICC_SGI1R_EL1 either, ICC_SGI0R_EL1 and ICC_ASGI1R_EL1 group 0 alone. */
export type SgiGroups = 'either' | 'group 0';

/**
 * ICC_SGI1R_EL1, ICC_SGI0R_EL1, ICC_ASGI1R_EL1 (IHI 0069, 12.2): Aff3 55:48, IRM 40, Aff2 39:32, INTID 27:24,
 * Aff1 23:16, target list 15:0. IRM sends to all but the sender. The range selector and reserved bits are ignored, as the vgic does.
 */
export function softwareGeneratedV3(
  delivery: Delivery,
  sender: number,
  lo: number,
  hi: number,
  groups: SgiGroups = 'either',
): void {
  const { state } = delivery;
  const { cpus } = state.config;
  const sgi = (lo >> 24) & 0xf;
  const toAllOthers = (hi & 0x100) !== 0;
  const cluster = ((hi >> 16) & 0xff) * 0x1000000 + ((hi & 0xff) << 16) + ((lo >> 8) & 0xff00);
  for (let vcpu = 0; vcpu < cpus; vcpu++) {
    const affinity = usualAffinity(vcpu);
    const listed = toAllOthers
      ? vcpu !== sender
      : (affinity & ~0xff) === cluster && (lo & (1 << (affinity & 0xff))) !== 0;
    if (!listed || (groups === 'group 0' && state.bit(state.at.group, state.slot(sgi, vcpu)))) continue;
    raiseSgi(delivery, vcpu, sgi, null);
  }
}
