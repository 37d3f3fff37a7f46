import type { FrameRules, RegisterRule } from './dwarf/frame-rules.ts';
import { scanFrame, type FrameState, type ReadWord } from './frame-scan.ts';
import type { NamedRange } from './functions.ts';

/** Registers of a stopped CPU. 64 bits each. */
export interface CpuRegisters {
  readonly pc: bigint;
  readonly sp: bigint;
  /** x0 to x30. */
  readonly x: (n: number) => bigint;
  readonly fp: bigint;
  readonly lr: bigint;
}

/** 64 bits of the guest's memory at a virtual address that is a multiple of 8, or null where there is none. */
export type ReadMemory64 = (address: bigint) => bigint | null;

/** What unwinding has to know of the code: `Symbols` and `Programs` do. Addresses are those of the guest. */
export interface CodeKnowledge {
  functionAt(address: bigint): NamedRange | null;
  frameRulesAt(address: bigint): FrameRules | null;
}

/** How a frame was found from the one it called: what to think of it. */
export type FrameOrigin =
  /** The CPU's registers. */
  | 'registers'
  /** Call frame information of the file. */
  | 'cfi'
  /** What the instructions of the function do to its frame. */
  | 'code'
  /** The chain that x29 begins; where the other two fail. */
  | 'frame pointer'
  /** What an exception interrupted. */
  | 'exception';

export interface StackFrame {
  readonly pc: bigint;
  /** Address to ask line and function of: inside of the call, where `pc` is behind one. */
  readonly lookup: bigint;
  /** sp in this frame; null: not known. */
  readonly sp: bigint | null;
  /** Registers x0 to x30 as far as they are known in this frame; a call leaves x0 to x18 to nobody. */
  readonly x: (n: number) => bigint | null;
  readonly function: NamedRange | null;
  readonly origin: FrameOrigin;
  /** How many exceptions were taken between this frame and the CPU's registers. */
  readonly exceptions: number;
}

/** The registers of what was interrupted. */
export interface InterruptedRegisters {
  readonly pc: bigint;
  readonly sp: bigint | null;
  readonly x: (n: number) => bigint | null;
}

export interface UnwindOptions {
  /** Most frames; 64 unless told. */
  readonly limit?: number;
  /**
   * Asked for each frame, before anything else: where the frame is an exception handler's entry code, what it
   * interrupted. See `exceptionFrames` for one that knows AArch64's vector table.
   */
  readonly interruptedFrame?: (frame: StackFrame) => InterruptedRegisters | null;
}

const MOST_FRAMES = 64;
const FP = 29;
const LR = 30;
const SP = 31;
/** Registers that a function gives back as they were (AAPCS64, "General-purpose registers"). */
const FIRST_KEPT = 19;
const MAX_U64 = (1n << 64n) - 1n;

/**
 * Frames of a stack, innermost first: at least the one of the PC. Ends where a return address is zero or unknown,
 * memory cannot be read, the stack does not rise, or at the limit.
 */
export function unwind(
  cpu: CpuRegisters,
  readMemory64: ReadMemory64,
  code: CodeKnowledge,
  { limit = MOST_FRAMES, interruptedFrame }: UnwindOptions = {},
): readonly StackFrame[] {
  const first = makeFrame(code, 'registers', 0, {
    pc: cpu.pc,
    sp: cpu.sp,
    x: (n) => (n === FP ? cpu.fp : n === LR ? cpu.lr : cpu.x(n)),
  });
  const frames: StackFrame[] = [first];
  while (frames.length < limit) {
    const frame = frames[frames.length - 1] as StackFrame;
    const next = interrupted(frame, code, interruptedFrame) ?? callerOf(frame, readMemory64, code);
    if (!next || next.pc === 0n || !isPlausible(frame, next)) break;
    frames.push(next);
  }
  return frames;
}

function interrupted(
  frame: StackFrame,
  code: CodeKnowledge,
  hook: UnwindOptions['interruptedFrame'],
): StackFrame | null {
  const registers = hook?.(frame);
  return registers ? makeFrame(code, 'exception', frame.exceptions + 1, registers) : null;
}

function callerOf(frame: StackFrame, read: ReadMemory64, code: CodeKnowledge): StackFrame | null {
  const rules = code.frameRulesAt(frame.lookup);
  const byRules = rules && followRules(frame, rules, read, code);
  if (byRules) return byRules.frame;
  const state = frame.function && scanOf(frame, frame.function, read);
  const byCode = state && followState(frame, state, read, code);
  if (byCode) return byCode.frame;
  return followFramePointer(frame, read, code);
}

/** An answer: a caller, or that there is none. No answer at all: somebody else may know. */
interface Answer {
  readonly frame: StackFrame | null;
}

const OUTERMOST: Answer = { frame: null };

function followRules(frame: StackFrame, rules: FrameRules, read: ReadMemory64, code: CodeKnowledge): Answer | null {
  if (!rules.cfa) return null;
  const base = valueOf(frame, rules.cfa.register);
  if (base === null) return null;
  const cfa = BigInt.asUintN(64, base + BigInt(rules.cfa.offset));
  const caller = (n: number): bigint | null => {
    const rule = rules.registers.get(n);
    if (!rule) return n >= FIRST_KEPT || rules.isSignal ? frame.x(n) : null;
    return byRule(frame, rule, cfa, read);
  };
  const returnRule = rules.registers.get(rules.returnRegister);
  if (returnRule?.kind === 'undefined') return OUTERMOST;
  // A call has overwritten x30: where it is not saved, nothing is told.
  if ((!returnRule || returnRule.kind === 'same') && !isExact(frame)) return OUTERMOST;
  const pc = caller(rules.returnRegister);
  if (pc === null) return null;
  const spRule = rules.registers.get(SP);
  const sp = spRule ? byRule(frame, spRule, cfa, read) : cfa;
  return {
    frame: makeFrame(
      code,
      'cfi',
      frame.exceptions,
      { pc: rules.isSigned ? unsigned(pc) : pc, sp, x: caller },
      rules.isSignal,
    ),
  };
}

function byRule(frame: StackFrame, rule: RegisterRule, cfa: bigint, read: ReadMemory64): bigint | null {
  switch (rule.kind) {
    case 'saved':
      return readAligned(read, cfa + BigInt(rule.offset));
    case 'value':
      return BigInt.asUintN(64, cfa + BigInt(rule.offset));
    case 'register':
      return valueOf(frame, rule.register);
    case 'undefined':
    case 'same':
    case 'expression':
      return null;
  }
}

function valueOf(frame: StackFrame, register: number): bigint | null {
  return register === SP ? frame.sp : register < SP ? frame.x(register) : null;
}

/** State of the frame before the instruction it is at: the one of the PC, or the call that it waits for. */
export function scanOf(
  frame: StackFrame,
  range: NamedRange,
  read: ReadMemory64,
  via: { readonly start: bigint; readonly end: bigint } | null = null,
): FrameState | null {
  return scanFrame(wordReader(read), range.start, range.end, isExact(frame) ? frame.pc : frame.pc - 4n, via);
}

/** What sp was when the function of a frame in this state was entered. */
export function enteredSp(frame: StackFrame, state: FrameState): bigint | null {
  const fp = frame.x(FP);
  if (state.sp !== null && frame.sp !== null) return BigInt.asUintN(64, frame.sp - BigInt(state.sp));
  if (state.fp !== null && fp !== null) return BigInt.asUintN(64, fp - BigInt(state.fp));
  return null;
}

function followState(frame: StackFrame, state: FrameState, read: ReadMemory64, code: CodeKnowledge): Answer | null {
  const sp = enteredSp(frame, state);
  if (sp === null) return null;
  const saved = state.saved.get(LR);
  if (saved === undefined && !isExact(frame)) return OUTERMOST;
  const caller = (n: number): bigint | null => {
    const place = n >= FIRST_KEPT ? state.saved.get(n) : undefined;
    if (place !== undefined) return readAligned(read, sp + BigInt(place));
    return n >= FIRST_KEPT ? frame.x(n) : null;
  };
  const pc = caller(LR);
  if (pc === null) return null;
  return {
    frame: makeFrame(code, 'code', frame.exceptions, { pc: state.isSigned ? unsigned(pc) : pc, sp, x: caller }),
  };
}

/** A frame record: the caller's x29, then the return address (AAPCS64, "The Frame Pointer"). */
function followFramePointer(frame: StackFrame, read: ReadMemory64, code: CodeKnowledge): StackFrame | null {
  const fp = frame.x(FP);
  if (fp === null || fp === 0n || (frame.sp !== null && fp < frame.sp)) return null;
  const above = readAligned(read, fp);
  const pc = readAligned(read, fp + 8n);
  if (above === null || pc === null || (above !== 0n && above <= fp)) return null;
  const x = (n: number): bigint | null => (n === FP ? above : n === LR ? pc : null);
  return makeFrame(code, 'frame pointer', frame.exceptions, { pc, sp: null, x });
}

function makeFrame(
  code: CodeKnowledge,
  origin: FrameOrigin,
  exceptions: number,
  { pc, sp, x }: InterruptedRegisters,
  isSignal = false,
): StackFrame {
  const exact = origin === 'registers' || origin === 'exception' || isSignal;
  // Behind a call that does not return there may be another function.
  const lookup = exact || pc === 0n ? pc : pc - 1n;
  const known = new Map<number, bigint | null>();
  const remembered = (n: number): bigint | null => {
    let value = known.get(n);
    if (value === undefined) {
      value = n >= 0 && n < SP ? x(n) : null;
      known.set(n, value);
    }
    return value;
  };
  return { pc, lookup, sp, x: remembered, function: code.functionAt(lookup), origin, exceptions };
}

function isExact(frame: StackFrame): boolean {
  return frame.lookup === frame.pc;
}

/** Garbage and loops: instructions are words, and callers are further up, unless an exception changed the stack. */
function isPlausible(frame: StackFrame, caller: StackFrame): boolean {
  if ((caller.pc & 3n) !== 0n) return false;
  if (caller.exceptions !== frame.exceptions) return true;
  if (frame.sp === null || caller.sp === null) return true;
  if (caller.sp < frame.sp) return false;
  // Only a function without a frame of its own leaves sp as it is, and only the innermost is without one.
  return caller.sp > frame.sp || isExact(frame);
}

/** A return address without its signature: bit 55 tells what the bits above the address were. */
function unsigned(address: bigint): bigint {
  const low = address & ((1n << 48n) - 1n);
  return (address >> 55n) & 1n ? low | (MAX_U64 ^ ((1n << 48n) - 1n)) : low;
}

export function readAligned(read: ReadMemory64, address: bigint): bigint | null {
  const wrapped = BigInt.asUintN(64, address);
  return (wrapped & 7n) === 0n ? read(wrapped) : null;
}

/** Instructions, out of memory that is read 64 bits at a time. */
export function wordReader(read: ReadMemory64): ReadWord {
  let at = -1n;
  let value: bigint | null = null;
  return (address) => {
    const aligned = address & ~7n;
    if (aligned !== at) {
      at = aligned;
      value = read(aligned);
    }
    if (value === null) return null;
    return Number((address & 4n) === 0n ? value & 0xffff_ffffn : value >> 32n);
  };
}
