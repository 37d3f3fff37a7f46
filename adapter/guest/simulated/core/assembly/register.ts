import {
  addFlags32,
  addFlags64,
  crc32,
  highSigned,
  highUnsigned,
  logicFlags32,
  logicFlags64,
  reverseBits,
  reverseBytes,
  reverseBytes16,
} from './arithmetic';
import { undefined } from './exceptions';
import { holds, nzcv, setNzcv, setW, setX, setXsp, w, x, xsp } from './state';

/** Data processing with registers (DDI 0487, C4.1.95). */

// @ts-ignore: decorator
@inline
function shift64(value: u64, kind: u32, amount: u32): u64 {
  switch (kind) {
    case 0:
      return value << amount;
    case 1:
      return value >> amount;
    case 2:
      return ((value as i64) >> amount) as u64;
    default:
      return rotr(value, amount as u64);
  }
}

// @ts-ignore: decorator
@inline
function shift32(value: u32, kind: u32, amount: u32): u32 {
  switch (kind) {
    case 0:
      return value << amount;
    case 1:
      return value >> amount;
    case 2:
      return ((value as i32) >> amount) as u32;
    default:
      return rotr(value, amount);
  }
}

// @ts-ignore: decorator
@inline
function shifted64(i: u32): u64 {
  const value = x((i >> 16) & 31);
  const amount = (i >> 10) & 63;
  return amount == 0 ? value : shift64(value, (i >> 22) & 3, amount);
}

// @ts-ignore: decorator
@inline
function shifted32(i: u32): u32 {
  const value = w((i >> 16) & 31);
  const amount = (i >> 10) & 63;
  return amount == 0 ? value : shift32(value, (i >> 22) & 3, amount);
}

// @ts-ignore: decorator
@inline
function badAmount(i: u32): bool {
  if ((i & 0x8000) == 0) return false;
  undefined(i);
  return true;
}

/** Bit 21 is N: the second operand is inverted. */
export function and64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) & shifted64(i));
}
export function bic64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) & ~shifted64(i));
}
export function orr64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) | shifted64(i));
}
export function orn64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) | ~shifted64(i));
}
export function eor64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) ^ shifted64(i));
}
export function eon64(i: u32): void {
  setX(i & 31, x((i >> 5) & 31) ^ ~shifted64(i));
}
export function ands64(i: u32): void {
  const value = x((i >> 5) & 31) & shifted64(i);
  logicFlags64(value);
  setX(i & 31, value);
}
export function bics64(i: u32): void {
  const value = x((i >> 5) & 31) & ~shifted64(i);
  logicFlags64(value);
  setX(i & 31, value);
}
export function and32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) & shifted32(i));
}
export function bic32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) & ~shifted32(i));
}
export function orr32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) | shifted32(i));
}
export function orn32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) | ~shifted32(i));
}
export function eor32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) ^ shifted32(i));
}
export function eon32(i: u32): void {
  if (!badAmount(i)) setW(i & 31, w((i >> 5) & 31) ^ ~shifted32(i));
}
export function ands32(i: u32): void {
  if (badAmount(i)) return;
  const value = w((i >> 5) & 31) & shifted32(i);
  logicFlags32(value);
  setW(i & 31, value);
}
export function bics32(i: u32): void {
  if (badAmount(i)) return;
  const value = w((i >> 5) & 31) & ~shifted32(i);
  logicFlags32(value);
  setW(i & 31, value);
}

/** Rotation is reserved in additions. */
// @ts-ignore: decorator
@inline
function badShift(i: u32): bool {
  if (((i >> 22) & 3) != 3) return false;
  undefined(i);
  return true;
}

export function add64(i: u32): void {
  if (!badShift(i)) setX(i & 31, x((i >> 5) & 31) + shifted64(i));
}
export function sub64(i: u32): void {
  if (!badShift(i)) setX(i & 31, x((i >> 5) & 31) - shifted64(i));
}
export function adds64(i: u32): void {
  if (!badShift(i)) setX(i & 31, addFlags64(x((i >> 5) & 31), shifted64(i), 0));
}
export function subs64(i: u32): void {
  if (!badShift(i)) setX(i & 31, addFlags64(x((i >> 5) & 31), ~shifted64(i), 1));
}
export function add32(i: u32): void {
  if (!badShift(i) && !badAmount(i)) setW(i & 31, w((i >> 5) & 31) + shifted32(i));
}
export function sub32(i: u32): void {
  if (!badShift(i) && !badAmount(i)) setW(i & 31, w((i >> 5) & 31) - shifted32(i));
}
export function adds32(i: u32): void {
  if (!badShift(i) && !badAmount(i)) setW(i & 31, addFlags32(w((i >> 5) & 31), shifted32(i), 0));
}
export function subs32(i: u32): void {
  if (!badShift(i) && !badAmount(i)) setW(i & 31, addFlags32(w((i >> 5) & 31), ~shifted32(i), 1));
}

/** A register extended by its lower 8, 16, 32 or 64 bits, zero or sign. */
export function extended(value: u64, option: u32): u64 {
  switch (option) {
    case 0:
      return value & 0xff;
    case 1:
      return value & 0xffff;
    case 2:
      return value & 0xffff_ffff;
    case 4:
      return (value as i8) as i64 as u64;
    case 5:
      return (value as i16) as i64 as u64;
    case 6:
      return (value as i32) as i64 as u64;
    default:
      return value;
  }
}

/** ADD, ADDS, SUB, SUBS with an extended register. */
export function addExtended(i: u32): void {
  const amount = (i >> 10) & 7;
  if (amount > 4 || ((i >> 22) & 3) != 0) {
    undefined(i);
    return;
  }
  const m = extended(x((i >> 16) & 31), (i >> 13) & 7) << amount;
  const n = xsp((i >> 5) & 31);
  const d = i & 31;
  const subtract = ((i >> 30) & 1) != 0;
  if (((i >> 29) & 1) == 0) {
    const value = subtract ? n - m : n + m;
    setXsp(d, i >> 31 != 0 ? value : value & 0xffff_ffff);
  } else if (i >> 31 != 0) setX(d, subtract ? addFlags64(n, ~m, 1) : addFlags64(n, m, 0));
  else setW(d, subtract ? addFlags32(n as u32, ~(m as u32), 1) : addFlags32(n as u32, m as u32, 0));
}

/** ADC, ADCS, SBC, SBCS. */
export function addCarry(i: u32): void {
  if ((i & 0xfc00) != 0) {
    undefined(i);
    return;
  }
  const carry = (nzcv() >> 1) & 1;
  const subtract = ((i >> 30) & 1) != 0;
  const flags = ((i >> 29) & 1) != 0;
  const n = x((i >> 5) & 31);
  const m = subtract ? ~x((i >> 16) & 31) : x((i >> 16) & 31);
  const d = i & 31;
  if (i >> 31 != 0) setX(d, flags ? addFlags64(n, m, carry as u64) : n + m + (carry as u64));
  else setW(d, flags ? addFlags32(n as u32, m as u32, carry) : (n as u32) + (m as u32) + carry);
}

/** CCMP, CCMN: bit 11 takes an immediate. */
export function conditionalCompare(i: u32): void {
  if (((i >> 29) & 1) == 0 || (i & 0x410) != 0) {
    undefined(i);
    return;
  }
  if (!holds((i >> 12) & 15)) {
    setNzcv(i & 15);
    return;
  }
  const n = x((i >> 5) & 31);
  const field = (i >> 16) & 31;
  const m = ((i >> 11) & 1) != 0 ? (field as u64) : x(field);
  const subtract = ((i >> 30) & 1) != 0;
  if (i >> 31 != 0) subtract ? addFlags64(n, ~m, 1) : addFlags64(n, m, 0);
  else subtract ? addFlags32(n as u32, ~(m as u32), 1) : addFlags32(n as u32, m as u32, 0);
}

/** CSEL, CSINC, CSINV, CSNEG. */
export function conditionalSelect(i: u32): void {
  if (((i >> 29) & 1) != 0 || (i & 0x800) != 0) {
    undefined(i);
    return;
  }
  let value: u64;
  if (holds((i >> 12) & 15)) value = x((i >> 5) & 31);
  else {
    value = x((i >> 16) & 31);
    if (((i >> 30) & 1) != 0) value = ~value;
    if (((i >> 10) & 1) != 0) value++;
  }
  setX(i & 31, i >> 31 != 0 ? value : value & 0xffff_ffff);
}

/** MADD and its kin. */
export function threeSource(i: u32): void {
  const opcode = (((i >> 21) & 7) << 1) | ((i >> 15) & 1);
  const n = x((i >> 5) & 31);
  const m = x((i >> 16) & 31);
  const a = x((i >> 10) & 31);
  const d = i & 31;
  if (((i >> 29) & 3) != 0 || (i >> 31 == 0 && opcode > 1)) {
    undefined(i);
    return;
  }
  if (i >> 31 == 0) {
    const product = (n as u32) * (m as u32);
    setW(d, opcode == 0 ? (a as u32) + product : (a as u32) - product);
    return;
  }
  switch (opcode) {
    case 0:
      setX(d, a + n * m);
      break;
    case 1:
      setX(d, a - n * m);
      break;
    case 2:
      setX(d, a + (((n as i32) as i64) * ((m as i32) as i64)) as u64);
      break;
    case 3:
      setX(d, a - (((n as i32) as i64) * ((m as i32) as i64)) as u64);
      break;
    case 4:
      setX(d, highSigned(n, m));
      break;
    case 10:
      setX(d, a + (n & 0xffff_ffff) * (m & 0xffff_ffff));
      break;
    case 11:
      setX(d, a - (n & 0xffff_ffff) * (m & 0xffff_ffff));
      break;
    case 12:
      setX(d, highUnsigned(n, m));
      break;
    default:
      undefined(i);
  }
}

/** Divisions, variable shifts, CRC32 (bit 30 clear); RBIT, REV, CLZ, CLS (bit 30 set). */
export function oneOrTwoSource(i: u32): void {
  if (((i >> 29) & 1) != 0) undefined(i);
  else if (((i >> 30) & 1) != 0) oneSource(i);
  else twoSource(i);
}

function twoSource(i: u32): void {
  const wide = i >> 31 != 0;
  const n = x((i >> 5) & 31);
  const m = x((i >> 16) & 31);
  const d = i & 31;
  const opcode = (i >> 10) & 63;
  switch (opcode) {
    case 2:
      if (wide) setX(d, m == 0 ? 0 : n / m);
      else setW(d, (m as u32) == 0 ? 0 : (n as u32) / (m as u32));
      break;
    case 3:
      if (wide) setX(d, divide64(n as i64, m as i64));
      else setW(d, divide32(n as i32, m as i32));
      break;
    case 8:
    case 9:
    case 10:
    case 11:
      if (wide) setX(d, shift64(n, opcode & 3, (m as u32) & 63));
      else setW(d, shift32(n as u32, opcode & 3, (m as u32) & 31));
      break;
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23:
      if (wide != ((opcode & 3) == 3)) undefined(i);
      else setW(d, crc32(n as u32, m, 1 << (opcode & 3), (opcode & 4) != 0));
      break;
    default:
      undefined(i);
  }
}

/** Division rounds towards zero; by zero it is zero; the one overflow wraps. */
function divide64(n: i64, m: i64): u64 {
  if (m == 0) return 0;
  if (m == -1) return (0 - n) as u64;
  return (n / m) as u64;
}

function divide32(n: i32, m: i32): u32 {
  if (m == 0) return 0;
  if (m == -1) return (0 - n) as u32;
  return (n / m) as u32;
}

function oneSource(i: u32): void {
  const wide = i >> 31 != 0;
  const n = x((i >> 5) & 31);
  const d = i & 31;
  if (((i >> 16) & 31) != 0) {
    undefined(i);
    return;
  }
  switch ((i >> 10) & 63) {
    case 0:
      setX(d, wide ? reverseBits(n) : reverseBits(n << 32));
      break;
    case 1:
      setX(d, wide ? reverseBytes16(n) : reverseBytes16(n & 0xffff_ffff));
      break;
    case 2:
      setX(d, wide ? rotr(reverseBytes(n), 32) : reverseBytes(n << 32));
      break;
    case 3:
      if (wide) setX(d, reverseBytes(n));
      else undefined(i);
      break;
    case 4:
      setX(d, wide ? clz(n) : (clz(n as u32) as u64));
      break;
    case 5: {
      const signs = n ^ (((n as i64) >> 1) as u64);
      const signs32 = (n as u32) ^ (((n as i32) >> 1) as u32);
      setX(d, wide ? clz(signs & 0x7fff_ffff_ffff_ffff) - 1 : ((clz(signs32 & 0x7fff_ffff) - 1) as u64));
      break;
    }
    default:
      undefined(i);
  }
}
