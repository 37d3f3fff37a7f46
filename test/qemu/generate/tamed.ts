import type { LiveOptions } from '../live-qemu.ts';
import { isRead, type Operation, type SystemAccess } from '../operation.ts';

const DIST = 0x08000000;
const SPENDSGIR = DIST + 0xf20;
const SPENDSGIR_END = DIST + 0xf30;
const REDIST = 0x080a0000;
const REDIST_FRAMES = 0x20000;
const LPIS = 8192n;

/** The operation, or a similar one where QEMU 7.2 would abort over it, or look for tables of LPIs in the guest's memory. */
export function tamed(operation: Operation, gic: LiveOptions['gic']): Operation {
  if (operation.op === 'line' || isRead(operation)) return operation;
  if (operation.op === 'sysreg') return { ...operation, ...value(systemValue(operation)) };
  const { addr, len } = operation;
  if (gic === 'v2' && addr < SPENDSGIR_END && addr + len > SPENDSGIR) {
    return { ...operation, ...value(withoutZeroBytes(operation.value ?? 0n, len)) };
  }
  // GICR_CTLR.EnableLPIs
  if (gic === 'v3' && addr >= REDIST && (addr - REDIST) % REDIST_FRAMES === 0) {
    return { ...operation, ...value((operation.value ?? 0n) & ~1n) };
  }
  return operation;
}

function value(number: bigint | undefined): { value?: bigint } {
  return number === undefined ? {} : { value: number };
}

/** Each byte is an SGI's set of sources: SGIs that are pending from nobody end QEMU. */
function withoutZeroBytes(from: bigint, len: number): bigint {
  let result = from;
  for (let at = 0n; at < BigInt(8 * len); at += 8n) {
    if (((from >> at) & 0xffn) === 0n) result |= 1n << at;
  }
  return result;
}

function systemValue({ reg, value: from }: SystemAccess): bigint | undefined {
  if (from === undefined) return from;
  // It first raises a value below the least to that, and then drops bits: what is left may be below again.
  if (reg.startsWith('ICC_BPR') && from > 7n) return from | 7n;
  if (/_(EOIR|DIR)/.test(reg)) return from % LPIS;
  return from;
}
