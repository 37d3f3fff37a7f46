import { affinityIn } from '../../affinity.ts';
import { PRIVATE_IRQS } from '../../config.ts';
import type { LoadHandler, RegisterRow, RowHandlers, StateWords, WriteHandler } from '../../registers/row.ts';
import type { GicState } from '../../state/state.ts';
import { readAsZero, writeIgnored } from './common.ts';
import { gatherOddBits } from './irq-config.ts';

/*
 * Registers of a controller that is somewhere else: they hold what was read there. Writing one changes it as the
 * architecture says, so that an edit can be shown before it is made; nothing is delivered.
 */

type Plane = 'enabled' | 'pending' | 'active' | 'group';

/** A 32-interrupt register is one word of a plane. */
export function observedBits(plane: Plane, access: RegisterRow['access']): RowHandlers {
  const index = (state: GicState, vcpu: number, offset: number): number =>
    state.at[plane] + state.planeWord(offset << 3, vcpu);
  const write: WriteHandler = ({ state }, vcpu, offset, _length, bits) => {
    const at = index(state, vcpu, offset);
    const before = state.get(at);
    state.put(at, access === 'w1s' ? before | bits : access === 'w1c' ? before & ~bits : bits);
  };
  const load: LoadHandler = (state, vcpu, offset, lo) => state.put(index(state, vcpu, offset), lo);
  return { read: { words: plane, bankWords: 1 }, write, load };
}

/** Bytes of a slot each, four a word: priorities and targets. */
export function observedBytes(words: 'priority' | 'route', settle: Settle = () => {}): RowHandlers {
  return {
    read: { words, bankWords: PRIVATE_IRQS / 4 },
    write({ state }, vcpu, offset, length, value) {
      const slot = state.slot(offset, vcpu);
      if (length === 4) state.put(state.at[words] + (slot >> 2), value);
      else state.putByte(state.at[words], slot, value);
      settle(state, slot, length);
    },
    load(state, vcpu, offset, lo) {
      const slot = state.slot(offset, vcpu);
      state.put(state.at[words] + (slot >> 2), lo);
      settle(state, slot, 4);
    },
  };
}

/** Follows what a register's change means for interrupts. */
type Settle = (state: GicState, slot: number, count: number) => void;

/** The vCPU a GICv2 interrupt goes to: of several the first, which takes it unless another one is faster. */
export function settleTargets(state: GicState, slot: number, count: number): void {
  const { at, config } = state;
  for (let one = slot; one < slot + count; one++) {
    if (state.owner(one) >= 0) continue;
    const bits = state.byte(at.route, one) & ((1 << config.cpus) - 1);
    // With one CPU the register reads as zero, and that CPU is meant.
    const target = config.cpus === 1 ? 0 : bits === 0 ? -1 : 31 - Math.clz32(bits & -bits);
    state.put(at.target + one, target);
  }
}

/** Senders of pending SGIs, a byte each. */
export function observedSources(access: RegisterRow['access']): RowHandlers {
  const index = (state: GicState, vcpu: number, offset: number): number => state.at.source + vcpu * 4 + (offset >> 2);
  const read: StateWords = { words: 'source', bankWords: 4 };
  return {
    read,
    write({ state }, vcpu, offset, length, value) {
      const at = index(state, vcpu, offset);
      const bits = length === 4 ? value : (value & 0xff) << ((offset & 3) << 3);
      state.put(at, access === 'w1s' ? state.get(at) | bits : state.get(at) & ~bits);
    },
    load: (state, vcpu, offset, lo) => state.put(index(state, vcpu, offset), lo),
  };
}

/** Where a row's words are kept: from `shared` on, and of each vCPU from `own` on; -1: not there. */
export interface Store {
  readonly shared: number;
  readonly own: number;
  /** Words of a vCPU in all. */
  readonly ownWords: number;
}

/** A register that is kept as it was read. */
export function stored(row: RegisterRow, store: Store, settle: Settle = () => {}): RowHandlers {
  const privateBytes = (PRIVATE_IRQS * row.bitsPerIrq) / 8;
  const index = (state: GicState, vcpu: number, offset: number): number => {
    const isOwn = row.bank === 'private' ? offset < privateBytes : store.own >= 0;
    const word = offset >> 2;
    return isOwn
      ? state.at.storedOwn + vcpu * store.ownWords + store.own + word
      : state.at.stored + store.shared + word;
  };
  const slotOf = (state: GicState, vcpu: number, offset: number): number =>
    row.bitsPerIrq === 0 ? 0 : state.slot(Math.trunc((offset * 8) / row.bitsPerIrq), vcpu);
  const count = row.bitsPerIrq === 0 ? 0 : (row.element * 8) / row.bitsPerIrq;
  const masks = writableBits(row);
  return {
    read(state, vcpu, offset, length) {
      const at = index(state, vcpu, offset);
      if (length === 8) state.hi = state.get(at + 1);
      const word = state.get(at);
      return length === 1 ? word >> ((offset & 3) << 3) : word;
    },
    write:
      row.access === 'rw'
        ? ({ state }, vcpu, offset, length, lo, hi) => {
            const at = index(state, vcpu, offset);
            const upper = row.element === 8 && (offset & 4) !== 0;
            const merged = length === 1 ? mergeByte(state.get(at), offset, lo) : lo;
            merge(state, at, merged, upper ? masks.hi : masks.lo);
            if (length === 8) merge(state, at + 1, hi, masks.hi);
            settle(state, slotOf(state, vcpu, offset & ~(row.element - 1)), count);
          }
        : writeIgnored,
    load(state, vcpu, offset, lo, hi) {
      const at = index(state, vcpu, offset);
      state.put(at, lo);
      if (row.element === 8) state.put(at + 1, hi);
      settle(state, slotOf(state, vcpu, offset), count);
    },
  };
}

function merge(state: GicState, at: number, value: number, mask: number): void {
  state.put(at, (state.get(at) & ~mask) | (value & mask));
}

function mergeByte(word: number, offset: number, value: number): number {
  const shift = (offset & 3) << 3;
  return (word & ~(0xff << shift)) | ((value & 0xff) << shift);
}

/** Bits a write changes: those of writable fields, or all where the register has none. */
function writableBits({ fields, bitsPerIrq }: RegisterRow): { lo: number; hi: number } {
  if (fields.length === 0 || (bitsPerIrq !== 0 && bitsPerIrq !== 64)) return { lo: -1, hi: -1 };
  let bits = 0n;
  for (const { msb, lsb, access } of fields) {
    if (access === 'rw') bits |= ((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb);
  }
  return { lo: Number(BigInt.asIntN(32, bits)), hi: Number(BigInt.asIntN(32, bits >> 32n)) };
}

/** A configuration register is kept whole; whether its interrupts are edge-triggered follows from it. */
export function storedConfig(row: RegisterRow, store: Store): RowHandlers {
  const handlers = stored(row, store);
  const follow = (state: GicState, vcpu: number, offset: number): void => {
    const read = handlers.read as Exclude<RowHandlers['read'], StateWords>;
    const intid = (offset & ~3) << 2;
    const at = state.at.edge + state.planeWord(intid & ~31, vcpu);
    const shift = intid & 16;
    const edge = gatherOddBits(read(state, vcpu, offset & ~3, 4)) << shift;
    state.put(at, (state.get(at) & ~(0xffff << shift)) | edge);
  };
  return {
    ...handlers,
    afterWrite: follow,
    load(state, vcpu, offset, lo, hi) {
      handlers.load?.(state, vcpu, offset, lo, hi);
      follow(state, vcpu, offset);
    },
  };
}

/** An affinity is kept whole; which vCPU has it is told by the redistributors. `typer` is where theirs are kept. */
export function storedRoute(row: RegisterRow, store: Store, typer: Store): RowHandlers {
  const affinityOf = (state: GicState, vcpu: number): number =>
    state.get(state.at.storedOwn + vcpu * typer.ownWords + typer.own + 1);
  return stored(row, store, (state, slot) => {
    const { at, config } = state;
    const word = at.stored + store.shared + state.intid(slot) * 2;
    const lo = state.get(word);
    state.put(at.route + slot, lo);
    const affinity = affinityIn(lo, state.get(word + 1));
    let target = -1;
    for (let vcpu = config.cpus - 1; vcpu >= 0; vcpu--) if (affinityOf(state, vcpu) === affinity) target = vcpu;
    // Any PE may take it: the first one stands for them.
    state.put(at.target + slot, lo < 0 ? 0 : target);
  });
}

/** Writes do something, and nothing is kept. */
export const COMMAND: RowHandlers = { read: readAsZero, write: writeIgnored };
