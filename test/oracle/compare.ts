import { NZCV, PC, SP, STATE_WORDS, V, type Case, type Outcome } from './case.ts';
import {
  isAbortAtBoundary,
  isAbortOfOpenMonitor,
  isAbortOfZeroing,
  isSameAbort,
  isTrueAlignmentFault,
} from './unicorn-faults.ts';

/** What differs between two outcomes, for people: "X3: 0x1, expected 0x2". */
export type Difference = string;

/** Why a case says nothing. */
export type Incomparable = string;

export type Comparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly differences: readonly Difference[] }
  | { readonly kind: 'incomparable'; readonly reason: Incomparable };

/** "X3", "SP", "V7 high": the name of a state's word. */
export function wordName(n: number): string {
  if (n < SP) return `X${n}`;
  if (n === SP) return 'SP';
  if (n === PC) return 'PC';
  if (n === NZCV) return 'NZCV';
  return `V${(n - V) >> 1} ${(n - V) % 2 === 0 ? 'low' : 'high'}`;
}

/** Compares the core's outcome with the oracle's. */
export function compare(one: Case, core: Outcome, oracle: Outcome): Comparison {
  let expected = oracle;
  const isElsewhere = expected.end !== 'alignment' || expected.state[PC] !== core.state[PC];
  if (isElsewhere && isTrueAlignmentFault(one, core)) {
    if (one.words.length > 1) return { kind: 'incomparable', reason: 'an alignment fault that Unicorn does not see' };
    expected = { end: 'alignment', address: 0n, state: one.state, memory: one.memory };
  }
  const reason = whyIncomparable(one, core, expected);
  if (reason !== null) return { kind: 'incomparable', reason };
  const differences: Difference[] = [];
  if (core.end !== expected.end) differences.push(`ends with ${core.end}, expected ${expected.end}`);
  else if (!isSameAbort(core.address, expected.address) && core.address !== expected.address) {
    differences.push(`fault at ${hex(core.address)}, expected ${hex(expected.address)}`);
  }
  for (let n = 0; n < STATE_WORDS; n++) {
    const [found = 0n, wanted = 0n] = [core.state[n], expected.state[n]];
    if (found !== wanted) differences.push(`${wordName(n)}: ${hex(found)}, expected ${hex(wanted)}`);
  }
  differences.push(...memoryDifferences(core.memory, expected.memory));
  return differences.length === 0 ? { kind: 'same' } : { kind: 'different', differences };
}

function whyIncomparable(one: Case, core: Outcome, expected: Outcome): Incomparable | null {
  if (isAbortOfOpenMonitor(one, expected)) return 'a store exclusive to the last byte';
  if (isAbortOfZeroing(one, expected)) return 'an abort of DC ZVA';
  if (isAbortAtBoundary(expected)) return 'an access that leaves memory in its middle';
  // Unicorn executes at misaligned addresses; the architecture raises a PC alignment fault.
  const isMisaligned = [core, expected].some(({ state }) => ((state[PC] ?? 0n) & 3n) !== 0n);
  return isMisaligned ? 'PC is not aligned' : null;
}

function memoryDifferences(found: Uint8Array, wanted: Uint8Array): Difference[] {
  if (found === wanted || Buffer.compare(found, wanted) === 0) return [];
  const at: number[] = [];
  for (let n = 0; n < wanted.length; n++) if (found[n] !== wanted[n]) at.push(n);
  const first = at[0] ?? 0;
  const some = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(first, first + 16)).toString('hex');
  return [`${at.length} bytes of memory from DATA + ${hex(BigInt(first))}: ${some(found)}, expected ${some(wanted)}`];
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
