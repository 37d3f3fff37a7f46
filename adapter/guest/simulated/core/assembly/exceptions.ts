import { DAIF, ELR, ESR, FAR, IL, LINES, LIVE, MONITOR_SIZE, SPSEL, SPSR, TCR, UNDEFINED_COUNT, UNDEFINED_PC, UNDEFINED_WORD, VBAR } from '../layout';
import { LOOK, TAKEN, daif, exceptionLevel, nzcv, pc, selectStack, setNext, setNzcv, setStop, setSystem, system } from './state';
import { selectBuffer, forgetFetch } from './buffers';

/** Exception classes of ESR_EL1.EC (DDI 0487, D19.2.37). */
export const EC_UNKNOWN: u32 = 0x00;
export const EC_WFX: u32 = 0x01;
export const EC_FP: u32 = 0x07;
export const EC_ILLEGAL: u32 = 0x0e;
export const EC_SVC: u32 = 0x15;
export const EC_SYSREG: u32 = 0x18;
export const EC_INSTRUCTION_ABORT: u32 = 0x20;
export const EC_PC_ALIGNMENT: u32 = 0x22;
export const EC_DATA_ABORT: u32 = 0x24;
export const EC_SP_ALIGNMENT: u32 = 0x26;
export const EC_BRK: u32 = 0x3c;

const VECTOR_SYNCHRONOUS: u64 = 0x000;
const VECTOR_IRQ: u64 = 0x080;
const VECTOR_FIQ: u64 = 0x100;

/** Syndrome with the length bit of a 32-bit instruction. */
// @ts-ignore: decorator
@inline
export function syndrome(ec: u32, iss: u32): u32 {
  return (ec << 26) | (1 << 25) | iss;
}

/** PSTATE as SPSR_EL1 holds it (DDI 0487, C5.2.18). */
export function pstate(): u64 {
  const level = exceptionLevel();
  const mode = level == 0 ? 0 : 4 | load<u32>(LIVE + SPSEL);
  return ((nzcv() << 28) | (load<u32>(LIVE + IL) << 20) | (daif() << 6) | mode) as u64;
}

/** Goes to EL1 (DDI 0487, D1.3.1). The exclusive monitor is left alone, as the architecture does. */
function enter(vector: u64, from: u64): void {
  const level = exceptionLevel();
  const offset: u64 = level == 0 ? 0x400 : load<u32>(LIVE + SPSEL) == 1 ? 0x200 : 0;
  setSystem(SPSR, pstate());
  setSystem(ELR, from);
  selectStack(1, 1);
  store<u32>(LIVE + DAIF, 15);
  store<u32>(LIVE + IL, 0);
  selectBuffer();
  setNext((system(VBAR) & ~(0x7ff as u64)) + offset + vector);
  setStop(TAKEN);
}

/** A synchronous exception of the current instruction; it will return to `from`. */
export function raise(syndrome: u32, from: u64): void {
  setSystem(ESR, syndrome as u64);
  enter(VECTOR_SYNCHRONOUS, from);
}

export function raiseAt(syndrome: u32, address: u64): void {
  setSystem(FAR, address);
  raise(syndrome, pc());
}

/** The instruction is undefined at this exception level, or is none. */
export function undefined(word: u32): void {
  store<u32>(UNDEFINED_COUNT, load<u32>(UNDEFINED_COUNT) + 1);
  store<u32>(UNDEFINED_WORD, word);
  store<u64>(UNDEFINED_PC, pc());
  raise(syndrome(EC_UNKNOWN, 0), pc());
}

/** The class of an abort: one more where it does not come from a lower exception level. */
// @ts-ignore: decorator
@inline
export function fromHere(ec: u32): u32 {
  return ec + (exceptionLevel() == 0 ? 0 : 1);
}

/** Takes an interrupt that is asserted and not masked. @returns whether one was */
export function takeInterrupt(): bool {
  const lines = load<u32>(LIVE + LINES);
  if (lines == 0) return false;
  const masks = daif();
  if ((lines & 2) != 0 && (masks & 1) == 0) enter(VECTOR_FIQ, pc());
  else if ((lines & 1) != 0 && (masks & 2) == 0) enter(VECTOR_IRQ, pc());
  else return false;
  return true;
}

/** The address a branch goes to: a tag in bits 63:56 is dropped where TCR_EL1 has it ignored (DDI 0487, BranchTo). */
// @ts-ignore: decorator
@inline
export function codeAddress(address: u64): u64 {
  const top = (address as i64) >> 55;
  return top == 0 || top == -1 ? address : untagged(address);
}

function untagged(address: u64): u64 {
  const upper = ((address >> 55) & 1) != 0;
  if (((system(TCR) >> (upper ? 38 : 37)) & 1) == 0) return address;
  return upper ? address | 0xff00_0000_0000_0000 : address & 0x00ff_ffff_ffff_ffff;
}

/** ERET (DDI 0487, D1.4.4). Returns to AArch32 and to EL2 and above are illegal here. */
export function exceptionReturn(): void {
  const saved = system(SPSR) as u32;
  const mode = saved & 31;
  const legal = mode == 0 || mode == 4 || mode == 5;
  setNzcv(saved >> 28);
  store<u32>(LIVE + DAIF, (saved >> 6) & 15);
  if (legal) {
    store<u32>(LIVE + IL, (saved >> 20) & 1);
    selectStack(mode == 0 ? 0 : 1, mode & 1);
    selectBuffer();
  } else store<u32>(LIVE + IL, 1);
  store<u32>(LIVE + MONITOR_SIZE, 0);
  setNext(codeAddress(system(ELR)));
  forgetFetch();
  setStop(LOOK);
}
