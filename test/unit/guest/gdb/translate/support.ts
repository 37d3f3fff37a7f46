import type { ReadTables, TableRequest } from '../../../../../adapter/guest/gdb/translate/read-tables.ts';
import type { TranslationRegisters } from '../../../../../adapter/guest/gdb/translate/registers.ts';

export const RAM = 0x4000_0000;
/** Where the frames are that tests look for: as on QEMU's virt. */
export const DEVICE = 0x0800_0000;

export const AF = 1n << 10n;
export const EL0 = 1n << 6n;
export const READ_ONLY = 1n << 7n;
export const PXN = 1n << 53n;
export const UXN = 1n << 54n;
export const TABLE = 3n;
export const PAGE = 3n;
export const BLOCK = 1n;
export const NO_EL0_TABLE = 1n << 61n;
export const READ_ONLY_TABLE = 1n << 62n;

export type GranuleBits = 12 | 14 | 16;
const TG0: Readonly<Record<GranuleBits, bigint>> = { 12: 0n, 14: 2n, 16: 1n };
const TG1: Readonly<Record<GranuleBits, bigint>> = { 12: 2n, 14: 1n, 16: 3n };
export const EPD0 = 1n << 7n;
export const EPD1 = 1n << 23n;
/** IPS for 40 bits. */
export const IPS_40 = 2n << 32n;

export function lowerHalf(granule: GranuleBits, sizeBits: number): bigint {
  return BigInt(64 - sizeBits) | (TG0[granule] << 14n);
}

export function upperHalf(granule: GranuleBits, sizeBits: number): bigint {
  return (BigInt(64 - sizeBits) << 16n) | (TG1[granule] << 30n);
}

/** MMU on, at EL1, no half on. */
export function registers(changes: Partial<TranslationRegisters> = {}): TranslationRegisters {
  return { sctlr: 1n, tcr: EPD0 | EPD1 | IPS_40, ttbr0: 0n, ttbr1: 0n, currentEl: 1, ...changes };
}

/** Memory from RAM on, and what is read of it. */
export class Memory {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Requests of each call. */
  readonly calls: (readonly TableRequest[])[] = [];

  constructor(size = 0x10_0000, bytes = new Uint8Array(size)) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  put(address: number, value: bigint, isLittle = true): void {
    this.#view.setBigUint64(address - RAM, value, isLittle);
  }

  get(address: number): bigint {
    return this.#view.getBigUint64(address - RAM, true);
  }

  readonly read: ReadTables = (requests) => {
    this.calls.push(requests);
    return Promise.resolve(
      requests.map(({ address, length }) =>
        address >= RAM && address + length <= RAM + this.bytes.length
          ? this.bytes.subarray(address - RAM, address - RAM + length)
          : null,
      ),
    );
  };
}

/** Builds tables as an operating system would; makes those on the way. */
export class Tables {
  readonly root: number;
  readonly #memory: Memory;
  readonly #granuleBits: number;
  readonly #sizeBits: number;
  #free: number;

  constructor(memory: Memory, granuleBits: GranuleBits, sizeBits: number, root = RAM) {
    this.#memory = memory;
    this.#granuleBits = granuleBits;
    this.#sizeBits = sizeBits;
    this.root = root;
    this.#free = root + 2 ** granuleBits;
  }

  /** @param table attributes of the tables made on the way */
  map(address: bigint, level: number, descriptor: bigint, table = 0n): void {
    const stride = this.#granuleBits - 3;
    const offset = BigInt.asUintN(this.#sizeBits, address);
    let at = this.root;
    for (let now = 4 - Math.ceil((this.#sizeBits - this.#granuleBits) / stride); ; now++) {
      const shift = BigInt(this.#granuleBits + (3 - now) * stride);
      // The first level's index is whatever is left of the address.
      const index = Number(offset >> shift) % 2 ** (at === this.root ? 13 : stride);
      const entry = at + 8 * index;
      if (now === level) {
        this.#memory.put(entry, descriptor);
        return;
      }
      const found = this.#memory.get(entry);
      if ((found & 1n) === 0n) {
        this.#memory.put(entry, BigInt(this.#free) | TABLE | table);
        at = this.#free;
        this.#free += 2 ** this.#granuleBits;
      } else at = Number(found & 0x0000_ffff_ffff_f000n);
    }
  }
}

/** A lower half of 4K granule and 39 bits with what `build` maps. */
export function lowerSpace(build: (tables: Tables) => void): { memory: Memory; registers: TranslationRegisters } {
  const memory = new Memory();
  const tables = new Tables(memory, 12, 39);
  build(tables);
  const tcr = lowerHalf(12, 39) | EPD1 | IPS_40;
  return { memory, registers: registers({ tcr, ttbr0: BigInt(tables.root) }) };
}
