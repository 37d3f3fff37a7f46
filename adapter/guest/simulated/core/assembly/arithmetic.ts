import { setNzcv } from './state';

/** a + b + carry, with flags. Subtraction is addition of the complement with carry 1. */
// @ts-ignore: decorator
@inline
export function addFlags64(a: u64, b: u64, carry: u64): u64 {
  const sum = a + b + carry;
  const carried = ((a & b) | ((a | b) & ~sum)) >> 63;
  const overflow = ((a ^ sum) & (b ^ sum)) >> 63;
  setNzcv((((sum >> 63) as u32) << 3) | ((sum == 0 ? 1 : 0) << 2) | ((carried as u32) << 1) | (overflow as u32));
  return sum;
}

// @ts-ignore: decorator
@inline
export function addFlags32(a: u32, b: u32, carry: u32): u32 {
  const sum = a + b + carry;
  const carried = ((a & b) | ((a | b) & ~sum)) >> 31;
  const overflow = ((a ^ sum) & (b ^ sum)) >> 31;
  setNzcv(((sum >> 31) << 3) | ((sum == 0 ? 1 : 0) << 2) | (carried << 1) | overflow);
  return sum;
}

// @ts-ignore: decorator
@inline
export function logicFlags64(value: u64): void {
  setNzcv((((value >> 63) as u32) << 3) | ((value == 0 ? 1 : 0) << 2));
}

// @ts-ignore: decorator
@inline
export function logicFlags32(value: u32): void {
  setNzcv(((value >> 31) << 3) | ((value == 0 ? 1 : 0) << 2));
}

/** Upper half of an unsigned 64 by 64 bit product. */
export function highUnsigned(a: u64, b: u64): u64 {
  const al = a & 0xffff_ffff;
  const ah = a >> 32;
  const bl = b & 0xffff_ffff;
  const bh = b >> 32;
  const low = al * bl;
  const middle = ah * bl + (low >> 32);
  const cross = al * bh + (middle & 0xffff_ffff);
  return ah * bh + (middle >> 32) + (cross >> 32);
}

export function highSigned(a: u64, b: u64): u64 {
  let high = highUnsigned(a, b);
  if ((a as i64) < 0) high -= b;
  if ((b as i64) < 0) high -= a;
  return high;
}

/** Bits in reverse order. */
export function reverseBits(value: u64): u64 {
  let v = value;
  v = ((v >> 1) & 0x5555_5555_5555_5555) | ((v & 0x5555_5555_5555_5555) << 1);
  v = ((v >> 2) & 0x3333_3333_3333_3333) | ((v & 0x3333_3333_3333_3333) << 2);
  v = ((v >> 4) & 0x0f0f_0f0f_0f0f_0f0f) | ((v & 0x0f0f_0f0f_0f0f_0f0f) << 4);
  return reverseBytes(v);
}

export function reverseBytes(value: u64): u64 {
  let v = ((value >> 8) & 0x00ff_00ff_00ff_00ff) | ((value & 0x00ff_00ff_00ff_00ff) << 8);
  v = ((v >> 16) & 0x0000_ffff_0000_ffff) | ((v & 0x0000_ffff_0000_ffff) << 16);
  return rotr(v, 32);
}

/** Bytes of each half-word swapped. */
export function reverseBytes16(value: u64): u64 {
  return ((value >> 8) & 0x00ff_00ff_00ff_00ff) | ((value & 0x00ff_00ff_00ff_00ff) << 8);
}

const CRC32: u32 = 0xedb8_8320;
const CRC32C: u32 = 0x82f6_3b78;

/** CRC32 and CRC32C over 1, 2, 4 or 8 bytes of a value, least significant first; polynomials bit-reversed. */
export function crc32(accumulator: u32, value: u64, bytes: u32, castagnoli: bool): u32 {
  const polynomial = castagnoli ? CRC32C : CRC32;
  let crc = accumulator;
  let rest = value;
  for (let n: u32 = 0; n < bytes; n++) {
    crc ^= (rest & 0xff) as u32;
    rest >>= 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (polynomial & (0 - (crc & 1)));
  }
  return crc;
}
