import {
  ACTION_COUNTER,
  ACTION_CTR,
  ACTION_CURRENT_EL,
  ACTION_DAIF,
  ACTION_DCZID,
  ACTION_EXIT,
  ACTION_FPU,
  ACTION_IGNORE,
  ACTION_ISR,
  ACTION_NZCV,
  ACTION_PHYSICAL_TIMER,
  ACTION_SCTLR,
  ACTION_SPSEL,
  ACTION_SP_EL0,
  ACTION_TRANSLATION,
  ACTION_VIRTUAL_TIMER,
  CNTKCTL,
  CPACR,
  DAIF,
  EVENT,
  EXIT_CODE,
  EXIT_SEV,
  EXIT_SYSREG,
  EXIT_VALUE,
  EXIT_WFE,
  EXIT_WFI,
  EXIT_WRITE,
  LINES,
  LIVE,
  MONITOR_SIZE,
  PAR,
  SCTLR,
  SPSEL,
  SP_OTHER,
  SYSREGS,
  SYSREG_ACTION,
  SYSREG_KNOWN,
  SYSREG_READ_EL0,
  SYSREG_READ_ONLY,
  SYSREG_WORD,
  SYSREG_WRITE_EL0,
  SYSREG_WRITE_ONLY,
  TICKS,
} from '../layout';
import { flushAllBuffers, flushBuffers } from './buffers';
import { EC_FP, EC_SYSREG, EC_WFX, raise, syndrome, undefined } from './exceptions';
import { write } from './memory';
import {
  LOOK,
  daif,
  exceptionLevel,
  exitAfter,
  exitBefore,
  hasAnswer,
  left,
  nzcv,
  pc,
  selectStack,
  setNzcv,
  setStop,
  setSystem,
  setX,
  stop,
  system,
  takeAnswer,
  x,
} from './state';
import {
  FAULT_PERMISSION,
  attributes,
  faultLevel,
  mayRead,
  mayWrite,
  physical,
  shareability,
  translate,
} from './translate';

/** vCPUs of the machine: broadcast maintenance empties all their buffers. */
let vcpus: u32 = 1;
let budget: i32 = 0;
export function setVcpus(count: u32): void {
  vcpus = count;
}
export function setBudget(count: i32): void {
  budget = count;
}

/** SCTLR_EL1 (DDI 0487, D19.2.118): bits that ARMv8.0 has without big-endian data, and those that are RES1. */
const SCTLR_WRITABLE: u64 = 0x040d_d3bf;
const SCTLR_ONES: u64 = 0x30d0_0800;
const SCTLR_UMA: u64 = 1 << 9;
const SCTLR_DZE: u64 = 1 << 14;
const SCTLR_UCT: u64 = 1 << 15;
const SCTLR_NTWI: u64 = 1 << 16;
const SCTLR_NTWE: u64 = 1 << 18;
const SCTLR_UCI: u64 = 1 << 26;
const ZVA_BYTES: u64 = 64;

/** MSR (immediate), hints, barriers, SYS, MSR and MRS (register): bits 31:22 are 1101010100. */
export function systemInstruction(i: u32): void {
  const op0 = (i >> 19) & 3;
  const read = ((i >> 21) & 1) != 0;
  if (op0 >= 2) {
    if (read) readRegister(i);
    else writeRegister(i);
    return;
  }
  if (op0 == 1) {
    if (read) undefined(i);
    else operation(i);
    return;
  }
  const rt = i & 31;
  const crn = (i >> 12) & 15;
  if (read || rt != 31) undefined(i);
  else if (crn == 2 && ((i >> 16) & 7) == 3) hint(i);
  else if (crn == 3 && ((i >> 16) & 7) == 3) barrier(i);
  else if (crn == 4) immediateToPstate(i);
  else undefined(i);
}

/** All that are not known are NOP. */
function hint(i: u32): void {
  const control = system(SCTLR);
  switch ((i >> 5) & 0x7f) {
    case 2:
      if (load<u32>(LIVE + EVENT) != 0) store<u32>(LIVE + EVENT, 0);
      else if (exceptionLevel() == 0 && (control & SCTLR_NTWE) == 0) raise(syndrome(EC_WFX, 0x01e0_0001), pc());
      else exitAfter(EXIT_WFE, i);
      break;
    case 3:
      if (exceptionLevel() == 0 && (control & SCTLR_NTWI) == 0) raise(syndrome(EC_WFX, 0x01e0_0000), pc());
      else exitAfter(EXIT_WFI, i);
      break;
    case 4:
      exitAfter(EXIT_SEV, i);
      break;
    case 5:
      store<u32>(LIVE + EVENT, 1);
      break;
  }
}

/** CLREX, DSB, DMB, ISB: one vCPU executes at a time, and in order. */
function barrier(i: u32): void {
  switch ((i >> 5) & 7) {
    case 2:
      store<u32>(LIVE + MONITOR_SIZE, 0);
      break;
    case 4:
    case 5:
    case 6:
      break;
    default:
      undefined(i);
  }
}

function immediateToPstate(i: u32): void {
  const immediate = (i >> 8) & 15;
  const level = exceptionLevel();
  switch (((i >> 13) & 0x38) | ((i >> 5) & 7)) {
    case 0x05:
      if (level == 0) undefined(i);
      else selectStack(1, immediate & 1);
      break;
    case 0x1e:
    case 0x1f:
      if (level == 0 && (system(SCTLR) & SCTLR_UMA) == 0) {
        raise(trapped(i, false), pc());
        break;
      }
      store<u32>(LIVE + DAIF, ((i >> 5) & 1) == 0 ? daif() | immediate : daif() & ~immediate);
      setStop(LOOK);
      break;
    default:
      undefined(i);
  }
}

/** Syndrome of a system register access that is trapped (DDI 0487, ISS encoding of EC 0x18). */
function trapped(i: u32, read: bool): u32 {
  const iss =
    (((i >> 19) & 3) << 20) |
    (((i >> 5) & 7) << 17) |
    (((i >> 16) & 7) << 14) |
    (((i >> 12) & 15) << 10) |
    ((i & 31) << 5) |
    (((i >> 8) & 15) << 1) |
    (read ? 1 : 0);
  return syndrome(EC_SYSREG, iss);
}

// @ts-ignore: decorator
@inline
function encodingOf(i: u32): u32 {
  return (i >> 5) & 0x7fff;
}

/** Registers above the exception level are undefined; those that a control bit closes trap to EL1. */
function admits(i: u32, descriptor: u32, read: bool): bool {
  const refused = (descriptor & (read ? SYSREG_WRITE_ONLY : SYSREG_READ_ONLY)) != 0;
  if ((descriptor & SYSREG_KNOWN) == 0 || refused) {
    undefined(i);
    return false;
  }
  if (exceptionLevel() != 0) return floatingPoint(i, descriptor);
  if ((descriptor & (read ? SYSREG_READ_EL0 : SYSREG_WRITE_EL0)) == 0) {
    undefined(i);
    return false;
  }
  let open = true;
  switch (descriptor >> SYSREG_ACTION) {
    case ACTION_CTR:
      open = (system(SCTLR) & SCTLR_UCT) != 0;
      break;
    case ACTION_DAIF:
      open = (system(SCTLR) & SCTLR_UMA) != 0;
      break;
    case ACTION_COUNTER:
      open = (system(CNTKCTL) & ((encodingOf(i) & 7) == 1 ? 1 : 2)) != 0;
      break;
    case ACTION_PHYSICAL_TIMER:
      open = ((system(CNTKCTL) >> 9) & 1) != 0;
      break;
    case ACTION_VIRTUAL_TIMER:
      open = ((system(CNTKCTL) >> 8) & 1) != 0;
      break;
    default:
      return floatingPoint(i, descriptor);
  }
  if (!open) raise(trapped(i, read), pc());
  return open;
}

// @ts-ignore: decorator
@inline
function floatingPoint(i: u32, descriptor: u32): bool {
  return descriptor >> SYSREG_ACTION != ACTION_FPU || vectorsOpen();
}

/** CPACR_EL1.FPEN (DDI 0487, D19.2.30). @returns false where the access was trapped */
export function vectorsOpen(): bool {
  const enabled = (system(CPACR) >> 20) & 3;
  if (enabled == 3 || (enabled == 1 && exceptionLevel() == 1)) return true;
  raise(syndrome(EC_FP, 0x01e0_0000), pc());
  return false;
}

function descriptorOf(i: u32): u32 {
  return load<u32>(SYSREGS + (encodingOf(i) << 2));
}

function readRegister(i: u32): void {
  const descriptor = descriptorOf(i);
  if (!admits(i, descriptor, true)) return;
  const rt = i & 31;
  switch (descriptor >> SYSREG_ACTION) {
    case ACTION_NZCV:
      setX(rt, (nzcv() << 28) as u64);
      break;
    case ACTION_DAIF:
      setX(rt, (daif() << 6) as u64);
      break;
    case ACTION_CURRENT_EL:
      setX(rt, (exceptionLevel() << 2) as u64);
      break;
    case ACTION_SPSEL:
      setX(rt, load<u32>(LIVE + SPSEL) as u64);
      break;
    case ACTION_SP_EL0:
      if (load<u32>(LIVE + SPSEL) == 0) undefined(i);
      else setX(rt, load<u64>(LIVE + SP_OTHER));
      break;
    case ACTION_COUNTER:
      setX(rt, load<u64>(TICKS) + ((budget - left) as u64));
      break;
    case ACTION_ISR:
      setX(rt, (((load<u32>(LIVE + LINES) & 1) << 7) | ((load<u32>(LIVE + LINES) & 2) << 5)) as u64);
      break;
    case ACTION_DCZID:
      setX(rt, exceptionLevel() == 0 && (system(SCTLR) & SCTLR_DZE) == 0 ? 0x14 : 4);
      break;
    case ACTION_EXIT:
    case ACTION_PHYSICAL_TIMER:
    case ACTION_VIRTUAL_TIMER:
      if (hasAnswer()) setX(rt, takeAnswer());
      else exitToHost(i, false);
      break;
    default:
      setX(rt, system((descriptor & 0xffff) as usize));
  }
}

function writeRegister(i: u32): void {
  const descriptor = descriptorOf(i);
  if (!admits(i, descriptor, false)) return;
  const value = x(i & 31);
  const at = (descriptor & 0xffff) as usize;
  switch (descriptor >> SYSREG_ACTION) {
    case ACTION_TRANSLATION:
      if (system(at) == value) break;
      setSystem(at, value);
      flushBuffers();
      break;
    case ACTION_SCTLR:
      setSystem(at, (value & SCTLR_WRITABLE) | SCTLR_ONES);
      flushBuffers();
      break;
    case ACTION_NZCV:
      setNzcv((value >> 28) as u32 & 15);
      break;
    case ACTION_DAIF:
      store<u32>(LIVE + DAIF, ((value >> 6) & 15) as u32);
      setStop(LOOK);
      break;
    case ACTION_SPSEL:
      selectStack(1, (value & 1) as u32);
      break;
    case ACTION_SP_EL0:
      if (load<u32>(LIVE + SPSEL) == 0) undefined(i);
      else store<u64>(LIVE + SP_OTHER, value);
      break;
    case ACTION_EXIT:
    case ACTION_PHYSICAL_TIMER:
    case ACTION_VIRTUAL_TIMER:
      if (hasAnswer()) takeAnswer();
      else exitToHost(i, true);
      break;
    case ACTION_IGNORE:
      break;
    default:
      setSystem(at, (descriptor & SYSREG_WORD) != 0 ? value & 0xffff_ffff : value);
  }
}

function exitToHost(i: u32, write: bool): void {
  store<u32>(EXIT_CODE, encodingOf(i));
  store<u32>(EXIT_WRITE, write ? 1 : 0);
  store<u64>(EXIT_VALUE, write ? x(i & 31) : 0);
  exitBefore(EXIT_SYSREG, i);
}

/** SYS: caches, address translation, TLB maintenance (DDI 0487, C5.3 to C5.5). */
function operation(i: u32): void {
  const crn = (i >> 12) & 15;
  const crm = (i >> 8) & 15;
  const op1 = (i >> 16) & 7;
  const op2 = (i >> 5) & 7;
  const privileged = exceptionLevel() == 1;
  if (crn == 8 && op1 == 0 && privileged && op2 != 4 && op2 != 6 && (crm == 3 || crm == 7)) {
    if (crm == 3) flushAllBuffers(vcpus);
    else flushBuffers();
  } else if (crn == 7 && op1 == 0 && crm == 8 && op2 < 4 && privileged) addressTranslation(i);
  else if (crn == 7 && op1 == 3 && crm == 4 && op2 == 1) zeroBlock(i);
  else if (crn == 7 && isCacheOperation(op1, crm, op2, privileged)) {
    if (!privileged && (system(SCTLR) & SCTLR_UCI) == 0) raise(trapped(i, false), pc());
  } else undefined(i);
}

/** There are no caches: what is written is what is executed. */
function isCacheOperation(op1: u32, crm: u32, op2: u32, privileged: bool): bool {
  if (op1 == 3) return op2 == 1 && (crm == 5 || crm == 10 || crm == 11 || crm == 14);
  if (op1 != 0 || !privileged) return false;
  if (crm == 1 || crm == 5) return op2 == 0;
  if (crm == 6) return op2 == 1 || op2 == 2;
  return (crm == 10 || crm == 14) && op2 == 2;
}

/** DC ZVA. */
function zeroBlock(i: u32): void {
  if (exceptionLevel() == 0 && (system(SCTLR) & SCTLR_DZE) == 0) {
    raise(trapped(i, false), pc());
    return;
  }
  const start = x(i & 31) & ~(ZVA_BYTES - 1);
  for (let at: u64 = 0; at < ZVA_BYTES; at += 8) {
    write<u64>(start + at, 0);
    if (stop != 0) return;
  }
}

/** AT S1E1R, S1E1W, S1E0R, S1E0W: the answer is PAR_EL1 (DDI 0487, D19.2.106). */
function addressTranslation(i: u32): void {
  const op2 = (i >> 5) & 7;
  let fault = translate(x(i & 31), (op2 & 2) != 0);
  if (fault == 0 && ((op2 & 1) != 0 ? !mayWrite : !mayRead)) fault = FAULT_PERMISSION + faultLevel + 1;
  if (fault != 0) setSystem(PAR, 1 | (((fault - 1) << 1) as u64) | (1 << 11));
  else {
    const memory = ((attributes as u64) << 56) | (1 << 11);
    const share: u64 = (attributes & 0xf0) == 0 ? 2 : shareability;
    setSystem(PAR, memory | (physical & 0x0000_ffff_ffff_f000) | (share << 7));
  }
}
