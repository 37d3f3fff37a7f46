import {
  ANSWERS,
  CONDITION,
  DAIF,
  EL,
  EXIT_REASON,
  EXIT_WORD,
  LIVE,
  NZCV,
  PC,
  SP,
  SPSEL,
  SP_OTHER,
  V,
  X,
  XZR,
} from '../layout';

/** What the loop does after an instruction: go on. */
export const GO: i32 = 0;
/** Interrupts may have been unmasked: look at the inputs. */
export const LOOK: i32 = 1;
/** An exception was taken; `next` is its vector. */
export const TAKEN: i32 = 2;
/** Leave `run`, the instruction is finished. */
export const LEAVE: i32 = 3;
/** Leave `run`, the instruction is to be executed again. */
export const AGAIN: i32 = 4;

/** One of the above; set by an instruction. Once it is TAKEN or more, the instruction must change nothing further. */
export let stop: i32 = GO;
/** Address of the instruction after this one. */
export let next: u64 = 0;
/** Instructions `run` may still execute. */
export let left: i32 = 0;
/** Answers of devices that are there, and used, for the instruction that is executed again. */
export let answers: i32 = 0;
export let answered: i32 = 0;

export function setStop(value: i32): void {
  stop = value;
}
export function setNext(value: u64): void {
  next = value;
}
export function setLeft(value: i32): void {
  left = value;
}
export function setAnswers(count: i32): void {
  answers = count;
  answered = 0;
}
export function rewindAnswers(): void {
  answered = 0;
}

/** The next answer of a device, where the host has given it. */
// @ts-ignore: decorator
@inline
export function hasAnswer(): bool {
  return answered < answers;
}
export function takeAnswer(): u64 {
  const value = load<u64>(ANSWERS + (answered << 3));
  answered++;
  return value;
}

/** Leaves the core before the instruction has done anything that shows. */
export function exitBefore(reason: u32, word: u32): void {
  store<u32>(EXIT_REASON, reason);
  store<u32>(EXIT_WORD, word);
  stop = AGAIN;
}

/** Leaves the core behind the instruction. */
export function exitAfter(reason: u32, word: u32): void {
  store<u32>(EXIT_REASON, reason);
  store<u32>(EXIT_WORD, word);
  stop = LEAVE;
}

// @ts-ignore: decorator
@inline
export function x(n: u32): u64 {
  return load<u64>((n << 3) as usize, LIVE + X);
}

// @ts-ignore: decorator
@inline
export function w(n: u32): u32 {
  return load<u32>((n << 3) as usize, LIVE + X);
}

/** Register 31 is XZR: it is written like the others, then cleared. */
// @ts-ignore: decorator
@inline
export function setX(n: u32, value: u64): void {
  store<u64>((n << 3) as usize, value, LIVE + X);
  store<u64>(0, 0, LIVE + XZR);
}

// @ts-ignore: decorator
@inline
export function setW(n: u32, value: u32): void {
  setX(n, value as u64);
}

/** Register 31 is SP, whose slot follows XZR's. */
// @ts-ignore: decorator
@inline
export function xsp(n: u32): u64 {
  return load<u64>(((n + (n == 31 ? 1 : 0)) << 3) as usize, LIVE + X);
}

// @ts-ignore: decorator
@inline
export function setXsp(n: u32, value: u64): void {
  store<u64>(((n + (n == 31 ? 1 : 0)) << 3) as usize, value, LIVE + X);
}

// @ts-ignore: decorator
@inline
export function pc(): u64 {
  return load<u64>(LIVE + PC);
}

/** N Z C V in bits 3:0. */
// @ts-ignore: decorator
@inline
export function nzcv(): u32 {
  return load<u32>(LIVE + NZCV);
}

// @ts-ignore: decorator
@inline
export function setNzcv(value: u32): void {
  store<u32>(LIVE + NZCV, value);
}

// @ts-ignore: decorator
@inline
export function holds(condition: u32): bool {
  return ((load<u16>((condition << 1) as usize, CONDITION) >> (nzcv() as u16)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function exceptionLevel(): u32 {
  return load<u32>(LIVE + EL);
}

// @ts-ignore: decorator
@inline
export function daif(): u32 {
  return load<u32>(LIVE + DAIF);
}

// @ts-ignore: decorator
@inline
export function system(offset: usize): u64 {
  return load<u64>(offset, LIVE);
}

// @ts-ignore: decorator
@inline
export function setSystem(offset: usize, value: u64): void {
  store<u64>(offset, value, LIVE);
}

// @ts-ignore: decorator
@inline
export function vLow(n: u32): u64 {
  return load<u64>((n << 4) as usize, LIVE + V);
}

// @ts-ignore: decorator
@inline
export function vHigh(n: u32): u64 {
  return load<u64>((n << 4) as usize, LIVE + V + 8);
}

// @ts-ignore: decorator
@inline
export function setV(n: u32, low: u64, high: u64): void {
  store<u64>((n << 4) as usize, low, LIVE + V);
  store<u64>((n << 4) as usize, high, LIVE + V + 8);
}

/** Which stack pointer SP names: EL1h has SP_EL1, everything else SP_EL0. */
export function selectStack(level: u32, selection: u32): void {
  const before = exceptionLevel() == 1 && load<u32>(LIVE + SPSEL) == 1;
  const after = level == 1 && selection == 1;
  store<u32>(LIVE + EL, level);
  store<u32>(LIVE + SPSEL, selection);
  if (before == after) return;
  const other = load<u64>(LIVE + SP_OTHER);
  store<u64>(LIVE + SP_OTHER, load<u64>(LIVE + SP));
  store<u64>(LIVE + SP, other);
}

/** Masks by which `holds` answers: bit NZCV of mask `cond`. */
export function buildConditions(): void {
  for (let condition: u32 = 0; condition < 16; condition++) {
    let mask: u32 = 0;
    for (let flags: u32 = 0; flags < 16; flags++) {
      const n = (flags >> 3) & 1;
      const z = (flags >> 2) & 1;
      const c = (flags >> 1) & 1;
      const v = flags & 1;
      let holds = false;
      switch (condition >> 1) {
        case 0:
          holds = z == 1;
          break;
        case 1:
          holds = c == 1;
          break;
        case 2:
          holds = n == 1;
          break;
        case 3:
          holds = v == 1;
          break;
        case 4:
          holds = c == 1 && z == 0;
          break;
        case 5:
          holds = n == v;
          break;
        case 6:
          holds = n == v && z == 0;
          break;
        default:
          holds = true;
      }
      if ((condition & 1) == 1 && condition != 15) holds = !holds;
      if (holds) mask |= 1 << flags;
    }
    store<u16>(CONDITION + (condition << 1), mask as u16);
  }
}
