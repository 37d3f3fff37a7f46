import { PRIVATE_IRQS } from '../../../config.ts';
import { derivePending } from '../../../delivery/pending.ts';
import { oneSecurityState } from '../../../physical/groups.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import { cpuWithAffinity } from '../../../physical/reset.ts';
import type { RowHandlers } from '../../../registers/row.ts';
import { GLOBAL_PRIVATE_TARGETED } from '../../../state/layout.ts';
import type { GicState } from '../../../state/state.ts';
import { gatherOddBits, spreadToOddBits } from '../irq-config.ts';
import { readAsZero } from '../common.ts';
import { clearCopies, setCopies } from '../../../physical/spi-copies.ts';
import { HIDDEN, lanes, laneShift, type Visible } from './lanes.ts';
import { openV3 } from './irq-planes.ts';

/* Priorities, targets, routes, triggers and Non-secure access: more than one bit an interrupt. */

const BANK_WORDS = PRIVATE_IRQS / 4;

function reaches(visible: Visible, state: GicState, slot: number): boolean {
  return (visible(state, slot >> 5) & (1 << (slot & 31))) !== 0;
}

/** On GICv2 Non-secure software has the interrupts of group 1. */
const OF_GROUP_1: Visible = (state, word) => state.get(state.at.group + word);

/** Non-secure software has the less urgent half of the priorities, shifted up by one: IHI 0048, 3.8; IHI 0069, 4.8.1. */
export function IPRIORITYR(gic: 'v2' | 'v3', { keepsAllPriorityBits }: PhysicalPolicy): RowHandlers {
  const visible = gic === 'v2' ? OF_GROUP_1 : openV3(4);
  const shifted = (state: GicState): boolean => gic === 'v2' || !oneSecurityState(state);
  const keepsAll = keepsAllPriorityBits && gic === 'v3';
  const maskOf = (state: GicState): number => (keepsAll ? -1 : state.priorityMask);
  return {
    read: { words: 'priority', bankWords: BANK_WORDS },
    write: { how: 'replace', mask: maskOf },
    nonSecure: {
      read(state, cpu, offset, length) {
        const slot = state.slot(offset, cpu);
        const mask = maskOf(state);
        let value = 0;
        for (let i = 0; i < length; i++) {
          if (!reaches(visible, state, slot + i)) continue;
          const priority = state.byte(state.at.priority, slot + i);
          value |= ((shifted(state) ? priority << 1 : priority) & mask & 0xff) << (i << 3);
        }
        return value;
      },
      write({ state }, cpu, offset, length, value) {
        const slot = state.slot(offset, cpu);
        for (let i = 0; i < length; i++) {
          if (!reaches(visible, state, slot + i)) continue;
          const byte = (value >> (i << 3)) & 0xff;
          const priority = shifted(state) ? 0x80 | (byte >> 1) : byte;
          state.putByte(state.at.priority, slot + i, priority & maskOf(state));
        }
      },
    },
  };
}

/** GICv2 targets, a byte each: those of private interrupts name their own CPU, and with one CPU all read as zero. */
export function ITARGETSR({ v2: policy }: PhysicalPolicy): RowHandlers {
  /** @param reach the bytes of the word that the writer may change */
  const write = (state: GicState, cpu: number, offset: number, length: number, value: number, reach: number): void => {
    const { at, config } = state;
    if (config.cpus === 1) return;
    if (offset < PRIVATE_IRQS) {
      const written = ((1 << length) - 1) << offset;
      state.put(GLOBAL_PRIVATE_TARGETED, state.get(GLOBAL_PRIVATE_TARGETED) | written);
      return;
    }
    const first = state.slot(offset, cpu);
    const index = at.route + (first >> 2);
    const before = state.get(index);
    const present = (1 << config.cpus) - 1;
    const kept = policy.keepsAbsentTargets ? -1 : Math.imul(present, 0x01010101);
    const mask = lanes(offset, length) & reach;
    const after = (before & ~mask) | ((value << laneShift(offset)) & mask & kept);
    // The same targets as before mean the same CPUs; only what is pending may move back to them.
    if (after === before && !policy.retargetMovesPending) return;
    state.put(index, after);
    for (let slot = first, rest = after >> laneShift(offset); slot < first + length; slot++, rest >>= 8) {
      state.put(at.target + slot, LOWEST[rest & present] as number);
      if (policy.retargetMovesPending) movePending(state, slot);
    }
  };
  const visible = (state: GicState, slot: number): number => bytesOf(OF_GROUP_1(state, slot >> 5) >> (slot & 28));
  return {
    read: { words: 'route', bankWords: BANK_WORDS },
    write: ({ state }, cpu, offset, length, value) => write(state, cpu, offset, length, value, -1),
    nonSecure: policy.opensSecureTargets
      ? {}
      : {
          read(state, cpu, offset) {
            const slot = state.slot(offset & ~3, cpu);
            return (state.get(state.at.route + (slot >> 2)) & visible(state, slot)) >> laneShift(offset);
          },
          write: ({ state }, cpu, offset, length, value) =>
            write(state, cpu, offset, length, value, visible(state, state.slot(offset & ~3, cpu))),
        },
  };
}

/** The first CPU of each set of targets; -1 of the empty one. */
const LOWEST = Int8Array.from({ length: 256 }, (_, bits) => (bits === 0 ? -1 : 31 - Math.clz32(bits & -bits)));

/** Four bits as bytes of all ones. */
function bytesOf(bits: number): number {
  return Math.imul((bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21), 0xff);
}

/** A pending SPI is pending for the targets it has now. */
function movePending(state: GicState, slot: number): void {
  if (!state.bit(state.at.soft, slot)) return;
  clearCopies(state, 'latch', slot >> 5, 1 << (slot & 31), -1);
  setCopies(state, 'latch', slot >> 5, 1 << (slot & 31), state.byte(state.at.route, slot));
}

/** What a read at `offset` of GICD_ICFGR tells of a word of the interrupts' triggers. */
function shown(edges: number, offset: number): number {
  return spreadToOddBits(edges >>> ((offset << 2) & 16)) >> laneShift(offset);
}

/**
 * Triggers, two bits an interrupt of which the upper one counts: 1 edge, 0 level. Those of SGIs are fixed.
 * @param sharesPpis one register of PPIs for all CPUs
 */
export function ICFGR(gic: 'v2' | 'v3', sharesPpis: boolean): RowHandlers {
  const visible = gic === 'v2' ? OF_GROUP_1 : openV3(4);
  const write = (
    state: GicState,
    cpu: number,
    offset: number,
    length: number,
    value: number,
    seen: Visible | null,
  ): void => {
    const intid = (offset & ~3) << 2;
    const half = intid & 16;
    const own = state.planeWord(intid & ~31, cpu);
    // Who shares PPIs' triggers checks them by the writer's groups.
    const open = seen === null ? -1 : seen(state, own);
    const mask = (gatherOddBits(lanes(offset, length)) << half) & (intid < PRIVATE_IRQS ? ~0xffff : -1) & open;
    const edge = gatherOddBits(value << laneShift(offset)) << half;
    const shares = intid < PRIVATE_IRQS && sharesPpis;
    for (let word = shares ? 0 : own; word <= (shares ? state.config.cpus - 1 : own); word++) {
      const index = state.at.edge + word;
      state.put(index, (state.get(index) & ~mask) | (edge & mask));
      derivePending(state, word);
    }
  };
  return {
    read(state, cpu, offset) {
      return shown(state.get(state.at.edge + state.planeWord((offset << 2) & ~31, cpu)), offset);
    },
    write: ({ state }, cpu, offset, length, value) => write(state, cpu, offset, length, value, null),
    nonSecure: {
      read(state, cpu, offset) {
        const word = state.planeWord((offset << 2) & ~31, cpu);
        return shown(state.get(state.at.edge + word) & visible(state, word), offset);
      },
      write: ({ state }, cpu, offset, length, value) => write(state, cpu, offset, length, value, visible),
    },
  };
}

/** Aff3 in the upper word; Interrupt_Routing_Mode (31), Aff2, Aff1 and Aff0 in the lower. */
const ROUTE_LOW = 0x80ffffff | 0;
const ROUTE_HIGH = 0xff;

/** The affinity an SPI goes to. Non-secure software has those of its group, and those NSACR opens wholly. */
export function IROUTER({ keepsAllRouteBits }: PhysicalPolicy): RowHandlers {
  const lowMask = keepsAllRouteBits ? -1 : ROUTE_LOW;
  const highMask = keepsAllRouteBits ? -1 : ROUTE_HIGH;
  const visible = openV3(3);
  const read = (state: GicState, slot: number, offset: number): number => {
    const hi = state.get(state.at.routeHigh + slot);
    if ((offset & 4) !== 0) return hi;
    state.hi = hi;
    return state.get(state.at.route + slot);
  };
  const write = (state: GicState, slot: number, offset: number, length: number, lo: number, hi: number): void => {
    const { at } = state;
    const upper = (offset & 4) !== 0;
    const beforeLow = state.get(at.route + slot);
    const beforeHigh = state.get(at.routeHigh + slot);
    const low = upper ? beforeLow : lo & lowMask;
    const high = upper ? lo & highMask : length === 8 ? hi & highMask : beforeHigh;
    // The same affinity as before means the same CPU.
    if (low === beforeLow && high === beforeHigh) return;
    state.put(at.route + slot, low);
    state.put(at.routeHigh + slot, high);
    state.put(at.target + slot, cpuWithAffinity(state, low, high & 0xff));
  };
  return {
    read: (state, cpu, offset) => read(state, state.slot(offset >> 3, cpu), offset),
    write: ({ state }, cpu, offset, length, lo, hi) =>
      write(state, state.slot(offset >> 3, cpu), offset, length, lo, hi),
    nonSecure: {
      read(state, cpu, offset) {
        const slot = state.slot(offset >> 3, cpu);
        return reaches(visible, state, slot) ? read(state, slot, offset) : readAsZero(state, cpu, offset, 8);
      },
      write({ state }, cpu, offset, length, lo, hi) {
        const slot = state.slot(offset >> 3, cpu);
        if (reaches(visible, state, slot)) write(state, slot, offset, length, lo, hi);
      },
    },
  };
}

/** What Non-secure software may do with Secure interrupts of a GICv3, 16 a word; nothing to say with one security state. */
export const NSACR: RowHandlers = {
  read: (state, cpu, offset) => (oneSecurityState(state) ? 0 : state.get(accessWord(state, cpu, offset))),
  write({ state }, cpu, offset, _length, value) {
    if (!oneSecurityState(state)) state.put(accessWord(state, cpu, offset), value);
  },
  nonSecure: HIDDEN,
};

function accessWord(state: GicState, cpu: number, offset: number): number {
  return state.at.access + (state.slot(offset << 2, cpu) >> 4);
}
