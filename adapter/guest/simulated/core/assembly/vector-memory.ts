import { SCTLR } from '../layout';
import { undefined } from './exceptions';
import { load1, store1 } from './loadstore';
import { demandAlignment, probeStore } from './memory';
import { extended } from './register';
import { checkedBase } from './stack';
import { pc, setV, setXsp, stop, system, vHigh, vLow, x } from './state';
import { vectorsOpen } from './system';
import { element, setElement } from './vector-element';
import { LOAD, SCTLR_A, STORE } from './translate';

/** Loads and stores of the vector registers (DDI 0487, C4.1.93). */

/** A register of 1 to 16 bytes; what a load does not fill is zero. */
function loadVector(t: u32, address: u64, size: u32): void {
  if (size < 16) {
    const value = load1(address, size);
    if (stop == 0) setV(t, value, 0);
    return;
  }
  if (!aligned16(address, LOAD)) return;
  const low = load1(address, 8);
  if (stop != 0) return;
  const high = load1(address + 8, 8);
  if (stop == 0) setV(t, low, high);
}

function storeVector(t: u32, address: u64, size: u32): void {
  if (size < 16) {
    store1(address, size, vLow(t));
    return;
  }
  if (!aligned16(address, STORE)) return;
  probeStore(address + 8, 8);
  if (stop != 0) return;
  store1(address, 8, vLow(t));
  if (stop == 0) store1(address + 8, 8, vHigh(t));
}

/** With alignment checks on, 16 bytes have to be aligned as one. */
function aligned16(address: u64, kind: u32): bool {
  return (system(SCTLR) & SCTLR_A) == 0 || demandAlignment(address, 16, kind);
}

// @ts-ignore: decorator
@inline
function transfer(i: u32, address: u64, size: u32): void {
  if (((i >> 22) & 1) != 0) loadVector(i & 31, address, size);
  else storeVector(i & 31, address, size);
}

/** log2 of the bytes: opc<1>:size; above 4 there is no such register. */
// @ts-ignore: decorator
@inline
function scaleOf(i: u32): u32 {
  return (((i >> 23) & 1) << 2) | (i >> 30);
}

/** @returns whether to go on */
function begin(i: u32, scale: u32): bool {
  if (scale > 4) {
    undefined(i);
    return false;
  }
  return vectorsOpen();
}

export function vectorUnsigned(i: u32): void {
  const scale = scaleOf(i);
  if (!begin(i, scale)) return;
  const base = checkedBase((i >> 5) & 31);
  if (stop == 0) transfer(i, base + ((((i >> 10) & 0xfff) as u64) << scale), 1 << scale);
}

export function vectorImmediate(i: u32): void {
  const form = (i >> 10) & 3;
  if (form == 2) {
    undefined(i);
    return;
  }
  const scale = scaleOf(i);
  if (!begin(i, scale)) return;
  const n = (i >> 5) & 31;
  const offset = (((i << 11) as i32) >> 23) as i64 as u64;
  const base = checkedBase(n);
  if (stop != 0) return;
  transfer(i, form == 1 ? base : base + offset, 1 << scale);
  if (stop == 0 && (form & 1) != 0) setXsp(n, base + offset);
}

export function vectorRegister(i: u32): void {
  const scale = scaleOf(i);
  if (!begin(i, scale)) return;
  const index = extended(x((i >> 16) & 31), (i >> 13) & 7);
  const base = checkedBase((i >> 5) & 31);
  if (stop == 0) transfer(i, base + (((i >> 12) & 1) != 0 ? index << scale : index), 1 << scale);
}

export function vectorLiteral(i: u32): void {
  const opc = i >> 30;
  if (!begin(i, opc + 2)) return;
  loadVector(i & 31, pc() + ((((((i << 8) as i32) >> 13) << 2) as i64) as u64), 4 << opc);
}

export function vectorPair(i: u32): void {
  const opc = i >> 30;
  if (!begin(i, opc + 2)) return;
  const form = (i >> 23) & 3;
  const size: u32 = 4 << opc;
  const n = (i >> 5) & 31;
  const offset = ((((i << 10) as i32) >> 25) as i64 as u64) << (opc + 2);
  const base = checkedBase(n);
  if (stop != 0) return;
  const at = form == 1 ? base : base + offset;
  if (((i >> 22) & 1) != 0) {
    loadVector(i & 31, at, size);
    if (stop != 0) return;
    loadVector((i >> 10) & 31, at + size, size);
  } else {
    probeStore(at + size, size);
    if (stop != 0) return;
    storeVector(i & 31, at, size);
    if (stop != 0) return;
    storeVector((i >> 10) & 31, at + size, size);
  }
  if (stop == 0 && (form & 1) != 0) setXsp(n, base + offset);
}

/** Base after a structure access: immediate where Rm is 31. */
function writeBack(i: u32, base: u64, bytes: u32): void {
  if (((i >> 23) & 1) == 0 || stop != 0) return;
  const m = (i >> 16) & 31;
  setXsp((i >> 5) & 31, base + (m == 31 ? (bytes as u64) : x(m)));
}

function loadElement(t: u32, index: u32, log: u32, address: u64): void {
  const value = load1(address, 1 << log);
  if (stop == 0) setElement(t, index, log, value);
}

function storeElement(t: u32, index: u32, log: u32, address: u64): void {
  store1(address, 1 << log, element(t, index, log));
}

/** LD1 to LD4, ST1 to ST4, multiple structures. Bit 23: post-indexed. */
export function structures(i: u32): void {
  const q = (i >> 30) & 1;
  const size = (i >> 10) & 3;
  let repeat: u32 = 1;
  let elements: u32 = 1;
  switch ((i >> 12) & 15) {
    case 0:
      elements = 4;
      break;
    case 2:
      repeat = 4;
      break;
    case 4:
      elements = 3;
      break;
    case 6:
      repeat = 3;
      break;
    case 7:
      break;
    case 8:
      elements = 2;
      break;
    case 10:
      repeat = 2;
      break;
    default:
      elements = 0;
  }
  const post = ((i >> 23) & 1) != 0;
  const reserved = size == 3 && q == 0 && elements != 1;
  if (elements == 0 || reserved || i >> 31 != 0 || ((i >> 21) & 1) != 0 || (!post && ((i >> 16) & 31) != 0)) {
    undefined(i);
    return;
  }
  if (!vectorsOpen()) return;
  const base = checkedBase((i >> 5) & 31);
  if (stop != 0) return;
  const isLoad = ((i >> 22) & 1) != 0;
  const lanes: u32 = (q != 0 ? 16 : 8) >> size;
  let address = base;
  for (let r: u32 = 0; r < repeat; r++) {
    for (let lane: u32 = 0; lane < lanes; lane++) {
      for (let s: u32 = 0; s < elements; s++) {
        const t = ((i & 31) + r + s) & 31;
        if (isLoad) loadElement(t, lane, size, address);
        else storeElement(t, lane, size, address);
        if (stop != 0) return;
        address += 1 << size;
      }
    }
  }
  if (isLoad && q == 0) {
    for (let n: u32 = 0; n < repeat * elements; n++) setElement(((i & 31) + n) & 31, 1, 3, 0);
  }
  writeBack(i, base, (address - base) as u32);
}

/** LD1 to LD4, ST1 to ST4, single structure, and LD1R to LD4R. Bit 23: post-indexed. */
export function singleStructure(i: u32): void {
  const q = (i >> 30) & 1;
  const s = (i >> 12) & 1;
  const size = (i >> 10) & 3;
  const isLoad = ((i >> 22) & 1) != 0;
  const count = ((((i >> 13) & 1) << 1) | ((i >> 21) & 1)) + 1;
  const post = ((i >> 23) & 1) != 0;
  let log = (i >> 14) & 3;
  let index: u32 = 0;
  let good = i >> 31 == 0 && (post || ((i >> 16) & 31) == 0);
  let replicate = false;
  switch (log) {
    case 0:
      index = (q << 3) | (s << 2) | size;
      break;
    case 1:
      good = good && (size & 1) == 0;
      index = (q << 2) | (s << 1) | (size >> 1);
      break;
    case 2:
      good = good && (size & 2) == 0;
      if ((size & 1) == 0) index = (q << 1) | s;
      else {
        good = good && s == 0;
        index = q;
        log = 3;
      }
      break;
    default:
      good = good && isLoad && s == 0;
      replicate = true;
      log = size;
  }
  if (!good) {
    undefined(i);
    return;
  }
  if (!vectorsOpen()) return;
  const base = checkedBase((i >> 5) & 31);
  if (stop != 0) return;
  for (let n: u32 = 0; n < count; n++) {
    const t = ((i & 31) + n) & 31;
    const address = base + (n << log);
    if (!isLoad) storeElement(t, index, log, address);
    else if (!replicate) loadElement(t, index, log, address);
    else {
      const value = load1(address, 1 << log);
      if (stop != 0) return;
      const spread = replicated(value, log);
      setV(t, spread, q != 0 ? spread : 0);
    }
    if (stop != 0) return;
  }
  writeBack(i, base, count << log);
}

/** An element of 1, 2, 4 or 8 bytes, repeated over 64 bits. */
export function replicated(value: u64, log: u32): u64 {
  let spread = value;
  for (let bits: u32 = 8 << log; bits < 64; bits <<= 1) {
    spread = (spread & (((1 as u64) << bits) - 1)) | (spread << bits);
  }
  return spread;
}
