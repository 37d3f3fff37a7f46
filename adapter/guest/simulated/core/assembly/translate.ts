import { MAIR, SCTLR, TCR, TTBR0, TTBR1 } from '../layout';
import { findRegion, hostAddress } from './regions';
import { system } from './state';

/** Kinds of access. */
export const LOAD: u32 = 0;
export const STORE: u32 = 1;
export const FETCH: u32 = 2;

export const SCTLR_M: u64 = 1;
export const SCTLR_A: u64 = 1 << 1;
export const SCTLR_WXN: u64 = 1 << 19;

/** Fault status codes of ESR_EL1.ISS (DDI 0487, D19.2.37), without the level. */
export const FAULT_SIZE: u32 = 0x00;
export const FAULT_TRANSLATION: u32 = 0x04;
export const FAULT_ACCESS_FLAG: u32 = 0x08;
export const FAULT_PERMISSION: u32 = 0x0c;
export const FAULT_EXTERNAL: u32 = 0x10;
export const FAULT_WALK: u32 = 0x14;
export const FAULT_ALIGNMENT: u32 = 0x21;

/** 40 bits of physical address: ID_AA64MMFR0_EL1.PARange of the Cortex-A53. */
export const PHYSICAL_BITS: u64 = 40;
const OUTPUT: u64 = 0x0000_ffff_ffff_f000;

/** What the last successful `translate` found. */
export let physical: u64 = 0;
export let device: bool = false;
/** Memory attributes as MAIR has them, and shareability, for PAR_EL1. */
export let attributes: u32 = 0;
export let shareability: u32 = 0;
export let mayRead: bool = false;
export let mayWrite: bool = false;
export let mayExecute: bool = false;

/** Whether bits 63:56 of an address of the half are ignored: TCR_EL1.TBI0, TBI1. */
// @ts-ignore: decorator
@inline
export function ignoresTop(upper: bool): bool {
  return ((system(TCR) >> (upper ? 38 : 37)) & 1) != 0;
}

/**
 * Stage 1 translation of the EL1&0 regime (DDI 0487, D8.2). Permissions are found for `el0`, and judged by whoever asks.
 * @returns 0, or one more than the fault's status code
 */
export function translate(address: u64, el0: bool): u32 {
  const control = system(SCTLR);
  if ((control & SCTLR_M) == 0) {
    if ((address & 0x00ff_ffff_ffff_ffff) >> PHYSICAL_BITS != 0) return FAULT_SIZE + 1;
    physical = address & 0x00ff_ffff_ffff_ffff;
    device = false;
    attributes = 0;
    shareability = 2;
    mayRead = mayWrite = mayExecute = true;
    return 0;
  }
  const tcr = system(TCR);
  const upper = ((address >> 55) & 1) != 0;
  const unused = (upper ? tcr >> 16 : tcr) & 63;
  const size: u64 = 64 - (unused < 16 ? 16 : unused > 39 ? 39 : unused);
  const top: u64 = ignoresTop(upper) ? 56 : 64;
  const above: u64 = (address << (64 - top)) >> (64 - top) >> size;
  const ones: u64 = size == top ? 0 : ((1 as u64) << (top - size)) - 1;
  if (above != (upper ? ones : 0)) return FAULT_TRANSLATION + 1;
  if (((tcr >> (upper ? 23 : 7)) & 1) != 0) return FAULT_TRANSLATION + 1;

  const granule = pageBits(tcr, upper);
  const stride = granule - 3;
  const levels = (size - granule + stride - 1) / stride;
  let level: u64 = 4 - levels;
  const firstBits = size - granule - (levels - 1) * stride;
  let table = system(upper ? TTBR1 : TTBR0) & 0x0000_ffff_ffff_fffe;
  table &= ~(((1 as u64) << (firstBits + 3)) - 1);
  const bits = outputBits(tcr);
  // The base counts as a table that level 0 has named.
  if (table >> bits != 0) return FAULT_SIZE + 1;
  let shift = granule + (levels - 1) * stride;
  let mask: u64 = ((1 as u64) << firstBits) - 1;
  let noEl0 = false;
  let noWrite = false;
  let noEl1Execute = false;
  let noEl0Execute = false;

  for (;;) {
    const at = table + (((address >> shift) & mask) << 3);
    if (!findRegion(at)) return FAULT_WALK + (level as u32) + 1;
    const entry = load<u64>(hostAddress(at));
    if ((entry & 1) == 0) return FAULT_TRANSLATION + (level as u32) + 1;
    const isTable = (entry & 2) != 0;
    if (level < 3 && isTable) {
      noEl0 = noEl0 || ((entry >> 61) & 1) != 0;
      noWrite = noWrite || ((entry >> 62) & 1) != 0;
      noEl0Execute = noEl0Execute || ((entry >> 60) & 1) != 0;
      noEl1Execute = noEl1Execute || ((entry >> 59) & 1) != 0;
      table = entry & OUTPUT & ~(((1 as u64) << granule) - 1);
      if (table >> bits != 0) return FAULT_SIZE + (level as u32) + 1;
      mask = ((1 as u64) << stride) - 1;
      shift -= stride;
      level++;
      continue;
    }
    if (level == 3 ? !isTable : !blockAllowed(level, granule)) return FAULT_TRANSLATION + (level as u32) + 1;
    const output = entry & OUTPUT & ~(((1 as u64) << shift) - 1);
    if (output >> bits != 0) return FAULT_SIZE + (level as u32) + 1;
    if (((entry >> 10) & 1) == 0) return FAULT_ACCESS_FLAG + (level as u32) + 1;
    physical = output | (address & (((1 as u64) << shift) - 1));
    attributes = (system(MAIR) >> (((entry >> 2) & 7) << 3)) as u32 & 0xff;
    device = (attributes & 0xf0) == 0;
    shareability = ((entry >> 8) & 3) as u32;
    const el0Access = ((entry >> 6) & 1) != 0 && !noEl0;
    const writable = ((entry >> 7) & 1) == 0 && !noWrite;
    const wxn = (control & SCTLR_WXN) != 0;
    if (el0) {
      mayRead = el0Access;
      mayWrite = el0Access && writable;
      mayExecute = ((entry >> 54) & 1) == 0 && !noEl0Execute && !(wxn && mayWrite);
    } else {
      mayRead = true;
      mayWrite = writable;
      mayExecute = ((entry >> 53) & 1) == 0 && !noEl1Execute && !(wxn && writable) && !(el0Access && writable);
    }
    faultLevel = level as u32;
    return 0;
  }
}

/** Level of the entry that `translate` ended with: for permission faults. */
export let faultLevel: u32 = 0;

/** Bits of addresses that tables tell: TCR_EL1.IPS (34:32), as far as there are so many. */
function outputBits(tcr: u64): u64 {
  const code = (tcr >> 32) & 7;
  return code == 0 ? 32 : code == 1 ? 36 : PHYSICAL_BITS;
}

/** TCR_EL1.TG0 and TG1, which count differently. Reserved values act as 4K. */
function pageBits(tcr: u64, upper: bool): u64 {
  const code = (upper ? tcr >> 30 : tcr >> 14) & 3;
  if (upper) return code == 3 ? 16 : code == 1 ? 14 : 12;
  return code == 1 ? 16 : code == 2 ? 14 : 12;
}

/** Blocks exist at levels 1 and 2 of the 4K granule, and at level 2 of the others. */
function blockAllowed(level: u64, granule: u64): bool {
  return level == 2 || (level == 1 && granule == 12);
}
