import { SGIS } from '../config.ts';
import { VCPU_QUEUE_HEAD, VCPU_UNDERFLOW, VCPU_USED_LRS } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import {
  V2_ACTIVE,
  V2_EOI,
  V2_GROUP1,
  V2_PENDING,
  V2_SENDER_SHIFT,
  V3_HI_ACTIVE,
  V3_HI_EOI,
  V3_HI_GROUP1,
  V3_HI_PENDING,
} from './list-register.ts';
import {
  addSender,
  bitCount,
  clearListRegisters,
  folding,
  sendsSgi,
  sgiSources,
  sortQueue,
  type ListRegisterPolicy,
} from './list-registers.ts';
import { derivePending } from './pending.ts';

/** Lower than every priority. */
const NO_PRIORITY = 0xff;

/**
 * Linux 6.12. One list register an interrupt and flush. An SGI of several senders makes the queue sorted, and whatever
 * is less urgent waits until it has been seen, as its next sender takes another flush.
 */
export const LIST_REGISTERS_6_12: ListRegisterPolicy = {
  flush(delivery, vcpu) {
    const { state } = delivery;
    const { at } = state;
    const { lrs } = state.config;
    let depth = 0;
    let multiple = false;
    const head = state.vcpuWord(vcpu, VCPU_QUEUE_HEAD);
    for (let slot = state.get(head); slot >= 0; slot = state.get(at.next + slot)) {
      const takes = listRegistersOf(state, vcpu, slot);
      depth += takes;
      if (takes > 1) multiple = true;
    }
    if (depth > lrs || multiple) sortQueue(delivery, vcpu);
    let used = 0;
    let least = NO_PRIORITY;
    for (let slot = state.get(head); slot >= 0; slot = state.get(at.next + slot)) {
      if (multiple && state.byte(at.priority, slot) > least) break;
      if (delivery.oracle(slot) === vcpu) {
        populate(state, vcpu, slot, used++);
        if (sgiSources(state, vcpu, slot) !== 0) least = state.byte(at.priority, slot);
      }
      if (used < lrs) continue;
      if (state.get(at.next + slot) >= 0) state.put(state.vcpuWord(vcpu, VCPU_UNDERFLOW), 1);
      break;
    }
    state.put(state.vcpuWord(vcpu, VCPU_USED_LRS), used);
    clearListRegisters(state, vcpu, used);
    return used;
  },

  fold: folding((state, vcpu, slot, format, lo, hi) => {
    const { at } = state;
    const pending = format.pending(lo, hi);
    const active = format.active(lo, hi);
    const sends = sendsSgi(state, vcpu, slot);
    state.putBit(at.active, slot, active);
    if (active && sends) state.putByte(at.activeSource + vcpu * 4, state.intid(slot), format.sender(lo));
    if (state.bit(at.edge, slot)) {
      if (!pending) return;
      state.putBit(at.soft, slot, true);
      if (sends) addSender(state, vcpu, slot, format.sender(lo));
    } else if (!pending && !active) state.putBit(at.soft, slot, false);
    derivePending(state, slot >> 5);
  }),
};

/** List registers an interrupt would take: an SGI one for each sender and one for being active. */
function listRegistersOf(state: GicState, vcpu: number, slot: number): number {
  const { at } = state;
  const active = state.bit(at.active, slot);
  const sources = sgiSources(state, vcpu, slot);
  if (sources !== 0) return bitCount(sources) + (active ? 1 : 0);
  return active || state.bit(at.pending, slot) ? 1 : 0;
}

function populate(state: GicState, vcpu: number, slot: number, lr: number): void {
  const { at, config } = state;
  const intid = state.intid(slot);
  const edge = state.bit(at.edge, slot);
  const active = state.bit(at.active, slot);
  const sgi = config.gic === 'v2' && intid < SGIS;
  let eoi = !edge;
  // Neither a level interrupt nor an SGI with waiting senders becomes pending while it is active.
  let pending = state.bit(at.pending, slot) && (!active || edge);
  let sender = 0;
  if (active && sgi) {
    sender = state.byte(at.activeSource + vcpu * 4, intid);
    if (listRegistersOf(state, vcpu, slot) > 1) {
      pending = false;
      eoi = true;
    }
  }
  if (pending && edge) {
    state.putBit(at.soft, slot, false);
    if (sgi) {
      const waiting = sgiSources(state, vcpu, slot);
      const left = waiting & (waiting - 1);
      if (waiting !== 0) sender |= 31 - Math.clz32(waiting & -waiting);
      state.putByte(at.source + vcpu * 4, intid, left);
      if (left !== 0) {
        state.putBit(at.soft, slot, true);
        eoi = true;
      }
    }
    derivePending(state, slot >> 5);
  }
  const group1 = state.bit(at.group, slot);
  const priority = state.byte(at.priority, slot);
  let lo = intid;
  let hi = 0;
  if (config.gic === 'v2') {
    lo |= (sender << V2_SENDER_SHIFT) | ((priority >> 3) << 23);
    if (pending) lo |= V2_PENDING;
    if (active) lo |= V2_ACTIVE;
    if (eoi) lo |= V2_EOI;
    if (group1) lo |= V2_GROUP1;
  } else {
    hi = priority << 16;
    if (pending) hi |= V3_HI_PENDING;
    if (active) hi |= V3_HI_ACTIVE;
    if (eoi) hi |= V3_HI_EOI;
    if (group1) hi |= V3_HI_GROUP1;
  }
  state.put(state.lrWord(vcpu, lr), lo);
  state.put(state.lrWord(vcpu, lr) + 1, hi);
}
