import { SGIS } from '../../../config.ts';
import { derivePending } from '../../../delivery/pending.ts';
import { oneSecurityState } from '../../../physical/groups.ts';
import { lowestBit } from '../../../physical/active-priorities.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import { ALL_CPUS, clearCopies, setCopies, targetsOf } from '../../../physical/spi-copies.ts';
import type { RowHandlers, StateWords } from '../../../registers/row.ts';
import { GLOBAL_PRIVATE_TARGETED } from '../../../state/layout.ts';
import type { GicState } from '../../../state/state.ts';
import { lanes, laneShift, NOTHING, type Visible } from './lanes.ts';

/*
 * One bit an interrupt, of a physical controller. Non-secure software sees and changes the interrupts of its group,
 * and on GICv3 those that NSACR opens to it.
 */

/** Changes 32 interrupts: `bits` were written as 1, of those that `mask` lets the access reach. */
type Apply = (state: GicState, word: number, bits: number, mask: number) => void;

interface PlaneRow {
  readonly plane: StateWords['words'] | 'modifier';
  readonly apply: Apply;
  /** What Non-secure writes reach, and reads show where that is more. */
  readonly reaches: Visible;
  readonly shows?: Visible;
}

function planeRow({ plane, apply, reaches, shows = reaches }: PlaneRow): RowHandlers {
  const wordAt = (state: GicState, cpu: number, offset: number): number => state.planeWord((offset & ~3) << 3, cpu);
  const whole = (state: GicState, cpu: number, offset: number): number =>
    state.get(state.at[plane] + wordAt(state, cpu, offset)) >> laneShift(offset);
  return {
    read: plane === 'modifier' ? whole : { words: plane, bankWords: 1 },
    write({ state }, cpu, offset, length, value) {
      if (length === 4) {
        apply(state, wordAt(state, cpu, offset), value, -1);
        return;
      }
      const mask = lanes(offset, length);
      apply(state, wordAt(state, cpu, offset), (value << laneShift(offset)) & mask, mask);
    },
    nonSecure: {
      read(state, cpu, offset) {
        const word = wordAt(state, cpu, offset);
        return (state.get(state.at[plane] + word) & shows(state, word)) >> laneShift(offset);
      },
      write({ state }, cpu, offset, length, value) {
        const word = wordAt(state, cpu, offset);
        const mask = lanes(offset, length) & reaches(state, word);
        apply(state, word, (value << laneShift(offset)) & mask, mask);
      },
    },
  };
}

/** Bits that are kept as they are written. */
function assign(plane: 'group' | 'modifier'): Apply {
  return (state, word, bits, mask) => {
    const index = state.at[plane] + word;
    state.put(index, (state.get(index) & ~mask) | bits);
  };
}

function set(plane: 'enabled' | 'active'): Apply {
  return (state, word, bits) => {
    const index = state.at[plane] + word;
    state.put(index, state.get(index) | bits);
  };
}

function clear(plane: 'enabled' | 'active'): Apply {
  return (state, word, bits) => {
    const index = state.at[plane] + word;
    state.put(index, state.get(index) & ~bits);
  };
}

const disable = clear('enabled');
const SGI_BITS = (1 << SGIS) - 1;

/** SGIs of a plane word: private words have them in 15:0. */
function sgisOf(state: GicState, word: number): number {
  return word < state.config.cpus ? SGI_BITS : 0;
}

type BitRegister = 'IGROUPR' | 'ISENABLER' | 'ICENABLER' | 'ISPENDR' | 'ICPENDR' | 'ISACTIVER' | 'ICACTIVER';

/** The registers of GICv2's distributor, without prefix. */
export function bitRowsV2({ v2: policy }: PhysicalPolicy): Readonly<Record<BitRegister, RowHandlers>> {
  const ofGroup1: Visible = (state, word) => state.get(state.at.group + word);
  /** Latches SPIs for their targets, or for all. */
  const latchShared = (state: GicState, word: number, bits: number): void => {
    if (!policy.spiStatePerCpu) {
      setCopies(state, 'latch', word, bits, ALL_CPUS);
      return;
    }
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const slot = (word << 5) | lowestBit(rest);
      setCopies(state, 'latch', word, rest & -rest, targetsOf(state, slot));
    }
  };
  const latch = (state: GicState, word: number, bits: number): void => {
    if (word >= state.config.cpus) latchShared(state, word, bits);
    else setCopies(state, 'latch', word, bits, 1 << word);
  };
  return {
    IGROUPR: planeRow({ plane: 'group', apply: assign('group'), reaches: NOTHING }),
    ISENABLER: planeRow({ plane: 'enabled', apply: set('enabled'), reaches: ofGroup1 }),
    ICENABLER: planeRow({
      plane: 'enabled',
      apply: (state, word, bits, mask) => disable(state, word, bits & ~sgisOf(state, word), mask),
      reaches: ofGroup1,
    }),
    ISPENDR: planeRow({
      plane: 'pending',
      apply(state, word, bits) {
        const { cpus } = state.config;
        const settable = bits & ~sgisOf(state, word);
        if (word >= cpus || cpus === 1 || !policy.ppiPendingNeedsTargets) {
          latch(state, word, settable);
          return;
        }
        const targeted = settable & state.get(GLOBAL_PRIVATE_TARGETED);
        for (let each = 0; each < cpus; each++) setCopies(state, 'latch', each, targeted, 1 << each);
      },
      reaches: ofGroup1,
    }),
    ICPENDR: planeRow({
      plane: 'pending',
      apply(state, word, bits) {
        const { cpus } = state.config;
        const clearable = bits & ~sgisOf(state, word);
        if (word >= cpus || !policy.clearsPendingEverywhere) clearCopies(state, 'latch', word, clearable, -1);
        else for (let each = 0; each < cpus; each++) clearCopies(state, 'latch', each, clearable, -1);
      },
      reaches: ofGroup1,
    }),
    ISACTIVER: planeRow({
      plane: 'active',
      apply: (state, word, bits) => setCopies(state, 'active', word, bits, -1),
      reaches: ofGroup1,
    }),
    ICACTIVER: planeRow({
      plane: 'active',
      apply: (state, word, bits) => clearCopies(state, 'active', word, bits, -1),
      reaches: ofGroup1,
    }),
  };
}

/** Interrupts of a GICv3 whose NSACR field is at least so much, or that are Non-secure: all, with one security state. */
export function openV3(least: 1 | 2 | 3 | 4): Visible {
  return (state, word) => {
    if (oneSecurityState(state)) return -1;
    const group = state.get(state.at.group + word);
    if (least === 4) return group;
    const index = state.at.access + word * 2;
    return group | gatherAccess(state.get(index), least) | (gatherAccess(state.get(index + 1), least) << 16);
  };
}

/** A bit for each of 16 two-bit fields that is at least so much. */
function gatherAccess(fields: number, least: 1 | 2 | 3): number {
  const odd = fields >>> 1;
  const chosen = least === 1 ? fields | odd : least === 2 ? odd : fields & odd;
  let bits = 0;
  for (let i = 0; i < 16; i++) bits |= ((chosen >>> (i * 2)) & 1) << i;
  return bits;
}

/** The registers of GICv3's distributor and SGI frames, without prefix. */
export function bitRowsV3(nsacr: boolean): Readonly<Record<BitRegister | 'IGRPMODR', RowHandlers>> {
  const own = openV3(4);
  const at = (least: 1 | 2): Visible => (nsacr ? openV3(least) : own);
  const whileSecurity: Visible = (state) => (oneSecurityState(state) ? -1 : 0);
  const modifier = planeRow({ plane: 'modifier', apply: assign('modifier'), reaches: NOTHING });
  return {
    // With one security state all software may move interrupts between groups.
    IGROUPR: planeRow({ plane: 'group', apply: assign('group'), reaches: whileSecurity }),
    IGRPMODR: {
      read: (state, cpu, offset, length) =>
        oneSecurityState(state)
          ? 0
          : (modifier.read as Exclude<RowHandlers['read'], StateWords>)(state, cpu, offset, length),
      write(delivery, cpu, offset, length, lo, hi) {
        if (!oneSecurityState(delivery.state)) modifier.write(delivery, cpu, offset, length, lo, hi);
      },
      nonSecure: modifier.nonSecure ?? {},
    },
    ISENABLER: planeRow({ plane: 'enabled', apply: set('enabled'), reaches: own }),
    ICENABLER: planeRow({ plane: 'enabled', apply: clear('enabled'), reaches: own }),
    ISPENDR: planeRow({
      plane: 'pending',
      apply(state, word, bits) {
        const { at } = state;
        state.put(at.soft + word, state.get(at.soft + word) | bits);
        state.put(at.pending + word, state.get(at.pending + word) | bits);
      },
      reaches: at(1),
    }),
    ICPENDR: planeRow({
      plane: 'pending',
      apply(state, word, bits) {
        const index = state.at.soft + word;
        state.put(index, state.get(index) & ~bits);
        derivePending(state, word);
      },
      reaches: at(2),
    }),
    ISACTIVER: planeRow({ plane: 'active', apply: set('active'), reaches: own, shows: at(2) }),
    ICACTIVER: planeRow({ plane: 'active', apply: clear('active'), reaches: own, shows: at(2) }),
  };
}
