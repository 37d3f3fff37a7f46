import type { Delivery } from '../delivery/delivery.ts';
import type { GicState } from '../state/state.ts';

/**
 * One register, or one array of registers, of a frame: the single source of truth for the dispatcher, the views,
 * edits, decoding, the expression language and the generated reference.
 */
export interface RegisterRow {
  /** As Arm writes it, without the index of an array: `GICD_ISENABLER`. */
  readonly name: string;
  /** Bytes from the frame's base. */
  readonly offset: number;
  /** Bytes of the whole region. */
  readonly length: number;
  /** Bytes of one register of the array, or of the register itself: 4 or 8. */
  readonly element: 4 | 8;
  /** True: `length / element` registers, named with an index. */
  readonly array: boolean;
  /** Index of the first one (GICD_IROUTER counts from its INTID, GICR_ICFGR from 0). */
  readonly firstIndex: number;
  /** Bits each interrupt occupies; 0: not a per-interrupt register. INTIDs count from 0 at `offset`. */
  readonly bitsPerIrq: 0 | 1 | 2 | 8 | 64;
  /** List registers that each register of the array tells of; those beyond the last are not there. */
  readonly listRegisters?: number;
  /** What per-interrupt bits mean. */
  readonly property: IrqProperty | null;
  /** Access widths that reach the register, `W8` | `W32` | `W64`. */
  readonly widths: number;
  readonly access: Access;
  /** True: a guest's writes to the bits of SGIs are ignored here, user space's are not. */
  readonly sgisByUser?: boolean;
  /** What reading through the bus would change; absent where reading is harmless. */
  readonly readEffect?: string;
  readonly bank: Bank;
  /** A field that, while it is set, makes all of this read as zero. */
  readonly zeroWhile?: { readonly register: string; readonly field: string };
  /** The register that does the opposite of a `w1s` or `w1c` register. */
  readonly counterpart?: string;
  /** Bits that mean something; the rest is reserved. Per-interrupt registers have none here. */
  readonly fields: readonly FieldRow[];
  /** One sentence. */
  readonly doc: string;
  /** Where the architecture describes it. */
  readonly section: string;
  /** How the profile answers; absent where the profile has a hole here: reads zero, drops writes. */
  readonly handlers?: RowHandlers;
}

/** How a value is reached: `w1s` and `w1c` set and clear the bits written as 1, and read the state. */
export type Access = 'rw' | 'ro' | 'wo' | 'w1s' | 'w1c' | 'raz/wi' | 'rao/wi';

/**
 * Which vCPUs see a copy of their own. `shared`: none. `each`: all of it is banked by the accessing vCPU.
 * `private`: the part of INTIDs 0 to 31 is (GICv2 distributor). `frame`: the frame belongs to one vCPU.
 * `shared-only`: INTIDs 0 to 31 read as zero here, because the redistributors have them (GICv3 distributor).
 */
export type Bank = 'shared' | 'each' | 'private' | 'frame' | 'shared-only';

export type IrqProperty =
  'enabled' | 'pending' | 'active' | 'priority' | 'config' | 'target' | 'route' | 'source' | 'group' | 'groupModifier';

export interface FieldRow {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  readonly access: Access;
  readonly doc: string;
  readonly values?: readonly EnumValue[];
}

export interface EnumValue {
  readonly value: number;
  readonly name: string;
  readonly doc?: string;
}

/**
 * Reads `length` bytes at `offset` from the row's start, without side effect: int32 low word; a 64-bit read leaves
 * its upper word in `state.hi`. The vCPU is the accessing one, or the owner of the frame.
 */
export type ReadHandler = (state: GicState, vcpu: number, offset: number, length: number) => number;

/** Writes `length` bytes: `lo`, and `hi` for eight. */
export type WriteHandler = (
  delivery: Delivery,
  vcpu: number,
  offset: number,
  length: number,
  lo: number,
  hi: number,
) => void;

/** Follows the writes of a row that reach it. */
export type AfterWrite = (state: GicState, vcpu: number, offset: number, length: number) => void;

export interface RowHandlers {
  readonly read: ReadHandler | StateWords;
  /** `WordWrite` only where `read` is `StateWords`. */
  readonly write: WriteHandler | WordWrite;
  readonly afterWrite?: AfterWrite;
  /** Where reading does something besides answering; `read` answers the same without doing it. */
  readonly take?: ReadHandler;
  /** Where the KVM device answers user space in another way than the bus answers a guest. */
  readonly user?: OtherHandlers;
  /** Where Non-secure accesses are answered in another way, with two security states. */
  readonly nonSecure?: OtherHandlers;
  /** For profiles that show a target's registers: takes over what a read of one answered there. */
  readonly load?: LoadHandler;
}

/** `lo`, and `hi` for registers of 64 bits, as they were read at `offset` from the row's start in the bank of `vcpu`. */
export type LoadHandler = (state: GicState, vcpu: number, offset: number, lo: number, hi: number) => void;

/** What is absent is as for a guest. */
export interface OtherHandlers {
  readonly read?: ReadHandler | StateWords;
  readonly take?: ReadHandler;
  readonly write?: WriteHandler | WordWrite;
  /** What follows `write`. */
  readonly afterWrite?: AfterWrite;
  /** False: the write of a value is refused, and changes nothing. */
  readonly accepts?: AcceptHandler;
}

export type AcceptHandler = (state: GicState, vcpu: number, value: number) => boolean;

/** Who accesses: a guest over the bus, its Non-secure software where that differs, or user space through the KVM device. */
export type View = 'guest' | 'nonSecure' | 'user';

/**
 * For rows whose registers are words of the state as they stand: reading one, or a byte of it, is reading the state.
 * The words of each vCPU's private interrupts come first, `bankWords` a vCPU, then the shared ones.
 */
export interface StateWords {
  readonly words: 'enabled' | 'pending' | 'soft' | 'active' | 'group' | 'priority' | 'route' | 'source';
  readonly bankWords: number;
}

/** What a write does to a row's state words, where it does nothing else: in the bytes it covers, and no others. */
export interface WordWrite {
  /** Bits become those written, or the ones written as 1 are set, or cleared. */
  readonly how: 'replace' | 'set' | 'clear';
  /** Bits of a word that do so, the others stay: all where absent. Replacing makes the others 0. Asked once. */
  readonly mask?: (state: GicState, isPrivate: boolean) => number;
  /** Words of the same banks that are changed alike. */
  readonly also?: StateWords['words'];
}

/** Access widths, as a mask: the width in bytes itself. The vgic has none of 16 bits. */
export const W8 = 1;
export const W16 = 2;
export const W32 = 4;
export const W64 = 8;

export type FrameKind = 'GICD' | 'GICC' | 'GICH' | 'GICV' | 'RD' | 'SGI' | 'GITS';

export interface FrameTable {
  readonly kind: FrameKind;
  readonly title: string;
  /** Bytes the frame takes in the address map. */
  readonly size: number;
  /** True: an access of eight bytes is two of four, the lower address first. */
  readonly splitsDoublewords?: boolean;
  /** In ascending order of offset, without overlap. */
  readonly rows: readonly RegisterRow[];
}

/** Everything of a row that has a usual value may be left out. */
export type RowInit = Pick<RegisterRow, 'name' | 'offset' | 'doc' | 'section'> & Partial<RegisterRow>;

export function row(init: RowInit): RegisterRow {
  const element = init.element ?? 4;
  return {
    length: element,
    element,
    array: false,
    firstIndex: 0,
    bitsPerIrq: 0,
    property: null,
    widths: W32,
    access: 'rw',
    bank: 'shared',
    fields: [],
    ...init,
  };
}

/** `bits` is `[msb, lsb]`, or one bit. */
export function field(
  name: string,
  bits: number | readonly [number, number],
  access: Access,
  doc: string,
  values?: readonly EnumValue[],
): FieldRow {
  const [msb, lsb] = typeof bits === 'number' ? [bits, bits] : bits;
  return values === undefined ? { name, msb, lsb, access, doc } : { name, msb, lsb, access, doc, values };
}

/** Name of one register of a row: the row's, with the index of the `nth` for arrays. */
export function registerName(of: RegisterRow, nth: number): string {
  return of.array ? `${of.name}${String(of.firstIndex + nth)}` : of.name;
}

/** Number of registers in a row. */
export function registerCount(of: RegisterRow): number {
  return of.array ? of.length / of.element : 1;
}
