import { SGIS } from '../../../config.ts';
import { derivePending } from '../../../delivery/pending.ts';
import { oneSecurityState } from '../../../physical/groups.ts';
import { lowestBit } from '../../../physical/active-priorities.ts';
import type { PhysicalPolicy } from '../../../physical/policy.ts';
import { ALL_CPUS, clearCopies, setCopies, targetsOf } from '../../../physical/spi-copies.ts';
import type { ReadHandler, RowHandlers, StateWords, WordWrite, WriteHandler } from '../../../registers/row.ts';
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

/** A row whose accesses are all handlers of its own. */
type Handlers = RowHandlers & { readonly read: ReadHandler; readonly write: WriteHandler };

function planeHandlers({ plane, apply, reaches, shows = reaches }: PlaneRow): Handlers {
  const wordAt = (state: GicState, cpu: number, offset: number): number => state.planeWord((offset & ~3) << 3, cpu);
  return {
    read: (state, cpu, offset) => state.get(state.at[plane] + wordAt(state, cpu, offset)) >> laneShift(offset),
    write({ state }, cpu, offset, length, value) {
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

/** A row that reads as a plane of the state. */
function planeRow(init: PlaneRow & { readonly plane: StateWords['words'] }): RowHandlers {
  return { ...planeHandlers(init), read: { words: init.plane, bankWords: 1 } };
}

/** A row whose writes change the plane it reads as, and nothing else but what they say. */
function wordRow(plane: StateWords['words'], write: WordWrite, seen: Pick<PlaneRow, 'reaches' | 'shows'>): RowHandlers {
  const change = CHANGES[write.how];
  const planes = write.also === undefined ? [plane] : [plane, write.also];
  const apply: Apply = (state, word, bits, lane) => {
    const able = bits & (write.mask?.(state, word < state.config.cpus) ?? -1);
    for (const one of planes) {
      const index = state.at[one] + word;
      state.put(index, change(state.get(index), able, lane));
    }
  };
  return { ...planeRow({ plane, apply, ...seen }), write };
}

/** A word after a write of `bits` to those of `mask`. */
const CHANGES: Readonly<Record<WordWrite['how'], (before: number, bits: number, mask: number) => number>> = {
  replace: (before, bits, mask) => (before & ~mask) | bits,
  set: (before, bits) => before | bits,
  clear: (before, bits) => before & ~bits,
};

const SGI_BITS = (1 << SGIS) - 1;

/** SGIs of a plane word: private words have them in 15:0. */
function sgisOf(state: GicState, word: number): number {
  return word < state.config.cpus ? SGI_BITS : 0;
}

function butSgis(_state: GicState, isPrivate: boolean): number {
  return isPrivate ? ~SGI_BITS : -1;
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
    IGROUPR: wordRow('group', { how: 'replace' }, { reaches: NOTHING }),
    ISENABLER: wordRow('enabled', { how: 'set' }, { reaches: ofGroup1 }),
    ICENABLER: wordRow('enabled', { how: 'clear', mask: butSgis }, { reaches: ofGroup1 }),
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
  const modifier = planeHandlers({
    plane: 'modifier',
    apply(state, word, bits, mask) {
      const index = state.at.modifier + word;
      state.put(index, CHANGES.replace(state.get(index), bits, mask));
    },
    reaches: NOTHING,
  });
  return {
    // With one security state all software may move interrupts between groups.
    IGROUPR: wordRow('group', { how: 'replace' }, { reaches: whileSecurity }),
    IGRPMODR: {
      read: (state, cpu, offset, length) => (oneSecurityState(state) ? 0 : modifier.read(state, cpu, offset, length)),
      write(delivery, cpu, offset, length, lo, hi) {
        if (!oneSecurityState(delivery.state)) modifier.write(delivery, cpu, offset, length, lo, hi);
      },
      nonSecure: modifier.nonSecure ?? {},
    },
    ISENABLER: wordRow('enabled', { how: 'set' }, { reaches: own }),
    ICENABLER: wordRow('enabled', { how: 'clear' }, { reaches: own }),
    ISPENDR: wordRow('pending', { how: 'set', also: 'soft' }, { reaches: at(1) }),
    ICPENDR: planeRow({
      plane: 'pending',
      apply(state, word, bits) {
        const index = state.at.soft + word;
        state.put(index, state.get(index) & ~bits);
        derivePending(state, word);
      },
      reaches: at(2),
    }),
    ISACTIVER: wordRow('active', { how: 'set' }, { reaches: own, shows: at(2) }),
    ICACTIVER: wordRow('active', { how: 'clear' }, { reaches: own, shows: at(2) }),
  };
}
