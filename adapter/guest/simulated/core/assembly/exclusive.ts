import { LIVE, MONITOR_ADDRESS, MONITOR_HIGH, MONITOR_LOW, MONITOR_SIZE } from '../layout';
import { undefined } from './exceptions';
import { load1, store1 } from './loadstore';
import { demandAlignment, probeStore } from './memory';
import { checkedBase } from './stack';
import { setX, stop, x } from './state';
import { LOAD, STORE } from './translate';

/**
 * Exclusive and ordered loads and stores, compare and swap (DDI 0487, C4.1.93). One vCPU executes at a time, in program
 * order: acquire and release need nothing further.
 *
 * An exclusive store succeeds where the monitor holds its address and memory holds what the exclusive load saw. That is
 * what lets a debugger step through a lock: a monitor that any switch of vCPUs clears would never succeed.
 */
export function exclusive(i: u32): void {
  const base = checkedBase((i >> 5) & 31);
  if (stop != 0) return;
  const isLoad = ((i >> 22) & 1) != 0;
  switch (((i >> 22) & 2) | ((i >> 21) & 1)) {
    case 0:
      if (isLoad) loadExclusive(i, base);
      else storeExclusive(i, base);
      break;
    case 1:
      if (i >> 31 == 0) compareAndSwapPair(i, base);
      else if (isLoad) loadExclusivePair(i, base);
      else storeExclusivePair(i, base);
      break;
    case 2:
      ordered(i, base, isLoad);
      break;
    default:
      compareAndSwap(i, base);
  }
}

function watch(address: u64, size: u32, low: u64, high: u64): void {
  store<u32>(LIVE + MONITOR_SIZE, size);
  store<u64>(LIVE + MONITOR_ADDRESS, address);
  store<u64>(LIVE + MONITOR_LOW, low);
  store<u64>(LIVE + MONITOR_HIGH, high);
}

/** Whether the monitor holds the address; it is open afterwards. */
function monitorHolds(address: u64, size: u32): bool {
  return load<u32>(LIVE + MONITOR_SIZE) == size && load<u64>(LIVE + MONITOR_ADDRESS) == address;
}

function openMonitor(): void {
  store<u32>(LIVE + MONITOR_SIZE, 0);
}

function loadExclusive(i: u32, address: u64): void {
  const size: u32 = 1 << (i >> 30);
  if (!demandAlignment(address, size, LOAD)) return;
  const value = load1(address, size);
  if (stop != 0) return;
  watch(address, size, value, 0);
  setX(i & 31, value);
}

function storeExclusive(i: u32, address: u64): void {
  const size: u32 = 1 << (i >> 30);
  if (!demandAlignment(address, size, STORE)) return;
  let failed: u64 = 1;
  if (monitorHolds(address, size)) {
    probeStore(address, size);
    if (stop != 0) return;
    const value = load1(address, size);
    if (stop != 0) return;
    if (value == load<u64>(LIVE + MONITOR_LOW)) {
      store1(address, size, x(i & 31));
      if (stop != 0) return;
      failed = 0;
    }
  }
  openMonitor();
  setX((i >> 16) & 31, failed);
}

function loadExclusivePair(i: u32, address: u64): void {
  const size: u32 = ((i >> 30) & 1) != 0 ? 8 : 4;
  if (!demandAlignment(address, 2 * size, LOAD)) return;
  const first = load1(address, size);
  if (stop != 0) return;
  const second = load1(address + size, size);
  if (stop != 0) return;
  watch(address, 2 * size, first, second);
  setX(i & 31, first);
  setX((i >> 10) & 31, second);
}

function storeExclusivePair(i: u32, address: u64): void {
  const size: u32 = ((i >> 30) & 1) != 0 ? 8 : 4;
  if (!demandAlignment(address, 2 * size, STORE)) return;
  let failed: u64 = 1;
  if (monitorHolds(address, 2 * size)) {
    probeStore(address, 2 * size);
    if (stop != 0) return;
    const first = load1(address, size);
    if (stop != 0) return;
    const second = load1(address + size, size);
    if (stop != 0) return;
    if (first == load<u64>(LIVE + MONITOR_LOW) && second == load<u64>(LIVE + MONITOR_HIGH)) {
      store1(address, size, x(i & 31));
      if (stop != 0) return;
      store1(address + size, size, x((i >> 10) & 31));
      if (stop != 0) return;
      failed = 0;
    }
  }
  openMonitor();
  setX((i >> 16) & 31, failed);
}

/** LDAR, STLR; bit 15 clear are the limited-ordering forms, which ARMv8.0 does not have. */
function ordered(i: u32, address: u64, isLoad: bool): void {
  const size: u32 = 1 << (i >> 30);
  if (((i >> 15) & 1) == 0) {
    undefined(i);
    return;
  }
  if (!demandAlignment(address, size, isLoad ? LOAD : STORE)) return;
  if (!isLoad) {
    store1(address, size, x(i & 31));
    return;
  }
  const value = load1(address, size);
  if (stop == 0) setX(i & 31, value);
}

function compareAndSwap(i: u32, address: u64): void {
  const size: u32 = 1 << (i >> 30);
  if (((i >> 10) & 31) != 31) {
    undefined(i);
    return;
  }
  if (!demandAlignment(address, size, STORE)) return;
  probeStore(address, size);
  if (stop != 0) return;
  const s = (i >> 16) & 31;
  const ones: u64 = size == 8 ? u64.MAX_VALUE : ((1 as u64) << (size << 3)) - 1;
  const found = load1(address, size);
  if (stop != 0) return;
  if (found == (x(s) & ones)) {
    store1(address, size, x(i & 31));
    if (stop != 0) return;
  }
  setX(s, found);
}

/** CASP: pairs of even and odd registers. */
function compareAndSwapPair(i: u32, address: u64): void {
  const size: u32 = ((i >> 30) & 1) != 0 ? 8 : 4;
  const s = (i >> 16) & 31;
  const t = i & 31;
  if (((i >> 10) & 31) != 31 || ((s | t) & 1) != 0) {
    undefined(i);
    return;
  }
  if (!demandAlignment(address, 2 * size, STORE)) return;
  probeStore(address, 2 * size);
  if (stop != 0) return;
  const ones: u64 = size == 8 ? u64.MAX_VALUE : 0xffff_ffff;
  const first = load1(address, size);
  if (stop != 0) return;
  const second = load1(address + size, size);
  if (stop != 0) return;
  if (first == (x(s) & ones) && second == (x(s + 1) & ones)) {
    store1(address, size, x(t));
    if (stop != 0) return;
    store1(address + size, size, x(t + 1));
    if (stop != 0) return;
  }
  setX(s, first);
  setX(s + 1, second);
}

/** LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN and SWP, with whatever ordering. */
export function atomic(i: u32): void {
  const size: u32 = 1 << (i >> 30);
  const swap = ((i >> 15) & 1) != 0;
  const operation = (i >> 12) & 7;
  if (swap && operation != 0) {
    undefined(i);
    return;
  }
  const address = checkedBase((i >> 5) & 31);
  if (stop != 0 || !demandAlignment(address, size, STORE)) return;
  probeStore(address, size);
  if (stop != 0) return;
  const unused: u64 = 64 - (size << 3);
  const operand = x((i >> 16) & 31);
  const found = load1(address, size);
  if (stop != 0) return;
  store1(address, size, swap ? operand : combined(operation, found, (operand << unused) >> unused, unused));
  if (stop == 0) setX(i & 31, found);
}

function combined(operation: u32, found: u64, operand: u64, unused: u64): u64 {
  const a = ((found << unused) as i64) >> unused;
  const b = ((operand << unused) as i64) >> unused;
  switch (operation) {
    case 0:
      return found + operand;
    case 1:
      return found & ~operand;
    case 2:
      return found ^ operand;
    case 3:
      return found | operand;
    case 4:
      return a > b ? found : operand;
    case 5:
      return a < b ? found : operand;
    case 6:
      return found > operand ? found : operand;
    default:
      return found < operand ? found : operand;
  }
}
