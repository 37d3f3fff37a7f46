/** Reads an instruction, or null where there is no memory. */
export type ReadWord = (address: bigint) => number | null;

/** What an exception handler saves besides general registers. */
export type SavedName = number | 'elr' | 'spsr';

/**
 * How far a function got in setting up its frame. All offsets are in bytes from what sp was when the function was
 * entered, below which it pushes.
 */
export interface FrameState {
  /** sp; null: not followed, as behind `sub sp, sp, x1`. */
  readonly sp: number | null;
  /** x29; null: still the caller's. */
  readonly fp: number | null;
  /** Where registers were saved, by number, and ELR and SPSR if they were read and saved. */
  readonly saved: ReadonlyMap<SavedName, number>;
  /** General registers that hold ELR, SPSR, or a number, as the size of a frame too large for an immediate. */
  readonly held: ReadonlyMap<number, 'elr' | 'spsr' | number>;
  /** Whether the return address was signed. */
  readonly isSigned: boolean;
}

const ENTERED: FrameState = { sp: 0, fp: null, saved: new Map(), held: new Map(), isSigned: false };

/** Instructions looked at in one function: more than compilers make of any that people write. */
const MOST = 0x4000;
const FP = 29;
const SP = 31;

/**
 * Follows all paths from a function's entry, and tells the frame's state before the instruction at `target`: what call
 * frame information tells, for code that has none (assembly; images without that section).
 * @param via the instructions that led to the entry, for vectors: their first address, and behind the branch
 * @returns null if no path leads there
 */
export function scanFrame(
  read: ReadWord,
  start: bigint,
  end: bigint,
  target: bigint,
  via: { readonly start: bigint; readonly end: bigint } | null = null,
): FrameState | null {
  let entered = ENTERED;
  if (via)
    for (let at = via.start; at < via.end; at += 4n) {
      const word = read(at);
      if (word === null) break;
      entered = execute(entered, word);
    }
  const seen = new Set<bigint>();
  const open: { at: bigint; state: FrameState }[] = [{ at: start, state: entered }];
  /** Behind a jump through a register, as to a case of a switch: what cannot be reached otherwise is this. */
  let behindJump: FrameState | null = null;
  for (let looked = 0; open.length > 0 && looked < MOST;) {
    const path = open.pop() as { at: bigint; state: FrameState };
    let { at, state } = path;
    while (at >= start && at < end && !seen.has(at) && looked < MOST) {
      if (at === target) return state;
      seen.add(at);
      looked++;
      const word = read(at);
      if (word === null) break;
      const flow = flowOf(word, at);
      state = execute(state, word);
      if (flow.jumpsAnywhere && state.sp !== 0) behindJump ??= state;
      // Other paths wait: straight on is the likeliest to be where the frame is set up.
      if (flow.target !== null && flow.goesOn) open.push({ at: flow.target, state });
      if (flow.goesOn) at += 4n;
      else if (flow.target !== null) at = flow.target;
      else break;
    }
  }
  return behindJump;
}

interface Flow {
  /** Whether the next instruction may be executed. */
  readonly goesOn: boolean;
  readonly target: bigint | null;
  readonly jumpsAnywhere: boolean;
}

const STRAIGHT: Flow = { goesOn: true, target: null, jumpsAnywhere: false };
const LEAVES: Flow = { goesOn: false, target: null, jumpsAnywhere: false };
const JUMPS: Flow = { goesOn: false, target: null, jumpsAnywhere: true };

/** Branches (Arm ARM, C4.1.91): where an instruction may lead. Calls come back. */
function flowOf(word: number, at: bigint): Flow {
  const opcode = word >>> 24;
  // b
  if ((word & 0xfc00_0000) >>> 0 === 0x1400_0000)
    return { goesOn: false, target: branchTarget(word, at), jumpsAnywhere: false };
  // b.cond, cbz, cbnz: 19 bits; tbz, tbnz: 14
  if (opcode === 0x54 || (opcode & 0x7e) === 0x34)
    return { goesOn: true, target: at + 4n * signed(word >>> 5, 19), jumpsAnywhere: false };
  if ((opcode & 0x7e) === 0x36) return { goesOn: true, target: at + 4n * signed(word >>> 5, 14), jumpsAnywhere: false };
  // br, ret, eret and their signed forms; blr comes back.
  if (opcode === 0xd6 || opcode === 0xd7) {
    const kind = (word >>> 21) & 0x7;
    if (kind === 1) return STRAIGHT;
    return kind === 0 ? JUMPS : LEAVES;
  }
  return STRAIGHT;
}

/** Target of `b` and `bl`. */
export function branchTarget(word: number, at: bigint): bigint {
  return at + 4n * signed(word, 26);
}

/** Whether an instruction is `b`. */
export function isBranch(word: number): boolean {
  return (word & 0xfc00_0000) >>> 0 === 0x1400_0000;
}

function signed(value: number, bits: number): bigint {
  return BigInt.asIntN(bits, BigInt(value >>> 0));
}

/** What an instruction changes of the frame. What is not told here changes nothing that matters, or is not followed. */
function execute(state: FrameState, word: number): FrameState {
  const next =
    pair(state, word) ??
    single(state, word) ??
    addition(state, word) ??
    number(state, word) ??
    system(state, word) ??
    state;
  return next.sp !== null && state.sp !== null && next.sp > state.sp ? popped(next, next.sp) : next;
}

/** What is below sp is gone. Until then it is there, whether it was loaded back already or not. */
function popped(state: FrameState, sp: number): FrameState {
  const saved = new Map([...state.saved].filter(([, offset]) => offset >= sp));
  return saved.size === state.saved.size ? state : { ...state, saved };
}

/*
 * stp, ldp of x, d and q registers (Arm ARM, C6.2):
 *
 *     31:30 size   29:27 = 101   26 vector   25 = 0   24:23 mode   22 load   21:15 imm7   14:10 Rt2   9:5 Rn   4:0 Rt
 *
 * Modes: 1 post-index, 2 offset, 3 pre-index.
 */
function pair(state: FrameState, word: number): FrameState | null {
  if (((word >>> 25) & 0x1d) !== 0x14) return null;
  const size = word >>> 30;
  const isVector = ((word >>> 26) & 1) !== 0;
  const mode = (word >>> 23) & 3;
  const scale = isVector ? 4 << size : size === 2 ? 8 : 4;
  const base = (word >>> 5) & 31;
  if (mode === 0 || base !== SP) return mode === 0 ? state : withoutLoads(state, word, isVector);
  const offset = ((((word >> 15) & 0x7f) << 25) >> 25) * scale;
  const isLoad = ((word >>> 22) & 1) !== 0;
  const sp = state.sp;
  if (sp === null) return isLoad && !isVector ? withoutLoads(state, word, false) : state;
  const at = mode === 1 ? sp : sp + offset;
  const after = mode === 2 ? sp : sp + offset;
  const moved: FrameState = after === sp ? state : { ...state, sp: after };
  if (isVector || size !== 2) return moved;
  const first = word & 31;
  const second = (word >>> 10) & 31;
  if (isLoad) return load(load(moved, first, at), second, at + 8);
  return store(store(moved, first, at), second, at + 8);
}

function withoutLoads(state: FrameState, word: number, isVector: boolean): FrameState {
  const isLoad = ((word >>> 22) & 1) !== 0;
  if (!isLoad || isVector) return state;
  return overwrite(overwrite(state, word & 31), (word >>> 10) & 31);
}

/*
 * str, ldr of x registers:
 *
 *     31:30 size = 3   29:24 = 111000: 23:22 opc (0 store, 1 load)   20:12 imm9   11:10 mode (0 unscaled, 1 post, 3 pre)
 *     31:30 size = 3   29:24 = 111001: 23:22 opc                     21:10 imm12, times 8
 */
function single(state: FrameState, word: number): FrameState | null {
  const top = word >>> 24;
  if (top !== 0xf8 && top !== 0xf9) return null;
  const opc = (word >>> 22) & 3;
  if (opc > 1) return state;
  const isLoad = opc === 1;
  const register = word & 31;
  const isRegisterOffset = top === 0xf8 && ((word >>> 21) & 1) !== 0;
  if (((word >>> 5) & 31) !== SP || state.sp === null || isRegisterOffset)
    return isLoad ? overwrite(state, register) : state;
  const mode = (word >>> 10) & 3;
  const offset = top === 0xf9 ? ((word >>> 10) & 0xfff) * 8 : (((word >> 12) & 0x1ff) << 23) >> 23;
  const writesBack = top === 0xf8 && (mode === 1 || mode === 3);
  const at = writesBack && mode === 1 ? state.sp : state.sp + offset;
  const moved: FrameState = writesBack ? { ...state, sp: state.sp + offset } : state;
  return isLoad ? load(moved, register, at) : store(moved, register, at);
}

/*
 * add, sub of an immediate, 64-bit:
 *
 *     31:24 = 0x91 add, 0xd1 sub   23 = 0   22 times 4096   21:10 imm12   9:5 Rn   4:0 Rd
 *
 * and of a register to sp, which is followed if it holds a number.
 */
function addition(state: FrameState, word: number): FrameState | null {
  const to = word & 31;
  const from = (word >>> 5) & 31;
  const top = word >>> 24;
  if (top === 0xcb || top === 0x8b) {
    // Extended register: the only form whose register 31 is sp.
    const isExtended = ((word >>> 21) & 7) === 1;
    if (to === SP && isExtended) {
      const held = state.held.get((word >>> 16) & 31);
      const isPlain = from === SP && (word & 0x1c00) === 0;
      if (!isPlain || typeof held !== 'number' || state.sp === null) return { ...state, sp: null };
      return { ...state, sp: state.sp + (top === 0xcb ? -held : held) };
    }
    return to === SP ? state : overwrite(state, to);
  }
  if ((top !== 0x91 && top !== 0xd1) || ((word >>> 23) & 1) !== 0) return null;
  const size = ((word >>> 10) & 0xfff) * (((word >>> 22) & 1) !== 0 ? 4096 : 1);
  const amount = top === 0xd1 ? -size : size;
  const base = from === SP ? state.sp : from === FP ? state.fp : null;
  if (to === SP) return { ...state, sp: base === null ? null : base + amount };
  if (to === FP) return { ...state, fp: base === null ? null : base + amount };
  return overwrite(state, to);
}

/*
 * movz, movk, 64-bit:
 *
 *     31:23 = 110100101 movz, 111100101 movk   22:21 shift in 16 bits   20:5 imm16   4:0 Rd
 */
function number(state: FrameState, word: number): FrameState | null {
  const top = word >>> 23;
  if (top !== 0x1a5 && top !== 0x1e5) return null;
  const register = word & 31;
  const shift = (word >>> 21) & 3;
  const part = (word >>> 5) & 0xffff;
  const before = top === 0x1e5 ? state.held.get(register) : 0;
  // Frames are smaller than 4 GiB.
  if (typeof before !== 'number' || shift > 1) return overwrite(state, register);
  const value = shift === 0 ? before - (before % 0x1_0000) + part : (before % 0x1_0000) + part * 0x1_0000;
  return { ...state, held: new Map(state.held).set(register, value) };
}

/** mrs, msr of ELR and SPSR; calls; signing of the return address. */
function system(state: FrameState, word: number): FrameState | null {
  const register = word & 31;
  switch ((word & 0xffff_ffe0) >>> 0) {
    case 0xd538_4020: // mrs x, elr_el1
    case 0xd53c_4020: // mrs x, elr_el2
      return hold(state, register, 'elr');
    case 0xd538_4000: // mrs x, spsr_el1
    case 0xd53c_4000:
      return hold(state, register, 'spsr');
    case 0xd518_4020: // msr elr_el1, x
    case 0xd51c_4020:
      return forget(state, 'elr');
    case 0xd518_4000: // msr spsr_el1, x
    case 0xd51c_4000:
      return forget(state, 'spsr');
    default:
  }
  switch (word >>> 0) {
    case 0xd503_233f: // paciasp
    case 0xd503_237f: // pacibsp
      return { ...state, isSigned: true };
    case 0xd503_23bf: // autiasp
    case 0xd503_23ff: // autibsp
      return { ...state, isSigned: false };
    default:
  }
  // bl, blr: what may change in a function called holds nothing any more.
  const isCall =
    (word & 0xfc00_0000) >>> 0 === 0x9400_0000 ||
    (word & 0xfffe_fc00) >>> 0 === 0xd63e_0000 ||
    (word & 0xffff_fc1f) >>> 0 === 0xd63f_0000;
  if (isCall && state.held.size > 0)
    return { ...state, held: new Map([...state.held].filter(([held]) => held >= 19 && held <= 28)) };
  // Any other mrs writes its register.
  return (word & 0xfff0_0000) >>> 0 === 0xd530_0000 ? overwrite(state, register) : null;
}

function store(state: FrameState, register: number, offset: number): FrameState {
  const held = state.held.get(register);
  const name: SavedName | null = typeof held === 'string' ? held : register === SP ? null : register;
  // The first place counts: what is stored again later is no longer the caller's.
  if (name === null || state.saved.has(name)) return state;
  return { ...state, saved: new Map(state.saved).set(name, offset) };
}

function load(state: FrameState, register: number, offset: number): FrameState {
  for (const name of ['elr', 'spsr'] as const) if (state.saved.get(name) === offset) return hold(state, register, name);
  const next = overwrite(state, register);
  // The caller's frame pointer is back.
  return register === FP && next.saved.get(FP) === offset ? { ...next, fp: null } : next;
}

function overwrite(state: FrameState, register: number): FrameState {
  if (!state.held.has(register)) return state;
  const held = new Map(state.held);
  held.delete(register);
  return { ...state, held };
}

function hold(state: FrameState, register: number, name: 'elr' | 'spsr'): FrameState {
  return register === SP ? state : { ...state, held: new Map(state.held).set(register, name) };
}

/** The system register is back to what it was: its copies no longer count. */
function forget(state: FrameState, name: 'elr' | 'spsr'): FrameState {
  const saved = new Map(state.saved);
  saved.delete(name);
  return { ...state, saved };
}
