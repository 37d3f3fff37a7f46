import { VCPU_VM_PMR } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import { PENDING_JOINED, PENDING_LATCHED, type PendingPolicy } from './pending.ts';

/** What delivery asks of a profile. */
export interface DeliveryPolicy {
  readonly pending: PendingPolicy;
  /** True where an interrupt on a vCPU's queue is a reason for the vCPU to wake up or leave the guest. */
  wakes(state: GicState, vcpu: number, slot: number): boolean;
  /** An exit that moves an interrupt to another vCPU's queue kicks that vCPU. */
  readonly kicksMigrated: boolean;
}

/** Linux 4.10. */
export const DELIVERY_4_10: DeliveryPolicy = {
  pending: PENDING_JOINED,
  wakes: (state, _vcpu, slot) => state.bit(state.at.enabled, slot) && state.bit(state.at.pending, slot),
  kicksMigrated: false,
};

/** Linux 6.12: only what the vCPU could take wakes it, as far as its priority mask says. */
export const DELIVERY_6_12: DeliveryPolicy = {
  pending: PENDING_LATCHED,
  wakes(state, vcpu, slot) {
    const { at } = state;
    if (!state.bit(at.enabled, slot) || !state.bit(at.pending, slot) || state.bit(at.active, slot)) return false;
    return state.byte(at.priority, slot) < state.get(state.vcpuWord(vcpu, VCPU_VM_PMR));
  },
  kicksMigrated: true,
};
