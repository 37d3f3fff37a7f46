import { branchTarget, isBranch, type ReadWord } from './frame-scan.ts';
import {
  enteredSp,
  readAligned,
  scanOf,
  wordReader,
  type CodeKnowledge,
  type InterruptedRegisters,
  type ReadMemory64,
  type StackFrame,
} from './unwind.ts';

/** System registers of the CPU, as far as unwinding through exceptions needs them. */
export interface ExceptionRegisters {
  /** VBAR_ELx of the exception level that the code runs at. */
  readonly vectorBase: bigint;
  readonly elr: bigint;
  readonly spsr: bigint;
  /** SP_EL0: the stack of what ran below, or with it selected. */
  readonly spEl0: bigint;
}

/*
 * A vector table (Arm ARM, D1.3.1.5): 16 entries of 32 instructions. Most are a branch, some after a few
 * instructions of their own.
 */
const ENTRIES = 16n;
const ENTRY_SIZE = 0x80n;
const LR = 30;
/** SPSR.M of a stack that is SP_EL0: EL0t, EL1t, EL2t, EL3t. */
const USES_SP_EL0 = (spsr: bigint): boolean => (spsr & 0x1fn & 1n) === 0n;

/**
 * For `UnwindOptions.interruptedFrame`: knows frames of code that the vector table branches to, and of the table
 * itself, and finds what they interrupted: in ELR, or, where the handler saved that to be interrupted itself, on the
 * stack, as its instructions tell.
 */
export function exceptionFrames(
  registers: ExceptionRegisters,
  read: ReadMemory64,
  code: CodeKnowledge,
): (frame: StackFrame) => InterruptedRegisters | null {
  let handlers: ReadonlyMap<bigint, Via> | undefined;
  return (frame) => {
    if (registers.vectorBase === 0n) return null;
    handlers ??= handlersOf(registers.vectorBase, wordReader(read), code);
    const slot = frame.lookup - registers.vectorBase;
    const inTable = slot >= 0n && slot < ENTRIES * ENTRY_SIZE;
    const start = registers.vectorBase + (slot / ENTRY_SIZE) * ENTRY_SIZE;
    const range = inTable ? { name: '', start, end: start + ENTRY_SIZE } : frame.function;
    const via = inTable ? null : range && handlers.get(range.start);
    return range && via !== undefined ? continueFrom(frame, registers, read, range, via) : null;
  };
}

interface Via {
  readonly start: bigint;
  readonly end: bigint;
}

/** Functions that the table branches to, by their first address, with the entry that does. */
function handlersOf(base: bigint, read: ReadWord, code: CodeKnowledge): ReadonlyMap<bigint, Via> {
  const handlers = new Map<bigint, Via>();
  for (let entry = 0n; entry < ENTRIES; entry++) {
    const start = base + entry * ENTRY_SIZE;
    for (let at = start; at < start + ENTRY_SIZE; at += 4n) {
      const word = read(at);
      if (word === null) break;
      if (!isBranch(word)) continue;
      const target = branchTarget(word, at);
      // `b .` is an entry that is not used; others go on elsewhere in the table.
      const own = target >= base && target < base + ENTRIES * ENTRY_SIZE;
      const handler = own ? null : code.functionAt(target);
      if (handler?.start === target && !handlers.has(target)) handlers.set(target, { start, end: at });
    }
  }
  return handlers;
}

function continueFrom(
  frame: StackFrame,
  registers: ExceptionRegisters,
  read: ReadMemory64,
  range: { readonly name: string; readonly start: bigint; readonly end: bigint },
  via: Via | null,
): InterruptedRegisters | null {
  const state = scanOf(frame, range, read, via);
  if (!state) return null;
  const entered = enteredSp(frame, state);
  const saved = (name: number | 'elr' | 'spsr'): bigint | null => {
    const offset = state.saved.get(name);
    return offset === undefined || entered === null ? null : readAligned(read, entered + BigInt(offset));
  };
  // The register is this handler's only until the next exception is taken.
  const isInnermost = frame.exceptions === 0;
  const pc = state.saved.has('elr') ? saved('elr') : isInnermost ? registers.elr : null;
  if (pc === null) return null;
  const spsr = state.saved.has('spsr') ? saved('spsr') : isInnermost ? registers.spsr : null;
  const usesSpEl0 = spsr !== null && USES_SP_EL0(spsr);
  const isCurrent = frame.lookup === frame.pc;
  return {
    pc,
    sp: usesSpEl0 ? (isInnermost ? registers.spEl0 : null) : entered,
    x: (n) => {
      if (state.saved.has(n)) return saved(n);
      // A call keeps x19 to x29 only; code that runs right now has changed what it saved, at most.
      return isCurrent || (n > 18 && n < LR) ? frame.x(n) : null;
    },
  };
}
