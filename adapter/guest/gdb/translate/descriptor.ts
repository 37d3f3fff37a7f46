import { LAST_LEVEL, type Level } from './level.ts';
import type { Half, Regime } from './regime.ts';

/**
 * Stage 1 descriptors (DDI 0487, D8.3), 64 bits:
 *
 *     block, page   54 UXN   53 PXN   51 DBM   47:n output address   15:12 its bits 51:48   10 AF   7 AP[2]   6 AP[1]
 *                   4:2 AttrIndx   1:0 = 1 a block, at levels that have them; 3 a page, at level 3
 *     table         62:61 APTable   60 UXNTable   59 PXNTable   47:n next table   15:12 its bits 51:48   1:0 = 3
 *
 * n is the granule's bits, of a block the level's. Bits 15:12 count with the 64K granule and 52-bit outputs only.
 */

/** What a descriptor does to an access. */
export const Kind = {
  /** Bit 0 clear, or an encoding that the level has not got. */
  Invalid: 0,
  Table: 1,
  /** A block or a page. */
  Leaf: 2,
  /** A table, block or page outside the output address size. */
  TooFar: 3,
  /** A block or page whose access flag is clear, and the CPU leaves setting it to software. */
  NoAccessFlag: 4,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Permissions that table descriptors take from everything below them; bits as in descriptor bits 62:59. */
export const NO_EL1_EXECUTE = 1;
export const NO_EL0_EXECUTE = 2;
export const NO_EL0 = 4;
export const NO_WRITE = 8;

const BLOCK = 1;
const TABLE_OR_PAGE = 3;
const AP1 = 1 << 6;
const AP2 = 1 << 7;
const AF = 1 << 10;
const HIGH_DBM = 1 << (51 - 32);
const HIGH_PXN = 1 << (53 - 32);
const HIGH_UXN = 1 << (54 - 32);

/** Decodes descriptors one after the other into itself: searches look at hundreds of thousands of them. */
export class Descriptor {
  kind: Kind = Kind.Invalid;
  /** Of a table, or of the block's or page's first byte. */
  output = 0;
  #low = 0;
  #high = 0;
  readonly #firstWord: number;
  readonly #secondWord: number;
  readonly #isLittle: boolean;
  readonly #tableMask: number;
  readonly #limit: number;
  readonly #isWide: boolean;
  readonly #ignoresTables: boolean;
  readonly #regime: Regime;

  constructor(regime: Regime, half: Half) {
    this.#regime = regime;
    this.#isLittle = !regime.isBigEndian;
    this.#firstWord = regime.isBigEndian ? 4 : 0;
    this.#secondWord = 4 - this.#firstWord;
    this.#tableMask = (-1 << half.granuleBits) >>> 0;
    this.#limit = 2 ** half.outputBits;
    this.#isWide = half.outputBits > 48;
    this.#ignoresTables = half.ignoresTables;
  }

  /** @param at where the descriptor lies in `view` */
  decode(view: DataView, at: number, level: Level): Kind {
    const low = view.getUint32(at + this.#firstWord, this.#isLittle);
    // Most entries of most tables.
    if ((low & 1) === 0) return (this.kind = Kind.Invalid);
    const high = view.getUint32(at + this.#secondWord, this.#isLittle);
    this.#low = low;
    this.#high = high;
    const type = low & 3;
    if (type === TABLE_OR_PAGE && level.level < LAST_LEVEL) {
      this.output = this.#address(low & this.#tableMask, high & 0xffff);
      return (this.kind = this.output < this.#limit ? Kind.Table : Kind.TooFar);
    }
    if (type === BLOCK ? !level.hasBlocks : !level.isLast) return (this.kind = Kind.Invalid);
    this.output = this.#address(low & level.lowMask, high & level.highMask);
    if (this.output >= this.#limit) return (this.kind = Kind.TooFar);
    const isAccessed = (low & AF) !== 0 || this.#regime.setsAccessFlag;
    return (this.kind = isAccessed ? Kind.Leaf : Kind.NoAccessFlag);
  }

  #address(low: number, high: number): number {
    const address = high * 0x1_0000_0000 + (low >>> 0);
    return this.#isWide ? address + ((this.#low >>> 12) & 15) * 0x1_0000_0000_0000 : address;
  }

  /** What a table takes from everything below it, a sum of NO_... */
  get tableLimits(): number {
    return this.#ignoresTables ? 0 : (this.#high >>> 27) & 15;
  }

  get attrIndex(): number {
    return (this.#low >>> 2) & 7;
  }

  /** Whether EL0 has access to a leaf. @param limits what tables above take away */
  isEl0(limits: number): boolean {
    return (this.#low & AP1) !== 0 && (limits & NO_EL0) === 0;
  }

  /** Whether whoever has access to a leaf may write. */
  isWritable(limits: number): boolean {
    const isReadOnly = (this.#low & AP2) !== 0 && !((this.#high & HIGH_DBM) !== 0 && this.#regime.setsDirty);
    return !isReadOnly && (limits & NO_WRITE) === 0;
  }

  /** EL1 never executes what EL0 can write. */
  isEl1Executable(limits: number): boolean {
    if ((this.#high & HIGH_PXN) !== 0 || (limits & NO_EL1_EXECUTE) !== 0) return false;
    return !(this.isWritable(limits) && (this.#regime.isWxn || this.isEl0(limits)));
  }

  /** Does not ask whether EL0 can read: memory may be executable and nothing else. */
  isEl0Executable(limits: number): boolean {
    if ((this.#high & HIGH_UXN) !== 0 || (limits & NO_EL0_EXECUTE) !== 0) return false;
    return !(this.#regime.isWxn && this.isEl0(limits) && this.isWritable(limits));
  }
}
