import { levelsOf, type Level } from './level.ts';
import * as R from './registers.ts';

/** Half of the address space: the tables of one TTBR. */
export interface Half {
  readonly isUpper: boolean;
  /** Nothing translates: TCR_EL1.EPDn is set, or TnSZ is beyond what there is. */
  readonly isOff: boolean;
  /** Why these tables are not understood here; null where they are. */
  readonly unsupported: string | null;
  /** Bits of an offset in a page: 12, 14 or 16. */
  readonly granuleBits: number;
  /** Bits of virtual address that are translated. */
  readonly sizeBits: number;
  /** The half's first address. */
  readonly base: bigint;
  /** Address bits from here on are a tag, and ignored: 56 with TCR_EL1.TBIn, otherwise 64. */
  readonly topBits: number;
  /** Bits that addresses in descriptors, and in TTBRn_EL1, may have. */
  readonly outputBits: number;
  /** TTBRn_EL1 without ASID and CnP: the first table. */
  readonly root: number;
  readonly levels: readonly Level[];
  /** TCR_EL1.HPDn: what table descriptors say of permissions is not looked at. */
  readonly ignoresTables: boolean;
}

/** Stage 1 of the EL1&0 translation regime. With EL2 in use, what comes out may be intermediate physical addresses. */
export interface Regime {
  /** SCTLR_EL1.M; where it is clear, addresses are physical. */
  readonly isOn: boolean;
  /** The CPU is at EL0: whose permissions count. At EL2 and EL3 the regime is that of the EL1 below. */
  readonly isEl0: boolean;
  /** Tables are big-endian: SCTLR_EL1.EE. */
  readonly isBigEndian: boolean;
  /** SCTLR_EL1.WXN: what can be written is not executed. */
  readonly isWxn: boolean;
  /** The CPU sets access flags by itself: TCR_EL1.HA. */
  readonly setsAccessFlag: boolean;
  /** The CPU makes pages with the dirty bit modifier writable by itself: TCR_EL1.HD. */
  readonly setsDirty: boolean;
  /** Null where it is not known. */
  readonly mair: bigint | null;
  readonly physicalBits: number;
  readonly lower: Half;
  readonly upper: Half;
}

export function regimeOf(registers: R.TranslationRegisters): Regime {
  const { sctlr, tcr, mair, currentEl, physicalBits = WIDEST } = registers;
  const setsAccessFlag = R.bit(tcr, R.TCR_HA);
  return {
    isOn: R.bit(sctlr, R.SCTLR_M),
    isEl0: currentEl === 0,
    isBigEndian: R.bit(sctlr, R.SCTLR_EE),
    isWxn: R.bit(sctlr, R.SCTLR_WXN),
    setsAccessFlag,
    setsDirty: setsAccessFlag && R.bit(tcr, R.TCR_HD),
    mair: mair ?? null,
    physicalBits,
    lower: halfOf(false, tcr, registers.ttbr0, physicalBits),
    upper: halfOf(true, tcr, registers.ttbr1, physicalBits),
  };
}

const WIDEST = 52;
/** TCR_EL1.IPS; its last value is reserved, or for more bits than are known here. */
const OUTPUT_BITS: readonly number[] = [32, 36, 40, 42, 44, 48, 52, 52];

/** TG0 and TG1 count differently. Reserved values mean any granule there is; QEMU and the simulated core take 4K. */
const TG0_BITS: readonly number[] = [12, 16, 14, 12];
const TG1_BITS: readonly number[] = [12, 14, 12, 16];

function halfOf(isUpper: boolean, tcr: bigint, ttbr: bigint, physicalBits: number): Half {
  const fields = isUpper ? R.UPPER_FIELDS : R.LOWER_FIELDS;
  const granuleBits = (isUpper ? TG1_BITS : TG0_BITS)[Number((tcr >> fields.tg) & 3n)] ?? 12;
  const sizeBits = 64 - Number((tcr >> fields.txsz) & 63n);
  const outputBits = outputBitsOf(tcr, granuleBits, physicalBits);
  const isSized = sizeBits >= leastSize(granuleBits) && sizeBits <= mostSize(granuleBits);
  const levels = isSized ? levelsOf(granuleBits, sizeBits, outputBits) : [];
  return {
    isUpper,
    isOff: R.bit(tcr, fields.epd) || !isSized,
    unsupported: unsupported(tcr, granuleBits),
    granuleBits,
    sizeBits,
    base: isUpper ? (1n << 64n) - (1n << BigInt(sizeBits)) : 0n,
    topBits: R.bit(tcr, fields.tbi) ? 56 : 64,
    outputBits,
    root: rootOf(ttbr, levels[0]?.bytes ?? 8, outputBits),
    levels,
    ignoresTables: R.bit(tcr, fields.hpd),
  };
}

/** More than 48 bits come out of the 64K granule only: the others need TCR_EL1.DS. */
function outputBitsOf(tcr: bigint, granuleBits: number, physicalBits: number): number {
  const wanted = OUTPUT_BITS[Number((tcr >> R.TCR_IPS) & 7n)] ?? WIDEST;
  return Math.min(wanted, physicalBits, granuleBits === 16 ? WIDEST : 48);
}

/** FEAT_TTST: TnSZ up to 48, 47 with the 64K granule. Without it 39 is the most, and no software asks for more. */
function leastSize(granuleBits: number): number {
  return granuleBits === 16 ? 17 : 16;
}

/** FEAT_LVA widens the 64K granule alone. Beyond, CPUs may act as if TnSZ were in bounds; QEMU faults, and so do we. */
function mostSize(granuleBits: number): number {
  return granuleBits === 16 ? WIDEST : 48;
}

function unsupported(tcr: bigint, granuleBits: number): string | null {
  if (!R.bit(tcr, R.TCR_DS) || granuleBits === 16) return null;
  return `TCR_EL1.DS is set: tables of the ${granuleBits === 12 ? 4 : 16}K granule with 52-bit addresses (FEAT_LPA2) are not supported`;
}

/** The table lies at a multiple of its size. Where outputs have 52 bits, the upper four are in TTBRn_EL1 5:2. */
function rootOf(ttbr: bigint, bytes: number, outputBits: number): number {
  const address = Number(ttbr & 0x0000_ffff_ffff_fffen);
  if (outputBits <= 48) return address - (address % bytes);
  return address - (address % Math.max(bytes, 64)) + Number((ttbr >> 2n) & 15n) * 2 ** 48;
}
