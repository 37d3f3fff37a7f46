import { CODE, DATA, FILLER, PAGE, PC, SP, START, type Case, type Outcome } from './case.ts';
import { bits, matches, pattern } from './generate/pattern.ts';
import { verdict } from './outside.ts';

/*
 * What Unicorn 2.0.1 is given instead of a case, and where it is known to do otherwise than the architecture on
 * instructions that the core has. Each is worked around as narrowly as can be, so that the core is still compared.
 *
 * - What lies outside of the core (outside.ts) is replaced by UDF or NOP. Some of it ends Unicorn's process.
 * - Atomic minimum and maximum of 8 to 32 bits compare 64 bits, of which those of the operand are not extended and those
 *   of memory never with the sign. Unicorn is given the unsigned instruction with the same result, the operand extended.
 * - Ordered loads and stores are not checked for alignment, a store exclusive only where its monitor holds, and an abort
 *   goes before an alignment fault. What the core says about alignment is checked against the address itself.
 * - An open monitor holds the address of all ones: a store exclusive there succeeds, or rather aborts.
 * - PC of an aborted DC ZVA is behind it.
 * - An abort is told of the lowest byte. Which byte of several accesses it tells of is not architected: any will do.
 */

const MINIMUM_MAXIMUM = pattern('xx111000 xx1xxxxx 01xx00xx xxxxxxxx');
const EXCLUSIVE = pattern('xx001000 xxxxxxxx xxxxxxxx xxxxxxxx');
const ATOMIC = pattern('xx111000 xx1xxxxx xxxx00xx xxxxxxxx');

/** Minimum and maximum of less than 64 bits. */
function isNarrowMinimum(word: number): boolean {
  return matches(MINIMUM_MAXIMUM, word) && word >>> 30 !== 3;
}

/** Whether Unicorn is right about a word only where it is a case's only one. */
export function isAloneForUnicorn(word: number): boolean {
  // With the operand as base, there is no operand to extend.
  return isNarrowMinimum(word);
}

/** Whether Unicorn cannot be right about a word: the operand is the base as well. */
export function isHopelessForUnicorn(word: number): boolean {
  return isNarrowMinimum(word) && bits(word, 20, 16) === bits(word, 9, 5);
}

/** The case as Unicorn is to execute it. */
export function forUnicorn(one: Case): Case {
  const [word = 0] = one.words;
  const { kind } = verdict(word);
  if (kind === 'undefined') return { ...one, words: [FILLER] };
  if (one.words.length > 1) return one;
  if (kind === 'nop') return { ...one, words: [NOP] };
  return isNarrowMinimum(word) ? asUnsigned(one, word) : one;
}

const NOP = 0xd503201f;

/** Bits of the operation: 0 maximum, 1 minimum; 0 signed, 1 unsigned. */
const IS_MINIMUM = 1 << 12;
const IS_UNSIGNED = 1 << 13;

/** Of two numbers of different sign, the greater is the one that is less as an unsigned number. */
function asUnsigned(one: Case, word: number): Case {
  const operand = bits(word, 20, 16);
  const width = 8 << (word >>> 30);
  const state = one.state.slice();
  const value = operand === 31 ? 0n : BigInt.asUintN(width, state[operand] ?? 0n);
  if (operand !== 31) state[operand] = value;
  const differs = ((value ^ memoryAt(one, word, width)) >> BigInt(width - 1)) & 1n;
  const isSwapped = (word & IS_UNSIGNED) === 0 && differs === 1n;
  const unsigned = (word | IS_UNSIGNED) ^ (isSwapped ? IS_MINIMUM : 0);
  return { ...one, state, words: [unsigned >>> 0] };
}

/** What the base register of a word points to; 0 where that is not in DATA. */
function memoryAt({ state, memory }: Case, word: number, width: number): bigint {
  const n = bits(word, 9, 5);
  const at = (state[n === 31 ? SP : n] ?? 0n) - BigInt(DATA);
  if (at < 0n || at > BigInt(PAGE - 8)) return 0n;
  const view = new DataView(memory.buffer, memory.byteOffset);
  return BigInt.asUintN(width, view.getBigUint64(Number(at), true));
}

/** Unicorn's outcome as that of the case itself, not of the one it was given. */
export function fromUnicorn(one: Case, given: Case, outcome: Outcome): Outcome {
  const [word = 0] = one.words;
  if (given === one || !isNarrowMinimum(word)) return outcome;
  const operand = bits(word, 20, 16);
  const isLoaded = outcome.end === 'left' && bits(word, 4, 0) === operand;
  if (isLoaded || operand === 31) return outcome;
  const state = outcome.state.slice();
  state[operand] = one.state[operand] ?? 0n;
  return { ...outcome, state };
}

/** Bytes to which an exclusive, ordered or atomic access has to be aligned; 0 for other instructions. */
function demandedAlignment(word: number): number {
  if (matches(ATOMIC, word)) return 2 ** (word >>> 30);
  if (!matches(EXCLUSIVE, word)) return 0;
  const isPair = bits(word, 21, 21) === 1 && bits(word, 23, 23) === 0;
  return isPair ? 8 << bits(word, 30, 30) : 2 ** (word >>> 30);
}

/** Whether an alignment fault that Unicorn does not see is one: of the instruction at PC, by its base. */
export function isTrueAlignmentFault(one: Case, core: Outcome): boolean {
  const at = Number((core.state[PC] ?? 0n) - BigInt(START)) / 4;
  const word = one.words[at];
  if (core.end !== 'alignment' || word === undefined) return false;
  const alignment = demandedAlignment(word);
  const n = bits(word, 9, 5);
  const base = core.state[n === 31 ? SP : n] ?? 0n;
  return alignment > 1 && base % BigInt(alignment) !== 0n;
}

const STORE_EXCLUSIVE = pattern('xx001000 00xxxxxx xxxxxxxx xxxxxxxx');
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Whether Unicorn has aborted a store exclusive that fails, at the address it keeps for "none". */
export function isAbortOfOpenMonitor(one: Case, unicorn: Outcome): boolean {
  const at = Number((unicorn.state[PC] ?? 0n) - BigInt(START)) / 4;
  return unicorn.end === 'abort' && unicorn.address === ALL_ONES && matches(STORE_EXCLUSIVE, one.words[at] ?? 0);
}

const DC_ZVA = pattern('11010101 00001011 01110100 001xxxxx');

/** Whether Unicorn has aborted a DC ZVA, which it does with the wrong PC. */
export function isAbortOfZeroing(one: Case, unicorn: Outcome): boolean {
  const before = Number((unicorn.state[PC] ?? 0n) - BigInt(START)) / 4 - 1;
  return unicorn.end === 'abort' && matches(DC_ZVA, one.words[before] ?? 0);
}

/** Longest access in pieces: four vector registers. */
const LONGEST = 64n;

/**
 * Whether an abort may be of an access that begins or ends in memory: how much of it was done is not architected, and
 * Unicorn does what it can, byte by byte.
 */
export function isAbortAtBoundary({ end, address }: Outcome): boolean {
  if (end !== 'abort') return false;
  return [CODE, DATA].some((base) => {
    const from = address - BigInt(base);
    return (from > -LONGEST && from < 0n) || from === BigInt(PAGE);
  });
}

/** Whether two aborts are of one access: of its first byte, and of a later one. */
export function isSameAbort(core: bigint, unicorn: bigint): boolean {
  const distance = BigInt.asUintN(64, core - unicorn);
  const isOutside = core < BigInt(DATA) || core >= BigInt(DATA + PAGE);
  return distance < LONGEST && isOutside;
}
