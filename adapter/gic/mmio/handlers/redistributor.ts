import { usualAffinity } from '../../affinity.ts';
import type { RowHandlers } from '../../registers/row.ts';
import { GLOBAL_PROPBASER_HI, GLOBAL_PROPBASER_LO, VCPU_PENDBASER_HI, VCPU_PENDBASER_LO } from '../../state/layout.ts';
import type { GicState } from '../../state/state.ts';
import { writeIgnored } from './common.ts';

const TYPER_LAST = 1 << 4;

/** Affinity in the upper word; the processor number and Last in the lower. */
export const GICR_TYPER: RowHandlers = {
  read(state, vcpu, offset) {
    const affinity = usualAffinity(vcpu);
    state.hi = affinity;
    if ((offset & 4) !== 0) return affinity;
    return (vcpu << 8) | (vcpu === state.config.cpus - 1 ? TYPER_LAST : 0);
  },
  write: writeIgnored,
};

/*
 * GICR_PROPBASER and GICR_PENDBASER share their attribute fields:
 *   lo 9:7   inner cacheability: device and non-cacheable become read-allocate, write-back (3)
 *   lo 11:10 shareability: outer becomes inner (1)
 *   hi 26:24 outer cacheability: anything but 0 and 1 becomes non-cacheable (1), or later same-as-inner (0)
 */
const INNER_CACHE_SHIFT = 7;
const INNER_CACHE_RAWB = 3;
const SHAREABILITY_SHIFT = 10;
const OUTER_SHAREABLE = 2;
const INNER_SHAREABLE = 1;
const OUTER_CACHE_SHIFT = 24;
const OUTER_CACHE_SAME = 0;
const OUTER_CACHE_NC = 1;

function sanitiseLow(lo: number): number {
  let value = lo;
  if (((value >> INNER_CACHE_SHIFT) & 7) <= 1) {
    value = (value & ~(7 << INNER_CACHE_SHIFT)) | (INNER_CACHE_RAWB << INNER_CACHE_SHIFT);
  }
  if (((value >> SHAREABILITY_SHIFT) & 3) === OUTER_SHAREABLE) {
    value = (value & ~(3 << SHAREABILITY_SHIFT)) | (INNER_SHAREABLE << SHAREABILITY_SHIFT);
  }
  return value;
}

function sanitiseHigh(hi: number, otherwise: number): number {
  const outer = (hi >> OUTER_CACHE_SHIFT) & 7;
  return outer <= 1 ? hi : (hi & ~(7 << OUTER_CACHE_SHIFT)) | (otherwise << OUTER_CACHE_SHIFT);
}

/** Bits that exist, word by word: RES0 bits are dropped on every write. */
interface BaseRegister {
  lo(vcpu: number, state: GicState): number;
  hi(vcpu: number, state: GicState): number;
  readonly keepLo: number;
  readonly keepHi: number;
  /** Outer cacheability in the place of one that is not supported. */
  readonly outer: number;
  /** Bits of the upper word that read as they are stored; the others read 0. */
  readonly readHi: number;
}

/** A write of either half or both sanitises the whole register. */
function baseRegister(register: BaseRegister): RowHandlers {
  return {
    read(state, vcpu, offset) {
      const hi = state.get(register.hi(vcpu, state)) & register.readHi;
      state.hi = hi;
      return (offset & 4) !== 0 ? hi : state.get(register.lo(vcpu, state));
    },
    write({ state }, vcpu, offset, length, lo, hi) {
      const loWord = register.lo(vcpu, state);
      const hiWord = register.hi(vcpu, state);
      const upperHalf = (offset & 4) !== 0;
      const newLo = upperHalf ? state.get(loWord) : lo;
      const newHi = upperHalf ? lo : length === 8 ? hi : state.get(hiWord);
      state.put(loWord, sanitiseLow(newLo) & register.keepLo);
      state.put(hiWord, sanitiseHigh(newHi, register.outer) & register.keepHi);
    },
  };
}

/** One register for the whole machine. RES0: 63:59, 6:5, and of 55:48 what `hi` leaves out. */
const PROPBASER = { lo: () => GLOBAL_PROPBASER_LO, hi: () => GLOBAL_PROPBASER_HI, keepLo: ~0x60, readHi: -1 };

/** One a vCPU. RES0: 63, 61:59, 15:12, 6:0, and of 55:48 what `hi` leaves out. */
const PENDBASER = {
  lo: (vcpu: number, state: GicState) => state.vcpuWord(vcpu, VCPU_PENDBASER_LO),
  hi: (vcpu: number, state: GicState) => state.vcpuWord(vcpu, VCPU_PENDBASER_HI),
  keepLo: 0xffff0f80 | 0,
};

export const GICR_PROPBASER: RowHandlers = baseRegister({ ...PROPBASER, keepHi: 0x0700ffff, outer: OUTER_CACHE_NC });
export const GICR_PENDBASER: RowHandlers = baseRegister({
  ...PENDBASER,
  keepHi: 0x4700ffff,
  outer: OUTER_CACHE_NC,
  readHi: -1,
});

/** With 52 bits of address. PTZ (62) is stored, and reads 0. */
export const GICR_PROPBASER_52: RowHandlers = baseRegister({
  ...PROPBASER,
  keepHi: 0x070fffff,
  outer: OUTER_CACHE_SAME,
});
export const GICR_PENDBASER_52: RowHandlers = baseRegister({
  ...PENDBASER,
  keepHi: 0x470fffff,
  outer: OUTER_CACHE_SAME,
  readHi: ~(1 << 30),
});
