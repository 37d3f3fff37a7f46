import { PRIVATE_IRQS, SGIS } from '../config.ts';
import { VCPU_QUEUE_HEAD, VCPU_UNDERFLOW, VCPU_USED_LRS } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import type { Delivery } from './delivery.ts';
import {
  LIST_REGISTER_V2,
  LIST_REGISTER_V3,
  V2_ACTIVE,
  V2_EOI,
  V2_PENDING,
  V2_SENDER_SHIFT,
  V3_HI_ACTIVE,
  V3_HI_EOI,
  V3_HI_GROUP1,
  V3_HI_PENDING,
  type ListRegisterFormat,
} from './list-register.ts';

/**
 * What entry to and exit from the guest do with a vCPU's list registers. A semantics profile names one of these.
 * `flush` populates them from the queue; `fold` takes back what the guest left in them; `prune` follows in `sync`.
 */
export interface ListRegisterPolicy {
  flush(delivery: Delivery, vcpu: number): number;
  fold(delivery: Delivery, vcpu: number): void;
}

export function listRegisterFormat(gic: 'v2' | 'v3'): ListRegisterFormat {
  return gic === 'v2' ? LIST_REGISTER_V2 : LIST_REGISTER_V3;
}

/** Takes back what the guest left of an interrupt in a list register. */
type TakeBack = (
  state: GicState,
  vcpu: number,
  slot: number,
  format: ListRegisterFormat,
  lo: number,
  hi: number,
) => void;

/** Folds each list register in use. */
export function folding(takeBack: TakeBack): ListRegisterPolicy['fold'] {
  return ({ state }, vcpu) => {
    const { config } = state;
    const format = listRegisterFormat(config.gic);
    state.put(state.vcpuWord(vcpu, VCPU_UNDERFLOW), 0);
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    for (let lr = 0; lr < used; lr++) {
      const lo = state.get(state.lrWord(vcpu, lr));
      const intid = format.intid(lo);
      // A guest cannot change the INTID, but a recording can say anything.
      if (intid >= PRIVATE_IRQS + config.spis) continue;
      takeBack(state, vcpu, state.slot(intid, vcpu), format, lo, state.get(state.lrWord(vcpu, lr) + 1));
    }
  };
}

/** Linux 4.10: arrival order while everything fits; else active first, then pending by priority; UIE on overflow. */
export const LIST_REGISTERS_4_10: ListRegisterPolicy = {
  flush(delivery, vcpu) {
    const { state } = delivery;
    const { at } = state;
    const { lrs } = state.config;
    if (depth(delivery, vcpu) > lrs) {
      state.put(state.vcpuWord(vcpu, VCPU_UNDERFLOW), 1);
      sortQueue(delivery, vcpu);
    }
    let used = 0;
    for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(at.next + slot)) {
      if (delivery.oracle(slot) !== vcpu) continue;
      do populate(delivery, vcpu, slot, used++);
      while (used < lrs && sgiSources(state, vcpu, slot) !== 0);
      if (used === lrs) break;
    }
    state.put(state.vcpuWord(vcpu, VCPU_USED_LRS), used);
    clearListRegisters(state, vcpu, used);
    return used;
  },

  fold: folding((state, vcpu, slot, format, lo, hi) => {
    const { at } = state;
    const pending = format.pending(lo, hi);
    state.putBit(at.active, slot, format.active(lo, hi));
    if (state.bit(at.edge, slot)) {
      if (!pending) return;
      state.putBit(at.pending, slot, true);
      if (sendsSgi(state, vcpu, slot)) addSender(state, vcpu, slot, format.sender(lo));
    } else {
      if (!pending) state.putBit(at.soft, slot, false);
      state.putBit(at.pending, slot, state.bit(at.lineLevel, slot) || state.bit(at.soft, slot));
    }
  }),
};

/** Zeroes the list registers from number `from` on. */
export function clearListRegisters(state: GicState, vcpu: number, from: number): void {
  for (let lr = from; lr < state.config.lrs; lr++) {
    state.put(state.lrWord(vcpu, lr), 0);
    state.put(state.lrWord(vcpu, lr) + 1, 0);
  }
}

/** Whether an interrupt is an SGI that has senders: GICv2's have. */
export function sendsSgi({ config }: GicState, vcpu: number, slot: number): boolean {
  const intid = slot - vcpu * PRIVATE_IRQS;
  return config.gic === 'v2' && intid >= 0 && intid < SGIS;
}

/** An SGI that a list register still holds as pending waits for its sender again. */
export function addSender(state: GicState, vcpu: number, slot: number, sender: number): void {
  const sources = state.at.source + vcpu * 4;
  const intid = slot - vcpu * PRIVATE_IRQS;
  state.putByte(sources, intid, state.byte(sources, intid) | (1 << sender));
}

/** Bit map of the senders of an SGI that wait at `vcpu`; 0 for everything else. */
export function sgiSources(state: GicState, vcpu: number, slot: number): number {
  const intid = slot - vcpu * PRIVATE_IRQS;
  return intid >= 0 && intid < SGIS ? state.byte(state.at.source + vcpu * 4, intid) : 0;
}

/** List registers the whole queue would take: an SGI takes one for each sender. */
function depth(delivery: Delivery, vcpu: number): number {
  const { state } = delivery;
  let count = 0;
  for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(state.at.next + slot)) {
    count += Math.max(1, bitCount(sgiSources(state, vcpu, slot)));
  }
  return count;
}

/** Stable order: active, then enabled and pending by ascending priority, then the rest. */
export function sortQueue(delivery: Delivery, vcpu: number): void {
  const { state } = delivery;
  const { at } = state;
  const { sortSlots, sortKeys } = delivery;
  let count = 0;
  for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(at.next + slot)) {
    const key = sortKey(delivery, slot);
    // Insertion sort: stable, in place, and a queue is nearly sorted from the last time.
    let i = count++;
    for (; i > 0 && (sortKeys[i - 1] as number) > key; i--) {
      sortKeys[i] = sortKeys[i - 1] as number;
      sortSlots[i] = sortSlots[i - 1] as number;
    }
    sortKeys[i] = key;
    sortSlots[i] = slot;
  }
  delivery.reorder(vcpu, sortSlots, count);
}

const KEY_NOT_PENDING = 0x1000;

function sortKey(delivery: Delivery, slot: number): number {
  const { state } = delivery;
  const { at } = state;
  if (state.bit(at.active, slot)) return -1;
  if (!state.bit(at.enabled, slot) || !state.bit(at.pending, slot)) return KEY_NOT_PENDING;
  return state.byte(at.priority, slot);
}

function populate(delivery: Delivery, vcpu: number, slot: number, lr: number): void {
  const { state } = delivery;
  const { at, config } = state;
  const intid = state.intid(slot);
  const pending = state.bit(at.pending, slot);
  const edge = state.bit(at.edge, slot);
  const active = state.bit(at.active, slot);
  const priority = state.byte(at.priority, slot);
  let sender = 0;
  if (pending && edge) {
    state.putBit(at.pending, slot, false);
    const waiting = config.gic === 'v2' ? sgiSources(state, vcpu, slot) : 0;
    if (waiting !== 0) {
      const left = waiting & (waiting - 1);
      sender = 31 - Math.clz32(waiting & -waiting);
      state.putByte(at.source + vcpu * 4, intid, left);
      if (left !== 0) state.putBit(at.pending, slot, true);
    }
  }
  let lo = intid;
  let hi = 0;
  if (config.gic === 'v2') {
    lo |= (sender << V2_SENDER_SHIFT) | ((priority >> 3) << 23);
    if (pending) lo |= V2_PENDING;
    if (active) lo |= V2_ACTIVE;
    if (!edge) lo |= V2_EOI;
  } else {
    hi = V3_HI_GROUP1 | (priority << 16);
    if (pending) hi |= V3_HI_PENDING;
    if (active) hi |= V3_HI_ACTIVE;
    if (!edge) hi |= V3_HI_EOI;
  }
  state.put(state.lrWord(vcpu, lr), lo);
  state.put(state.lrWord(vcpu, lr) + 1, hi);
}

export function bitCount(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** SPIs whose list register says that the guest ended them and that their device wants to know. */
export function endedSpis(state: GicState, vcpu: number): number[] {
  const { config } = state;
  const format = listRegisterFormat(config.gic);
  const ended: number[] = [];
  for (let lr = 0; lr < state.get(state.vcpuWord(vcpu, VCPU_USED_LRS)); lr++) {
    const lo = state.get(state.lrWord(vcpu, lr));
    const hi = state.get(state.lrWord(vcpu, lr) + 1);
    const intid = format.intid(lo);
    if (!format.eoi(lo, hi) || format.pending(lo, hi) || format.active(lo, hi)) continue;
    if (intid >= PRIVATE_IRQS && intid < PRIVATE_IRQS + config.spis) ended.push(intid);
  }
  return ended;
}
