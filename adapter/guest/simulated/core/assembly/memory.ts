import {
  EXIT_ADDRESS,
  EXIT_MMIO,
  EXIT_SIZE,
  EXIT_VALUE,
  EXIT_VIRTUAL,
  EXIT_WATCHPOINT,
  EXIT_WRITE,
  IL,
  LIVE,
  REGION_READ,
  REGION_WRITE,
  SCTLR,
  SKIP,
  WATCHPOINTS,
  WATCHPOINT_COUNT,
  WATCHPOINT_SIZE,
  WATCH_READ,
  WATCH_WRITE,
} from '../layout';
import { buffer, bufferEl0, rememberFetch } from './buffers';
import {
  EC_DATA_ABORT,
  EC_ILLEGAL,
  EC_INSTRUCTION_ABORT,
  EC_PC_ALIGNMENT,
  fromHere,
  raise,
  raiseAt,
  syndrome,
} from './exceptions';
import { findRegion, hostAddress, regionFlags } from './regions';
import { answers, exceptionLevel, exitBefore, hasAnswer, stop, system, takeAnswer } from './state';
import {
  FAULT_ALIGNMENT,
  FAULT_EXTERNAL,
  FAULT_PERMISSION,
  LOAD,
  SCTLR_A,
  STORE,
  device,
  faultLevel,
  mayExecute,
  mayRead,
  mayWrite,
  physical,
  translate,
} from './translate';

const PAGE: u64 = 0xfff;
const NO_TAG: u64 = u64.MAX_VALUE;

// @ts-ignore: decorator
@inline
function entryOf(table: usize, address: u64): usize {
  return table + (((address >> 12) as u32 & 255) << 5);
}

/**
 * A load of 1, 2, 4 or 8 bytes. A hit is an aligned access to a page of memory; everything else goes the slow way.
 * @returns the value, zero-extended; meaningless where `stop` is set afterwards
 */
// @ts-ignore: decorator
@inline
export function read<T>(address: u64): u64 {
  const entry = entryOf(buffer, address);
  if (load<u64>(entry) == (address & (~PAGE | (sizeof<T>() - 1)))) {
    return load<T>((load<u32>(entry, 24) + (address as u32)) as usize) as u64;
  }
  return readSlow(address, sizeof<T>() as u32, buffer);
}

// @ts-ignore: decorator
@inline
export function write<T>(address: u64, value: u64): void {
  const entry = entryOf(buffer, address);
  if (load<u64>(entry, 8) == (address & (~PAGE | (sizeof<T>() - 1)))) {
    store<T>((load<u32>(entry, 24) + (address as u32)) as usize, value as T);
    return;
  }
  writeSlow(address, sizeof<T>() as u32, value, buffer);
}

/** By size in bytes, for the forms that are seldom: through a buffer of one's choice. */
export function readSized(address: u64, size: u32, unprivileged: bool): u64 {
  return readSlow(address, size, unprivileged ? bufferEl0 : buffer);
}

export function writeSized(address: u64, size: u32, value: u64, unprivileged: bool): void {
  writeSlow(address, size, value, unprivileged ? bufferEl0 : buffer);
}

function loadBytes(at: usize, size: u32): u64 {
  switch (size) {
    case 1:
      return load<u8>(at) as u64;
    case 2:
      return load<u16>(at) as u64;
    case 4:
      return load<u32>(at) as u64;
    default:
      return load<u64>(at);
  }
}

function storeBytes(at: usize, size: u32, value: u64): void {
  switch (size) {
    case 1:
      store<u8>(at, value as u8);
      break;
    case 2:
      store<u16>(at, value as u16);
      break;
    case 4:
      store<u32>(at, value as u32);
      break;
    default:
      store<u64>(at, value);
  }
}

function readSlow(address: u64, size: u32, table: usize): u64 {
  if ((address & (size - 1)) != 0) {
    if (refusesUnaligned(address, size, LOAD, table)) return 0;
    if ((address & PAGE) + size > PAGE + 1) return readAcross(address, size, table);
  }
  const entry = entryOf(table, address);
  if (load<u64>(entry) != (address & ~PAGE)) {
    const at = locate(address, size, LOAD, table);
    if (stop != 0) return 0;
    if (at == 0) return readDevice(address, size);
    return loadBytes(at, size);
  }
  return loadBytes((load<u32>(entry, 24) + (address as u32)) as usize, size);
}

function writeSlow(address: u64, size: u32, value: u64, table: usize): void {
  if ((address & (size - 1)) != 0) {
    if (refusesUnaligned(address, size, STORE, table)) return;
    if ((address & PAGE) + size > PAGE + 1) {
      writeAcross(address, size, value, table);
      return;
    }
  }
  const entry = entryOf(table, address);
  if (load<u64>(entry, 8) != (address & ~PAGE)) {
    const at = locate(address, size, STORE, table);
    if (stop != 0) return;
    if (at == 0) writeDevice(address, size, value);
    else storeBytes(at, size, value);
    return;
  }
  storeBytes((load<u32>(entry, 24) + (address as u32)) as usize, size, value);
}

/**
 * An access over a page boundary, byte by byte. Both pages are looked at before anything is changed, so that an abort on
 * the second leaves the first alone.
 */
function readAcross(address: u64, size: u32, table: usize): u64 {
  let value: u64 = 0;
  for (let n: u32 = 0; n < size; n++) {
    const byte = readSlow(address + n, 1, table);
    if (stop != 0) return 0;
    value |= byte << (n << 3);
  }
  return value;
}

function writeAcross(address: u64, size: u32, value: u64, table: usize): void {
  locate(address, 1, STORE, table);
  if (stop != 0) return;
  locate(address + size - 1, 1, STORE, table);
  if (stop != 0) return;
  for (let n: u32 = 0; n < size; n++) {
    writeSlow(address + n, 1, (value >> (n << 3)) & 0xff, table);
    if (stop != 0) return;
  }
}

/**
 * Unaligned accesses fault where SCTLR_EL1.A says so, and to Device memory. With the MMU off all memory is Device to
 * the architecture; code that relies on emulators is let through there, as QEMU 7.2 does.
 */
function refusesUnaligned(address: u64, size: u32, kind: u32, table: usize): bool {
  if ((system(SCTLR) & SCTLR_A) != 0) {
    raiseData(address, FAULT_ALIGNMENT, kind);
    return true;
  }
  const entry = entryOf(table, address);
  if (load<u64>(entry + (kind << 3)) == (address & ~PAGE)) {
    if ((load<u32>(entry, 28) & 1) == 0) return false;
    raiseData(address, FAULT_ALIGNMENT, kind);
    return true;
  }
  if (translate(address, isEl0(table)) != 0 || !device) return false;
  raiseData(address, FAULT_ALIGNMENT, kind);
  return true;
}

/** Exclusive and ordered accesses have to be aligned whatever SCTLR_EL1.A says. @returns whether it is */
export function demandAlignment(address: u64, size: u32, kind: u32): bool {
  if ((address & (size - 1)) == 0) return true;
  raiseData(address, FAULT_ALIGNMENT, kind);
  return false;
}

// @ts-ignore: decorator
@inline
function isEl0(table: usize): bool {
  return table == bufferEl0;
}

export function raiseData(address: u64, status: u32, kind: u32): void {
  raiseAt(syndrome(fromHere(EC_DATA_ABORT), status | ((kind == STORE ? 1 : 0) << 6)), address);
}

/**
 * Translates, checks permissions and watchpoints, and fills the buffer.
 * @returns where the bytes lie in this memory; 0 for a device, or where an exception was taken
 */
function locate(address: u64, size: u32, kind: u32, table: usize): usize {
  const el0 = isEl0(table);
  const fault = translate(address, el0);
  if (fault != 0) {
    raiseData(address, fault - 1, kind);
    return 0;
  }
  if (kind == STORE ? !mayWrite : !mayRead) {
    raiseData(address, FAULT_PERMISSION + faultLevel, kind);
    return 0;
  }
  if (load<u32>(WATCHPOINT_COUNT) != 0 && watched(address, size, kind)) return 0;
  if (!findRegion(physical)) return 0;
  const at = hostAddress(physical);
  const direct = (regionFlags & (kind == STORE ? REGION_WRITE : REGION_READ)) != 0;
  fill(table, address, at);
  return direct ? at : 0;
}

/** Remembers a page. A page with a watchpoint in it is never remembered for loads and stores. */
function fill(table: usize, address: u64, at: usize): void {
  const entry = entryOf(table, address);
  const page = address & ~PAGE;
  const plain = load<u32>(WATCHPOINT_COUNT) == 0 || !pageWatched(page);
  store<u64>(entry, plain && mayRead && (regionFlags & REGION_READ) != 0 ? page : NO_TAG);
  store<u64>(entry, plain && mayWrite && (regionFlags & REGION_WRITE) != 0 ? page : NO_TAG, 8);
  store<u64>(entry, mayExecute && (regionFlags & REGION_READ) != 0 ? page : NO_TAG, 16);
  store<u32>(entry, (at as u32) - (address as u32), 24);
  store<u32>(entry, device ? 1 : 0, 28);
}

function pageWatched(page: u64): bool {
  const end = WATCHPOINTS + load<u32>(WATCHPOINT_COUNT) * WATCHPOINT_SIZE;
  for (let at: usize = WATCHPOINTS; at < (end as usize); at += WATCHPOINT_SIZE) {
    if (load<u64>(at) <= (page | PAGE) && load<u64>(at, 8) >= page) return true;
  }
  return false;
}

/** Leaves before an access that a watchpoint is set on; once past it, SKIP lets the instruction through. */
function watched(address: u64, size: u32, kind: u32): bool {
  if (load<u32>(SKIP) != 0 || answers != 0) return false;
  const end = WATCHPOINTS + load<u32>(WATCHPOINT_COUNT) * WATCHPOINT_SIZE;
  const want: u32 = kind == STORE ? WATCH_WRITE : WATCH_READ;
  for (let at: usize = WATCHPOINTS; at < (end as usize); at += WATCHPOINT_SIZE) {
    if ((load<u32>(at, 16) & want) == 0) continue;
    if (load<u64>(at) > address + size - 1 || load<u64>(at, 8) < address) continue;
    store<u64>(EXIT_VIRTUAL, address);
    store<u64>(EXIT_ADDRESS, physical);
    store<u32>(EXIT_SIZE, size);
    store<u32>(EXIT_WRITE, kind == STORE ? 1 : 0);
    exitBefore(EXIT_WATCHPOINT, 0);
    return true;
  }
  return false;
}

function exitToDevice(address: u64, size: u32, write: u32, value: u64): void {
  store<u64>(EXIT_VIRTUAL, address);
  store<u64>(EXIT_ADDRESS, physical);
  store<u32>(EXIT_SIZE, size);
  store<u32>(EXIT_WRITE, write);
  store<u64>(EXIT_VALUE, value);
  exitBefore(EXIT_MMIO, 0);
}

function readDevice(address: u64, size: u32): u64 {
  if (hasAnswer()) return takeAnswer();
  exitToDevice(address, size, 0, 0);
  return 0;
}

function writeDevice(address: u64, size: u32, value: u64): void {
  if (hasAnswer()) takeAnswer();
  else exitToDevice(address, size, 1, value);
}

/** Checks that a store would succeed, without storing: for instructions that must not be half done. */
export function probeStore(address: u64, size: u32): void {
  const entry = entryOf(buffer, address);
  if (load<u64>(entry, 8) == (address & ~PAGE) && (address & PAGE) + size <= PAGE + 1) return;
  const fault = translate(address, exceptionLevel() == 0);
  if (fault != 0) raiseData(address, fault - 1, STORE);
  else if (!mayWrite) raiseData(address, FAULT_PERMISSION + faultLevel, STORE);
}

/** Finds the page of the next instruction. @returns false where an exception was taken instead */
export function fetch(address: u64): bool {
  if (load<u32>(LIVE + IL) != 0) {
    raise(syndrome(EC_ILLEGAL, 0), address);
    return false;
  }
  if ((address & 3) != 0) {
    raiseAt(syndrome(EC_PC_ALIGNMENT, 0), address);
    return false;
  }
  const entry = entryOf(buffer, address);
  const page = address & ~PAGE;
  if (load<u64>(entry, 16) != page) {
    const fault = translate(address, exceptionLevel() == 0);
    let status = fault;
    if (fault == 0 && !mayExecute) status = FAULT_PERMISSION + faultLevel + 1;
    if (status == 0 && (!findRegion(physical) || (regionFlags & REGION_READ) == 0)) status = FAULT_EXTERNAL + 1;
    if (status != 0) {
      raiseAt(syndrome(fromHere(EC_INSTRUCTION_ABORT), status - 1), address);
      return false;
    }
    fill(buffer, address, hostAddress(physical));
  }
  rememberFetch(page, load<u32>(entry, 24));
  return true;
}
