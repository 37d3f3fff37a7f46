import { addFlags32, addFlags64, logicFlags32, logicFlags64 } from './arithmetic';
import { undefined } from './exceptions';
import { pc, setW, setX, setXsp, w, x, xsp } from './state';

/** Data processing with an immediate (DDI 0487, C4.1.92). */

export function adr(i: u32): void {
  const high = ((i << 8) as i32) >> 13 << 2;
  setX(i & 31, pc() + ((high | ((i >> 29) & 3)) as i64 as u64));
}

export function adrp(i: u32): void {
  const high = ((i << 8) as i32) >> 13 << 2;
  const pages = (high | ((i >> 29) & 3)) as i64;
  setX(i & 31, (pc() & ~(0xfff as u64)) + ((pages << 12) as u64));
}

/** imm12, shifted by 12 where bit 22 is set. */
// @ts-ignore: decorator
@inline
function imm12(i: u32): u64 {
  const value = ((i >> 10) & 0xfff) as u64;
  return ((i >> 22) & 1) != 0 ? value << 12 : value;
}

export function addImm64(i: u32): void {
  setXsp(i & 31, xsp((i >> 5) & 31) + imm12(i));
}
export function subImm64(i: u32): void {
  setXsp(i & 31, xsp((i >> 5) & 31) - imm12(i));
}
export function addImm32(i: u32): void {
  setXsp(i & 31, ((xsp((i >> 5) & 31) as u32) + (imm12(i) as u32)) as u64);
}
export function subImm32(i: u32): void {
  setXsp(i & 31, ((xsp((i >> 5) & 31) as u32) - (imm12(i) as u32)) as u64);
}
export function addsImm64(i: u32): void {
  setX(i & 31, addFlags64(xsp((i >> 5) & 31), imm12(i), 0));
}
export function subsImm64(i: u32): void {
  setX(i & 31, addFlags64(xsp((i >> 5) & 31), ~imm12(i), 1));
}
export function addsImm32(i: u32): void {
  setW(i & 31, addFlags32(xsp((i >> 5) & 31) as u32, imm12(i) as u32, 0));
}
export function subsImm32(i: u32): void {
  setW(i & 31, addFlags32(xsp((i >> 5) & 31) as u32, ~(imm12(i) as u32), 1));
}

/** Whether N:immr:imms names a bitmask immediate (DDI 0487, DecodeBitMasks). */
// @ts-ignore: decorator
@inline
function elementBits(i: u32): u32 {
  const combined = (((i >> 22) & 1) << 6) | (~(i >> 10) & 63);
  return combined < 2 ? 0 : 1 << (31 - clz(combined));
}

export function bitmask(i: u32, bits: u32): u64 {
  const levels = bits - 1;
  const s = (i >> 10) & levels;
  const r = (i >> 16) & levels;
  let element: u64 = ((1 as u64) << (s + 1)) - 1;
  if (s == 63) element = u64.MAX_VALUE;
  if (r != 0) element = (element >> r) | (element << (bits - r));
  if (bits < 64) {
    element &= ((1 as u64) << bits) - 1;
    for (let width = bits; width < 64; width <<= 1) element |= element << width;
  }
  return element;
}

/** The mask of a logical immediate; `valid` tells whether there is one. A run of all ones in an element is reserved. */
let valid: bool = false;
function mask(i: u32, wide: bool): u64 {
  const bits = elementBits(i);
  valid = bits != 0 && (wide || bits < 64) && ((i >> 10) & (bits - 1)) != bits - 1;
  return valid ? bitmask(i, bits) : 0;
}

export function logicalImm(i: u32): void {
  const wide = i >> 31 != 0;
  const immediate = mask(i, wide);
  if (!valid) {
    undefined(i);
    return;
  }
  const n = x((i >> 5) & 31);
  const d = i & 31;
  let value: u64;
  switch ((i >> 29) & 3) {
    case 0:
      value = n & immediate;
      break;
    case 1:
      value = n | immediate;
      break;
    case 2:
      value = n ^ immediate;
      break;
    default:
      value = n & immediate;
      if (wide) {
        logicFlags64(value);
        setX(d, value);
      } else {
        logicFlags32(value as u32);
        setW(d, value as u32);
      }
      return;
  }
  setXsp(d, wide ? value : value & 0xffff_ffff);
}

export function moveWide(i: u32): void {
  const wide = i >> 31 != 0;
  const shift = ((i >> 21) & 3) << 4;
  const opcode = (i >> 29) & 3;
  if (opcode == 1 || (!wide && shift >= 32)) {
    undefined(i);
    return;
  }
  const immediate = (((i >> 5) & 0xffff) as u64) << shift;
  const d = i & 31;
  let value = immediate;
  if (opcode == 0) value = ~immediate;
  else if (opcode == 3) value = (x(d) & ~((0xffff as u64) << shift)) | immediate;
  setX(d, wide ? value : value & 0xffff_ffff);
}

/** SBFM, BFM, UBFM. */
export function bitfield(i: u32): void {
  const wide = i >> 31;
  const opcode = (i >> 29) & 3;
  const r = (i >> 16) & 63;
  const s = (i >> 10) & 63;
  if (opcode == 3 || ((i >> 22) & 1) != wide || (wide == 0 && ((r | s) & 32) != 0)) {
    undefined(i);
    return;
  }
  const size: u32 = wide != 0 ? 64 : 32;
  const source = x((i >> 5) & 31) & (wide != 0 ? u64.MAX_VALUE : 0xffff_ffff);
  const d = i & 31;
  let width: u32;
  let position: u32;
  let field: u64;
  if (s >= r) {
    width = s - r + 1;
    position = 0;
    field = source >> r;
  } else {
    width = s + 1;
    position = size - r;
    field = source;
  }
  const ones: u64 = width == 64 ? u64.MAX_VALUE : ((1 as u64) << width) - 1;
  field &= ones;
  let value: u64;
  if (opcode == 2) value = field << position;
  else if (opcode == 1) value = (x(d) & ~(ones << position)) | (field << position);
  else {
    const unused = 64 - width;
    value = ((((field << unused) as i64) >> unused) as u64) << position;
  }
  setX(d, wide != 0 ? value : value & 0xffff_ffff);
}

/** EXTR. */
export function extract(i: u32): void {
  const wide = i >> 31;
  const lsb = (i >> 10) & 63;
  if (((i >> 29) & 3) != 0 || ((i >> 21) & 1) != 0 || ((i >> 22) & 1) != wide || (wide == 0 && lsb >= 32)) {
    undefined(i);
    return;
  }
  const n = (i >> 5) & 31;
  const m = (i >> 16) & 31;
  if (wide != 0) setX(i & 31, lsb == 0 ? x(m) : (x(m) >> lsb) | (x(n) << (64 - lsb)));
  else setW(i & 31, lsb == 0 ? w(m) : (w(m) >> lsb) | (w(n) << (32 - lsb)));
}
