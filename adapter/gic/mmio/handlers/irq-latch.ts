import { PRIVATE_IRQS, SGIS } from '../../config.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import { derivePending } from '../../delivery/pending.ts';
import type { RowHandlers, WriteHandler } from '../../registers/row.ts';
import type { GicState } from '../../state/state.ts';
import { readAsZero, writeIgnored } from './common.ts';
import { changeActive, ISACTIVER } from './irq-bits.ts';
import { gatherOddBits, ICFGR } from './irq-config.ts';

/*
 * Per-interrupt registers where pending is a latch beside the wire: see `PENDING_LATCHED`. On GICv2 an SGI is pending
 * with its senders, which is why a guest cannot set or clear it here, and user space changes the senders too.
 */

const SGI_BITS = (1 << SGIS) - 1;

function wordAt(state: GicState, vcpu: number, offset: number): number {
  return state.planeWord(offset << 3, vcpu);
}

function latchBits(delivery: Delivery, word: number, bits: number): void {
  const { state } = delivery;
  const { at } = state;
  state.put(at.soft + word, state.get(at.soft + word) | bits);
  state.put(at.pending + word, state.get(at.pending + word) | bits);
  delivery.queueWord(word, bits);
}

function unlatchBits(state: GicState, word: number, bits: number): void {
  const index = state.at.soft + word;
  state.put(index, state.get(index) & ~bits);
  derivePending(state, word);
}

/** SGIs of the 32 interrupts at `offset`, as a mask. */
function sgisAt(offset: number): number {
  return offset === 0 ? SGI_BITS : 0;
}

/** The senders of the SGIs in `sgis` at `vcpu` become those `senders` says. */
function putSenders(state: GicState, vcpu: number, sgis: number, senders: (before: number) => number): void {
  const base = state.at.source + vcpu * 4;
  for (let rest = sgis; rest !== 0; rest &= rest - 1) {
    const sgi = 31 - Math.clz32(rest & -rest);
    state.putByte(base, sgi, senders(state.byte(base, sgi)));
  }
}

const PENDING = { words: 'pending', bankWords: 1 } as const;

export const ISPENDR_V2: RowHandlers = {
  read: PENDING,
  write(delivery, vcpu, offset, _length, bits) {
    latchBits(delivery, wordAt(delivery.state, vcpu, offset), bits & ~sgisAt(offset));
  },
  user: {
    write(delivery, vcpu, offset, _length, bits) {
      const { state } = delivery;
      putSenders(state, vcpu, bits & sgisAt(offset), (before) => before | (1 << vcpu));
      latchBits(delivery, wordAt(state, vcpu, offset), bits);
    },
  },
};

export const ICPENDR_V2: RowHandlers = {
  read: PENDING,
  write({ state }, vcpu, offset, _length, bits) {
    unlatchBits(state, wordAt(state, vcpu, offset), bits & ~sgisAt(offset));
  },
  user: {
    write({ state }, vcpu, offset, _length, bits) {
      putSenders(state, vcpu, bits & sgisAt(offset), () => 0);
      unlatchBits(state, wordAt(state, vcpu, offset), bits);
    },
  },
};

/** User space saves and restores the latch alone: the wires are LEVEL_INFO. */
export const ISPENDR_V3: RowHandlers = {
  read: PENDING,
  write(delivery, vcpu, offset, _length, bits) {
    latchBits(delivery, wordAt(delivery.state, vcpu, offset), bits);
  },
  user: {
    read: { words: 'soft', bankWords: 1 },
    write(delivery, vcpu, offset, _length, bits) {
      const word = wordAt(delivery.state, vcpu, offset);
      latchBits(delivery, word, bits);
      unlatchBits(delivery.state, word, ~bits);
    },
  },
};

export const ICPENDR_V3: RowHandlers = {
  read: PENDING,
  write({ state }, vcpu, offset, _length, bits) {
    unlatchBits(state, wordAt(state, vcpu, offset), bits);
  },
  user: { read: readAsZero, write: writeIgnored },
};

/** An SGI made active here was sent by the accessing vCPU, as far as anybody knows; by vCPU 0 for user space. */
function activate(sender: (vcpu: number) => number): WriteHandler {
  return (delivery, vcpu, offset, _length, bits) => {
    const { state } = delivery;
    const base = state.at.activeSource + vcpu * 4;
    for (let rest = bits & sgisAt(offset); rest !== 0; rest &= rest - 1) {
      state.putByte(base, 31 - Math.clz32(rest & -rest), sender(vcpu));
    }
    changeActive(delivery, vcpu, offset, bits, 0);
  };
}

export const ISACTIVER_V2: RowHandlers = {
  read: ISACTIVER.read,
  write: activate((vcpu) => vcpu),
  user: { write: activate(() => 0) },
};

/** The latch survives a change of the trigger; the wire counts for level interrupts alone. Nothing is queued. */
export const ICFGR_LATCHED: RowHandlers = {
  read: ICFGR.read,
  write({ state }, vcpu, offset, _length, value) {
    const intid = offset << 2;
    if (intid < PRIVATE_IRQS) return;
    const word = state.planeWord(intid & ~31, vcpu);
    const shift = intid & 16;
    const index = state.at.edge + word;
    state.put(index, (state.get(index) & ~(0xffff << shift)) | (gatherOddBits(value) << shift));
    derivePending(state, word);
  },
};
