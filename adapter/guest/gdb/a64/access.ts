/** What an A64 instruction is about to do to memory, as decode.ts tells it. */

/**
 * - load-store: reads and writes in one (CAS, SWP, LDADD and the like); `atomic` says what is written
 * - prefetch: a hint, which nothing on a bus has to see
 * - cache-maintenance: IC and DC by address; only DC ZVA and DC GZVA have elements, and store them
 */
export type AccessKind = 'load' | 'store' | 'load-store' | 'prefetch' | 'cache-maintenance';

/** Bytes. */
export type AccessSize = 1 | 2 | 4 | 8 | 16;

/** One access to memory: an instruction makes as many as it names registers, or elements of vector registers. */
export interface AccessElement {
  readonly address: bigint;
  readonly size: AccessSize;
  /** Where a load puts it, where a store takes it from, as Arm writes it: "x3", "w7", "wzr", "v2". */
  readonly register: string;
  /** Which part of a vector register it is, counted in parts of `size`; otherwise 0. */
  readonly lane: number;
  /** What is written, zero-extended; null for what only reads, or where it is not known beforehand. */
  readonly value: bigint | null;
}

/** What a load-store computes from what it read, by Arm's names. */
export type AtomicOperation = 'ADD' | 'CLR' | 'EOR' | 'SET' | 'SMAX' | 'SMIN' | 'UMAX' | 'UMIN' | 'SWP' | 'CAS';

export interface Atomic {
  readonly operation: AtomicOperation;
  /** One for each element, of its size. */
  readonly operands: readonly bigint[];
  /** Of CAS and CASP: what memory is compared with, one for each element. */
  readonly expected: readonly bigint[] | null;
}

export interface MemoryAccess {
  readonly kind: AccessKind;
  /** As a disassembler prefers it: "ldrsb", "stadd". */
  readonly mnemonic: string;
  /** Where the access begins; of cache maintenance, the address it names. */
  readonly address: bigint;
  /** In the order in which the instruction's pseudocode makes them. The architecture promises no order. */
  readonly elements: readonly AccessElement[];
  /** Of load-stores only. */
  readonly atomic: Atomic | null;
  /** An exclusive store may not happen: `status` tells afterwards. */
  readonly isExclusive: boolean;
  readonly isAcquire: boolean;
  readonly isRelease: boolean;
  /** LDTR and STTR: with the permissions of EL0. */
  readonly isUnprivileged: boolean;
  /** LDRAA and LDRAB: the base is a signed pointer, and `address` is what it is if it authenticates. */
  readonly isAuthenticated: boolean;
  /** The register that an exclusive store sets to 0 where it has stored; ST64BV and ST64BV0 have one too. */
  readonly status: string | null;
  /** The base register, "x3" or "sp", and its value after the instruction. */
  readonly writeback: { readonly register: string; readonly value: bigint } | null;
}

/** The registers of the CPU that is about to execute the instruction. */
export interface AccessRegisters {
  /** @param n 0 to 30 */
  x(n: number): bigint;
  readonly sp: bigint;
  readonly pc: bigint;
  /** 128 bits, null where it is not known. @param n 0 to 31 */
  v?(n: number): bigint | null;
  /** Bytes that DC ZVA zeroes, from DCZID_EL0: a power of two, 64 if not given. */
  readonly zeroBlock?: number;
  /** A signed pointer without its authentication code. If not given, addresses are taken to have 48 bits. */
  strip?(pointer: bigint): bigint;
}
