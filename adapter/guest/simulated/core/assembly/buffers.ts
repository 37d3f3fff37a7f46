import { EL, LIVE, TLBS, TLB_BYTES } from '../layout';

/** The translation buffer of the current exception level, and EL0's for unprivileged loads and stores. */
export let buffer: usize = TLBS;
export let bufferEl0: usize = TLBS + TLB_BYTES;
/** The page instructions come from, and what to add to an address in it. All ones: none. */
export let fetchPage: u64 = u64.MAX_VALUE;
export let fetchAdd: u32 = 0;
let base: usize = TLBS;

/** After a change of exception level. */
export function selectBuffer(): void {
  buffer = load<u32>(LIVE + EL) == 0 ? bufferEl0 : base;
  fetchPage = u64.MAX_VALUE;
}

/** Uses the buffers of a vCPU. */
export function selectBuffers(vcpu: u32): void {
  base = TLBS + vcpu * 2 * TLB_BYTES;
  bufferEl0 = base + TLB_BYTES;
  selectBuffer();
}

/** The next instruction's page is looked up anew. */
export function forgetFetch(): void {
  fetchPage = u64.MAX_VALUE;
}

export function rememberFetch(page: u64, add: u32): void {
  fetchPage = page;
  fetchAdd = add;
}

/** Empties the buffers of the vCPU that executes. */
export function flushBuffers(): void {
  memory.fill(base, 0xff, 2 * TLB_BYTES);
  fetchPage = u64.MAX_VALUE;
}

export function flushAllBuffers(vcpus: u32): void {
  memory.fill(TLBS, 0xff, vcpus * 2 * TLB_BYTES);
  fetchPage = u64.MAX_VALUE;
}
