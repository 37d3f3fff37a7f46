import { usualAffinity } from '../affinity.ts';
import { GLOBAL_DIST_ENABLED, VCPU_QUEUE_HEAD, VCPU_QUEUE_LENGTH, VCPU_QUEUE_TAIL } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import type { DeliveryPolicy } from './policy.ts';

/** Target meaning nobody: no vCPU has the interrupt's affinity or target bit. */
export const NOBODY = -1;
/** For `VcpuControl.halt`: every vCPU. */
export const ALL_VCPUS = -1;

/** What the controller asks of whoever runs the vCPUs. */
export interface VcpuControl {
  /** Leave the guest, so that the list registers are folded and populated anew before it runs on. */
  kick(vcpu: number): void;
  /** Stop a vCPU (or ALL_VCPUS) outside the guest until `resume`: an active state is about to change. */
  halt(vcpu: number): void;
  resume(vcpu: number): void;
}

/**
 * Which vCPU an interrupt goes to and the queues (KVM calls them ap_lists) on which interrupts wait for list
 * registers. A queue is a doubly linked list through the slots, in order of arrival.
 * Source: the delivery rules of Linux 4.10's virt/kvm/arm/vgic, as behaviour.
 */
export class Delivery {
  readonly state: GicState;
  readonly policy: DeliveryPolicy;
  /** Null where vCPUs do not run between operations: there is nothing to kick or halt. */
  readonly control: VcpuControl | null;
  /** Scratch of the queue sort: slots and their keys. */
  readonly sortSlots: Int32Array;
  readonly sortKeys: Int32Array;

  constructor(state: GicState, policy: DeliveryPolicy, control: VcpuControl | null) {
    this.state = state;
    this.policy = policy;
    this.control = control;
    this.sortSlots = new Int32Array(state.at.slots);
    this.sortKeys = new Int32Array(state.at.slots);
  }

  /** The vCPU that should have this interrupt on its queue now, or NOBODY. */
  oracle(slot: number): number {
    const { state } = this;
    const { at } = state;
    const word = slot >> 5;
    const mask = 1 << (slot & 31);
    if ((state.get(at.active + word) & mask) !== 0) {
      const queuedOn = state.get(at.queuedOn + slot);
      return queuedOn >= 0 ? queuedOn : state.get(at.target + slot);
    }
    if ((state.get(at.enabled + word) & state.get(at.pending + word) & mask) === 0) return NOBODY;
    return state.get(GLOBAL_DIST_ENABLED) === 0 ? NOBODY : state.get(at.target + slot);
  }

  /** Queues an interrupt after a change, if it is due and not queued yet, and kicks the vCPU it is due on. */
  queue(slot: number): void {
    const vcpu = this.oracle(slot);
    if (vcpu === NOBODY) return;
    if (this.state.get(this.state.at.queuedOn + slot) < 0) this.#append(slot, vcpu);
    this.control?.kick(vcpu);
  }

  /**
   * Queues each of up to 32 interrupts whose bit is set in `bits`; `word` is their plane word.
   * Only pending and active interrupts can be due, so the others are not even looked at; nor, where there is nobody
   * to kick, those that are queued already.
   */
  queueWord(word: number, bits: number): void {
    const { state } = this;
    let due = bits & (state.get(state.at.pending + word) | state.get(state.at.active + word));
    if (this.control === null) due &= ~state.get(state.at.queued + word);
    while (due !== 0) {
      const bit = 31 - Math.clz32(due & -due);
      this.queue((word << 5) | bit);
      due &= due - 1;
    }
  }

  /** Takes interrupts that are due elsewhere or nowhere off the queue of `vcpu`, as every exit from the guest does. */
  prune(vcpu: number): void {
    const { state } = this;
    const { next } = state.at;
    const head = state.vcpuWord(vcpu, VCPU_QUEUE_HEAD);
    for (let slot = state.get(head); slot >= 0;) {
      const following = state.get(next + slot);
      const due = this.oracle(slot);
      if (due === vcpu) {
        slot = following;
        continue;
      }
      this.unlink(slot);
      if (due === NOBODY) {
        slot = following;
        continue;
      }
      this.#append(slot, due);
      if (this.policy.kicksMigrated) this.control?.kick(due);
      slot = state.get(head);
    }
  }

  /** Kicks every vCPU with an interrupt on its queue that wakes it. */
  kickWaiting(): void {
    if (this.control === null) return;
    for (let vcpu = 0; vcpu < this.state.config.cpus; vcpu++) if (this.waiting(vcpu)) this.control.kick(vcpu);
  }

  /** True where an interrupt on the queue of `vcpu` wakes it. */
  waiting(vcpu: number): boolean {
    const { state, policy } = this;
    const { at } = state;
    if (state.get(GLOBAL_DIST_ENABLED) === 0) return false;
    for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(at.next + slot)) {
      if (policy.wakes(state, vcpu, slot)) return true;
    }
    return false;
  }

  /** Takes an interrupt off its queue. It must be on one. */
  unlink(slot: number): void {
    const { state } = this;
    const { at } = state;
    const vcpu = state.get(at.queuedOn + slot);
    const next = state.get(at.next + slot);
    const prev = state.get(at.prev + slot);
    if (prev >= 0) state.put(at.next + prev, next);
    else state.put(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD), next);
    if (next >= 0) state.put(at.prev + next, prev);
    else state.put(state.vcpuWord(vcpu, VCPU_QUEUE_TAIL), prev);
    state.put(at.next + slot, -1);
    state.put(at.prev + slot, -1);
    state.put(at.queuedOn + slot, -1);
    state.putBit(at.queued, slot, false);
    const length = state.vcpuWord(vcpu, VCPU_QUEUE_LENGTH);
    state.put(length, state.get(length) - 1);
  }

  /** Puts the queue of `vcpu` into the order of `slots`, which must be the same interrupts. */
  reorder(vcpu: number, slots: Int32Array, count: number): void {
    const { state } = this;
    const { at } = state;
    let prev = -1;
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      state.put(at.prev + slot, prev);
      if (prev >= 0) state.put(at.next + prev, slot);
      else state.put(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD), slot);
      prev = slot;
    }
    if (prev < 0) return;
    state.put(at.next + prev, -1);
    state.put(state.vcpuWord(vcpu, VCPU_QUEUE_TAIL), prev);
  }

  #append(slot: number, vcpu: number): void {
    const { state } = this;
    const { at } = state;
    const tailWord = state.vcpuWord(vcpu, VCPU_QUEUE_TAIL);
    const tail = state.get(tailWord);
    if (tail >= 0) state.put(at.next + tail, slot);
    else state.put(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD), slot);
    state.put(at.prev + slot, tail);
    state.put(at.next + slot, -1);
    state.put(tailWord, slot);
    state.put(at.queuedOn + slot, vcpu);
    state.putBit(at.queued, slot, true);
    const length = state.vcpuWord(vcpu, VCPU_QUEUE_LENGTH);
    state.put(length, state.get(length) + 1);
  }
}

/** The vCPU with an affinity (Aff2:Aff1:Aff0), or NOBODY. */
export function vcpuWithAffinity(affinity: number, cpus: number): number {
  const vcpu = (affinity & 0xf) | (((affinity >> 8) & 0xff) << 4);
  return vcpu < cpus && usualAffinity(vcpu) === affinity ? vcpu : NOBODY;
}

/** First vCPU of an ITARGETSR byte: the lowest bit's; 0 where none is set; NOBODY where that vCPU does not exist. */
export function vcpuOfTargets(targets: number, cpus: number): number {
  const lowest = targets === 0 ? 0 : 31 - Math.clz32(targets & -targets);
  return lowest < cpus ? lowest : NOBODY;
}
