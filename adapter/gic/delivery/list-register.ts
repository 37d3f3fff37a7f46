import { SGIS } from '../config.ts';

/**
 * The two list register formats, decoded alike. Words are int32, `lo` first.
 *
 *     GICv2 (GICH_LRn, IHI 0048, 5.3.7)          GICv3 (ICH_LRn_EL2, IHI 0069, 12.4)
 *     9:0    VirtualID                           31:0   vINTID
 *     19:10  PhysicalID (HW = 1)                 44:32  pINTID (HW = 1)
 *     12:10  CPUID of an SGI's sender (HW = 0)   41     EOI maintenance (HW = 0)
 *     19     EOI maintenance (HW = 0)            55:48  Priority
 *     27:23  Priority, upper five bits           60     Group
 *     29:28  State: 1 pending, 2 active, 3 both  61     HW
 *     30     Grp1                                63:62  State
 *     31     HW
 */
export interface ListRegisterFormat {
  intid(lo: number): number;
  pending(lo: number, hi: number): boolean;
  active(lo: number, hi: number): boolean;
  /** An end of interrupt asks for maintenance: never where it is linked. */
  eoi(lo: number, hi: number): boolean;
  group1(lo: number, hi: number): boolean;
  /** Priority, 0 to 255. */
  priority(lo: number, hi: number): number;
  /** Sender of a GICv2 SGI; 0 of all else. */
  sender(lo: number): number;
  /** INTID of the physical interrupt that it is linked to, -1: none. */
  physical(lo: number, hi: number): number;
}

export const V2_PENDING = 1 << 28;
export const V2_ACTIVE = 1 << 29;
export const V2_EOI = 1 << 19;
export const V2_GROUP1 = 1 << 30;
export const V2_HW = 1 << 31;
export const V2_SENDER_SHIFT = 10;
export const V3_HI_PENDING = 1 << 30;
export const V3_HI_ACTIVE = 1 << 31;
export const V3_HI_GROUP1 = 1 << 28;
export const V3_HI_HW = 1 << 29;
export const V3_HI_EOI = 1 << 9;

export const LIST_REGISTER_V2: ListRegisterFormat = {
  intid: (lo) => lo & 0x3ff,
  pending: (lo) => (lo & V2_PENDING) !== 0,
  active: (lo) => (lo & V2_ACTIVE) !== 0,
  eoi: (lo) => (lo & (V2_EOI | V2_HW)) === V2_EOI,
  group1: (lo) => (lo & V2_GROUP1) !== 0,
  priority: (lo) => ((lo >> 23) & 0x1f) << 3,
  sender: (lo) => ((lo & V2_HW) === 0 && (lo & 0x3ff) < SGIS ? (lo >> V2_SENDER_SHIFT) & 7 : 0),
  physical: (lo) => ((lo & V2_HW) === 0 ? -1 : (lo >> 10) & 0x3ff),
};

export const LIST_REGISTER_V3: ListRegisterFormat = {
  intid: (lo) => lo >>> 0,
  pending: (_lo, hi) => (hi & V3_HI_PENDING) !== 0,
  active: (_lo, hi) => (hi & V3_HI_ACTIVE) !== 0,
  eoi: (_lo, hi) => (hi & (V3_HI_EOI | V3_HI_HW)) === V3_HI_EOI,
  group1: (_lo, hi) => (hi & V3_HI_GROUP1) !== 0,
  priority: (_lo, hi) => (hi >> 16) & 0xff,
  sender: () => 0,
  physical: (_lo, hi) => ((hi & V3_HI_HW) === 0 ? -1 : hi & 0x1fff),
};
