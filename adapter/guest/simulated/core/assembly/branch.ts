import { EXIT_HLT, EXIT_HVC, EXIT_SMC, EXIT_CODE } from '../layout';
import { EC_BRK, EC_SVC, codeAddress, exceptionReturn, raise, syndrome, undefined } from './exceptions';
import { exceptionLevel, exitAfter, exitBefore, hasAnswer, holds, next, pc, setNext, setX, takeAnswer, w, x } from './state';

/** Branches and exception generation (DDI 0487, C4.1.94). */

// @ts-ignore: decorator
@inline
function offset26(i: u32): u64 {
  return ((((i << 6) as i32) >> 4) as i64) as u64;
}

// @ts-ignore: decorator
@inline
function offset19(i: u32): u64 {
  return (((((i << 8) as i32) >> 13) << 2) as i64) as u64;
}

// @ts-ignore: decorator
@inline
function offset14(i: u32): u64 {
  return (((((i << 13) as i32) >> 18) << 2) as i64) as u64;
}

export function b(i: u32): void {
  setNext(pc() + offset26(i));
}

export function bl(i: u32): void {
  setX(30, pc() + 4);
  setNext(pc() + offset26(i));
}

export function bCond(i: u32): void {
  if ((i & 16) != 0) undefined(i);
  else if (holds(i & 15)) setNext(pc() + offset19(i));
}

export function cbz64(i: u32): void {
  if (x(i & 31) == 0) setNext(pc() + offset19(i));
}
export function cbnz64(i: u32): void {
  if (x(i & 31) != 0) setNext(pc() + offset19(i));
}
export function cbz32(i: u32): void {
  if (w(i & 31) == 0) setNext(pc() + offset19(i));
}
export function cbnz32(i: u32): void {
  if (w(i & 31) != 0) setNext(pc() + offset19(i));
}

// @ts-ignore: decorator
@inline
function bit(i: u32): u32 {
  return ((i >> 26) & 32) | ((i >> 19) & 31);
}

export function tbz(i: u32): void {
  if (((x(i & 31) >> bit(i)) & 1) == 0) setNext(pc() + offset14(i));
}
export function tbnz(i: u32): void {
  if (((x(i & 31) >> bit(i)) & 1) != 0) setNext(pc() + offset14(i));
}

/** BR, BLR, RET, ERET. */
export function branchRegister(i: u32): void {
  const target = x((i >> 5) & 31);
  switch (i & 0xffff_fc1f) {
    case 0xd61f_0000:
    case 0xd65f_0000:
      setNext(codeAddress(target));
      break;
    case 0xd63f_0000:
      setX(30, pc() + 4);
      setNext(codeAddress(target));
      break;
    default:
      if (i == 0xd69f_03e0 && exceptionLevel() == 1) exceptionReturn();
      else undefined(i);
  }
}

/** SVC, HVC, SMC, BRK, HLT. */
export function exceptionGeneration(i: u32): void {
  const immediate = (i >> 5) & 0xffff;
  switch (i & 0xffe0_001f) {
    case 0xd400_0001:
      raise(syndrome(EC_SVC, immediate), next);
      break;
    case 0xd400_0002:
    case 0xd400_0003:
      if (exceptionLevel() == 0) undefined(i);
      else {
        store<u32>(EXIT_CODE, immediate);
        exitAfter((i & 3) == 2 ? EXIT_HVC : EXIT_SMC, i);
      }
      break;
    case 0xd420_0000:
      raise(syndrome(EC_BRK, immediate), pc());
      break;
    case 0xd440_0000:
      if (hasAnswer()) takeAnswer();
      else {
        store<u32>(EXIT_CODE, immediate);
        exitBefore(EXIT_HLT, i);
      }
      break;
    default:
      undefined(i);
  }
}
