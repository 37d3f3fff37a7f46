import { undefined } from './exceptions';
import { probeStore, read, readSized, write, writeSized } from './memory';
import { pc, setX, setXsp, stop, w, x, xsp } from './state';
import { extended } from './register';
import { checkedBase } from './stack';
import { vectorImmediate, vectorLiteral, vectorPair, vectorRegister, vectorUnsigned } from './vector-memory';

/** Loads and stores of general registers (DDI 0487, C4.1.93). */

// @ts-ignore: decorator
@inline
function scaled(i: u32, shift: u32): u64 {
  return checkedBase((i >> 5) & 31) + (((((i >> 10) & 0xfff) as u64) << shift) as u64);
}

export function ldrb(i: u32): void {
  const at = scaled(i, 0);
  if (stop != 0) return;
  const value = read<u8>(at);
  if (stop == 0) setX(i & 31, value);
}
export function ldrh(i: u32): void {
  const at = scaled(i, 1);
  if (stop != 0) return;
  const value = read<u16>(at);
  if (stop == 0) setX(i & 31, value);
}
export function ldr32(i: u32): void {
  const at = scaled(i, 2);
  if (stop != 0) return;
  const value = read<u32>(at);
  if (stop == 0) setX(i & 31, value);
}
export function ldr64(i: u32): void {
  const at = scaled(i, 3);
  if (stop != 0) return;
  const value = read<u64>(at);
  if (stop == 0) setX(i & 31, value);
}
export function strb(i: u32): void {
  const at = scaled(i, 0);
  if (stop == 0) write<u8>(at, x(i & 31));
}
export function strh(i: u32): void {
  const at = scaled(i, 1);
  if (stop == 0) write<u16>(at, x(i & 31));
}
export function str32(i: u32): void {
  const at = scaled(i, 2);
  if (stop == 0) write<u32>(at, x(i & 31));
}
export function str64(i: u32): void {
  const at = scaled(i, 3);
  if (stop == 0) write<u64>(at, x(i & 31));
}

/**
 * One register by size (bits 31:30) and opc (bits 23:22): 0 store, 1 load, 2 load with sign to 64 bits, 3 to 32 bits.
 * PRFM, size 3 with opc 2, does nothing.
 */
function access(i: u32, address: u64, unprivileged: bool): void {
  const size: u32 = 1 << (i >> 30);
  const opc = (i >> 22) & 3;
  const t = i & 31;
  if (opc == 0) {
    if (unprivileged) writeSized(address, size, x(t), true);
    else store1(address, size, x(t));
    return;
  }
  const value = unprivileged ? readSized(address, size, true) : load1(address, size);
  if (stop != 0) return;
  if (opc == 1) setX(t, value);
  else {
    const signed = extended(value, size == 1 ? 4 : size == 2 ? 5 : 6);
    setX(t, opc == 2 ? signed : signed & 0xffff_ffff);
  }
}

export function load1(address: u64, size: u32): u64 {
  switch (size) {
    case 1:
      return read<u8>(address);
    case 2:
      return read<u16>(address);
    case 4:
      return read<u32>(address);
    default:
      return read<u64>(address);
  }
}

export function store1(address: u64, size: u32, value: u64): void {
  switch (size) {
    case 1:
      write<u8>(address, value);
      break;
    case 2:
      write<u16>(address, value);
      break;
    case 4:
      write<u32>(address, value);
      break;
    default:
      write<u64>(address, value);
  }
}

/** Size and opc together name nothing. */
function unallocated(i: u32): bool {
  const size = i >> 30;
  const opc = (i >> 22) & 3;
  return opc == 3 && size >= 2;
}

// @ts-ignore: decorator
@inline
function isPrefetch(i: u32): bool {
  return i >> 30 == 3 && ((i >> 22) & 3) == 2;
}

export function unsignedImmediate(i: u32): void {
  if (((i >> 26) & 1) != 0) vectorUnsigned(i);
  else if (unallocated(i)) undefined(i);
  else if (!isPrefetch(i)) {
    const at = scaled(i, i >> 30);
    if (stop == 0) access(i, at, false);
  }
}

/** imm9: unscaled, post-indexed, unprivileged, pre-indexed by bits 11:10; with bit 21 set a register offset or atomics. */
export function signedImmediate(i: u32): void {
  const form = (i >> 10) & 3;
  if (((i >> 26) & 1) != 0) {
    vectorImmediate(i);
    return;
  }
  if (unallocated(i) || (isPrefetch(i) && form != 0)) {
    undefined(i);
    return;
  }
  if (isPrefetch(i)) return;
  const n = (i >> 5) & 31;
  const offset = (((i << 11) as i32) >> 23) as i64 as u64;
  const base = checkedBase(n);
  if (stop != 0) return;
  access(i, form == 1 ? base : base + offset, form == 2);
  if (stop == 0 && (form & 1) != 0) setXsp(n, base + offset);
}

/** Base and index register, extended by option (bits 15:13), shifted by the size where bit 12 is set. */
export function registerOffset(i: u32): void {
  if ((i & 0x4000) == 0) {
    undefined(i);
    return;
  }
  if (((i >> 26) & 1) != 0) {
    vectorRegister(i);
    return;
  }
  if (unallocated(i)) {
    undefined(i);
    return;
  }
  if (isPrefetch(i)) return;
  const index = extended(x((i >> 16) & 31), (i >> 13) & 7);
  const base = checkedBase((i >> 5) & 31);
  if (stop == 0) access(i, base + (((i >> 12) & 1) != 0 ? index << (i >> 30) : index), false);
}

/** LDR, LDRSW, PRFM (literal). */
export function literal(i: u32): void {
  if (((i >> 26) & 1) != 0) {
    vectorLiteral(i);
    return;
  }
  const opc = i >> 30;
  if (opc == 3) return;
  const at = pc() + ((((((i << 8) as i32) >> 13) << 2) as i64) as u64);
  const value = opc == 1 ? read<u64>(at) : read<u32>(at);
  if (stop == 0) setX(i & 31, opc == 2 ? extended(value, 6) : value);
}

/** LDP, STP, LDPSW, LDNP, STNP: bits 24:23 are 0 no-allocate, 1 post-indexed, 2 offset, 3 pre-indexed. */
export function pair(i: u32): void {
  if (((i >> 26) & 1) != 0) {
    vectorPair(i);
    return;
  }
  const opc = i >> 30;
  const isLoad = ((i >> 22) & 1) != 0;
  const form = (i >> 23) & 3;
  if (opc == 3 || (opc == 1 && (!isLoad || form == 0))) {
    undefined(i);
    return;
  }
  const shift: u32 = opc == 2 ? 3 : 2;
  const size: u64 = (1 as u64) << shift;
  const n = (i >> 5) & 31;
  const t = i & 31;
  const u = (i >> 10) & 31;
  const offset = ((((i << 10) as i32) >> 25) as i64 as u64) << shift;
  const base = checkedBase(n);
  if (stop != 0) return;
  const at = form == 1 ? base : base + offset;
  if (isLoad) {
    const first = shift == 3 ? read<u64>(at) : read<u32>(at);
    if (stop != 0) return;
    const second = shift == 3 ? read<u64>(at + size) : read<u32>(at + size);
    if (stop != 0) return;
    setX(t, opc == 1 ? extended(first, 6) : first);
    setX(u, opc == 1 ? extended(second, 6) : second);
  } else {
    probeStore(at + size, size as u32);
    if (stop != 0) return;
    if (shift == 3) write<u64>(at, x(t));
    else write<u32>(at, w(t) as u64);
    if (stop != 0) return;
    if (shift == 3) write<u64>(at + size, x(u));
    else write<u32>(at + size, w(u) as u64);
    if (stop != 0) return;
  }
  if ((form & 1) != 0) setXsp(n, base + offset);
}

/** LDP of X registers with post-index, offset or pre-index: what function epilogues are made of. */
export function ldp64(i: u32): void {
  const n = (i >> 5) & 31;
  const form = (i >> 23) & 3;
  const offset = ((((i << 10) as i32) >> 25) as i64 as u64) << 3;
  const base = checkedBase(n);
  if (stop != 0) return;
  const at = form == 1 ? base : base + offset;
  const first = read<u64>(at);
  if (stop != 0) return;
  const second = read<u64>(at + 8);
  if (stop != 0) return;
  setX(i & 31, first);
  setX((i >> 10) & 31, second);
  if ((form & 1) != 0) setXsp(n, base + offset);
}
