/*
 * A case of the comparison between CPU cores: a state, one page of memory, and up to four instructions to execute there.
 * An outcome is the state afterwards and how it ended.
 *
 * Both sides see this memory, and nothing else:
 *
 *     CODE  4 KiB, readable and executable. The words lie at START; the rest is filled with FILLER, which is undefined
 *     DATA  4 KiB, readable and writable: the memory of the case
 *
 * Execution begins at START, at EL0 or at EL1 with SP_EL1, data little-endian, no alignment checks (SCTLR_EL1.A and SA clear),
 * vector registers enabled, tagged addresses off. It ends with the first exception, when PC leaves the words, or after
 * STEPS instructions.
 */

export const CODE = 0x4000_0000;
export const DATA = 0x4001_0000;
export const PAGE = 4096;
/** In the middle, so that branches and literals reach the page in both directions. */
export const START = CODE + 0x800;
/** UDF #0. */
export const FILLER = 0;
export const MAX_WORDS = 4;
/** Instructions executed at most: some cases loop. */
export const STEPS = 16;

/*
 * A state is 98 words of 64 bits, little-endian, 784 bytes:
 *
 *     0   X0 .. X30
 *     31  SP
 *     32  PC; in a case always START
 *     33  NZCV in bits 31:28
 *     34  V0 .. V31, low half first
 */
export const SP = 31;
export const PC = 32;
export const NZCV = 33;
export const V = 34;
export const STATE_WORDS = 98;

export interface Case {
  /** The class of each instruction, as generated; for people. */
  readonly classes: readonly string[];
  readonly words: readonly number[];
  /** Exception level: 0 or 1. */
  readonly level: 0 | 1;
  readonly state: BigUint64Array;
  /** PAGE bytes at DATA. Cases share them: never written. */
  readonly memory: Uint8Array;
}

/** How the execution of a case ended, by code in an outcome's record. */
export const ENDS = ['left', 'limit', 'undefined', 'svc', 'brk', 'alignment', 'abort', 'other'] as const;

/**
 * - left: PC is outside the words, and nothing there was executed
 * - limit: STEPS instructions have been executed
 * - undefined: Undefined Instruction exception, PC is the instruction's; so it is for brk, alignment and abort
 * - svc: PC is behind the instruction
 * - alignment: a data access that has to be aligned and is not
 * - abort: a data access to where no memory is, or a store to CODE
 * - other: something this comparison has no name for
 */
export type End = (typeof ENDS)[number];

export interface Outcome {
  readonly end: End;
  /** Of an abort: the virtual address; otherwise 0. */
  readonly address: bigint;
  readonly state: BigUint64Array;
  /** PAGE bytes; the very array of the case if nothing was stored. */
  readonly memory: Uint8Array;
}
