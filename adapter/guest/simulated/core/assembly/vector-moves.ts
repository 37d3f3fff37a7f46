import { undefined } from './exceptions';
import { extended } from './register';
import { setV, setX, vHigh, vLow, x } from './state';
import { vectorsOpen } from './system';
import { element, setElement } from './vector-element';
import { replicated } from './vector-memory';

/**
 * What moves the vector registers: copies, immediates, bitwise operations (MOV is one of them) and FMOV (DDI 0487,
 * C4.1.96). Arithmetic on them is undefined on this core, and the debugger says so.
 */
export function vectorMove(i: u32): void {
  if ((i & 0x9fe0_8400) == 0x0e00_0400) copy(i);
  else if ((i & 0xffe0_fc00) == 0x5e00_0400) duplicateScalar(i);
  else if ((i & 0x9ff8_0400) == 0x0f00_0400) immediate(i);
  else if ((i & 0x9f20_fc00) == 0x0e20_1c00) bitwise(i);
  else if ((i & 0xff3f_fc00) == 0x1e20_4000) moveScalar(i);
  else if ((i & 0xff20_1fe0) == 0x1e20_1000) immediateScalar(i);
  else if ((i & 0x7f36_fc00) == 0x1e26_0000) moveGeneral(i);
  else undefined(i);
}

/** log2 of the element's bytes, by the lowest bit set of imm5; 4 and more: none. */
// @ts-ignore: decorator
@inline
function elementLog(i: u32): u32 {
  return ctz(((i >> 16) & 31) | 32);
}

// @ts-ignore: decorator
@inline
function elementIndex(i: u32, log: u32): u32 {
  return ((i >> 16) & 31) >> (log + 1);
}

/** DUP, INS, SMOV, UMOV. */
function copy(i: u32): void {
  const q = (i >> 30) & 1;
  const log = elementLog(i);
  const operation = (i >> 11) & 15;
  const n = (i >> 5) & 31;
  const d = i & 31;
  if (log > 3) {
    undefined(i);
    return;
  }
  const index = elementIndex(i, log);
  if (((i >> 29) & 1) != 0) {
    if (q == 0) undefined(i);
    else if (vectorsOpen()) setElement(d, index, log, element(n, operation >> log, log));
    return;
  }
  switch (operation) {
    case 0:
    case 1: {
      if (log == 3 && q == 0) break;
      if (!vectorsOpen()) return;
      const spread = replicated(operation == 0 ? element(n, index, log) : x(n), log);
      setV(d, spread, q != 0 ? spread : 0);
      return;
    }
    case 3:
      if (q == 0) break;
      if (vectorsOpen()) setElement(d, index, log, x(n));
      return;
    case 5: {
      if (log == 3 || (log == 2 && q == 0)) break;
      if (!vectorsOpen()) return;
      const signed = extended(element(n, index, log), 4 + log);
      setX(d, q != 0 ? signed : signed & 0xffff_ffff);
      return;
    }
    case 7:
      if ((log == 3) != (q == 1)) break;
      if (vectorsOpen()) setX(d, element(n, index, log));
      return;
  }
  undefined(i);
}

function duplicateScalar(i: u32): void {
  const log = elementLog(i);
  if (log > 3) undefined(i);
  else if (vectorsOpen()) setV(i & 31, element((i >> 5) & 31, elementIndex(i, log), log), 0);
}

/** MOVI, MVNI, ORR, BIC, FMOV with an immediate (DDI 0487, AdvSIMDExpandImm). */
function immediate(i: u32): void {
  const q = (i >> 30) & 1;
  const op = (i >> 29) & 1;
  const mode = (i >> 12) & 15;
  const imm8 = (((i >> 11) & 0xe0) | ((i >> 5) & 31)) as u64;
  const d = i & 31;
  if (((i >> 11) & 1) != 0 || (mode == 15 && op == 1 && q == 0)) {
    undefined(i);
    return;
  }
  if (!vectorsOpen()) return;
  let value: u64;
  if (mode < 8) value = replicated(imm8 << (((mode >> 1) & 3) << 3), 2);
  else if (mode < 12) value = replicated(imm8 << (((mode >> 1) & 1) << 3), 1);
  else if (mode < 14) value = replicated((mode & 1) == 0 ? (imm8 << 8) | 0xff : (imm8 << 16) | 0xffff, 2);
  else if (mode == 14) value = op == 0 ? replicated(imm8, 0) : bytesOfBits(imm8);
  else value = op == 0 ? replicated(single(imm8), 2) : double(imm8);
  let low = value;
  let high = value;
  if (mode < 12 && (mode & 1) != 0) {
    low = op == 0 ? vLow(d) | value : vLow(d) & ~value;
    high = op == 0 ? vHigh(d) | value : vHigh(d) & ~value;
  } else if (op == 1 && mode < 14) {
    low = ~value;
    high = ~value;
  }
  setV(d, low, q != 0 ? high : 0);
}

/** Each bit of eight becomes a byte. */
function bytesOfBits(imm8: u64): u64 {
  let value: u64 = 0;
  for (let n: u64 = 0; n < 8; n++) if (((imm8 >> n) & 1) != 0) value |= (0xff as u64) << (n << 3);
  return value;
}

/** VFPExpandImm for 32 and 64 bits. */
function single(imm8: u64): u64 {
  const sign = (imm8 >> 7) << 31;
  const exponent: u64 = ((imm8 >> 6) & 1) != 0 ? 0x1f << 25 : 1 << 30;
  return sign | exponent | ((imm8 & 0x3f) << 19);
}

function double(imm8: u64): u64 {
  const sign = (imm8 >> 7) << 63;
  const exponent: u64 = ((imm8 >> 6) & 1) != 0 ? (0xff as u64) << 54 : (1 as u64) << 62;
  return sign | exponent | ((imm8 & 0x3f) << 48);
}

/** AND, BIC, ORR, ORN, EOR, BSL, BIT, BIF. */
function bitwise(i: u32): void {
  if (!vectorsOpen()) return;
  const n = (i >> 5) & 31;
  const m = (i >> 16) & 31;
  const d = i & 31;
  const operation = (((i >> 29) & 1) << 2) | ((i >> 22) & 3);
  const low = combine(operation, vLow(d), vLow(n), vLow(m));
  const high = combine(operation, vHigh(d), vHigh(n), vHigh(m));
  setV(d, low, ((i >> 30) & 1) != 0 ? high : 0);
}

function combine(operation: u32, d: u64, n: u64, m: u64): u64 {
  switch (operation) {
    case 0:
      return n & m;
    case 1:
      return n & ~m;
    case 2:
      return n | m;
    case 3:
      return n | ~m;
    case 4:
      return n ^ m;
    case 5:
      return m ^ ((m ^ n) & d);
    case 6:
      return d ^ ((d ^ n) & m);
    default:
      return d ^ ((d ^ n) & ~m);
  }
}

/** FMOV between scalar registers: bits 23:22 are 0 single, 1 double. */
function moveScalar(i: u32): void {
  const kind = (i >> 22) & 3;
  if (kind > 1) undefined(i);
  else if (vectorsOpen()) setV(i & 31, kind == 0 ? vLow((i >> 5) & 31) & 0xffff_ffff : vLow((i >> 5) & 31), 0);
}

function immediateScalar(i: u32): void {
  const kind = (i >> 22) & 3;
  const imm8 = ((i >> 13) & 0xff) as u64;
  if (kind > 1) undefined(i);
  else if (vectorsOpen()) setV(i & 31, kind == 0 ? single(imm8) : double(imm8), 0);
}

/** FMOV between general and vector registers; type 2 with rmode 1 is the upper half. */
function moveGeneral(i: u32): void {
  const wide = i >> 31;
  const kind = (i >> 22) & 3;
  const upper = ((i >> 19) & 1) != 0;
  const toVector = ((i >> 16) & 1) != 0;
  const allowed = upper ? wide == 1 && kind == 2 : kind == wide;
  if (!allowed) {
    undefined(i);
    return;
  }
  if (!vectorsOpen()) return;
  const n = (i >> 5) & 31;
  const d = i & 31;
  if (!toVector) setX(d, upper ? vHigh(n) : wide != 0 ? vLow(n) : vLow(n) & 0xffff_ffff);
  else if (upper) setV(d, vLow(d), x(n));
  else setV(d, wide != 0 ? x(n) : x(n) & 0xffff_ffff, 0);
}
