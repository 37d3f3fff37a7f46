import type { Located } from '../../gic/mmio/dispatcher.ts';

export const UNKNOWN_CPU = 'the recording does not tell the CPU, and the register is banked';

/** Whether it matters which CPU accesses a place: each has a register of its own there. */
export function isBanked({ register, offset }: Located): boolean {
  if (register === null) return false;
  const { bank, bitsPerIrq, offset: start } = register.row;
  return bank === 'each' || (bank === 'private' && offset - start < (32 * bitsPerIrq) / 8);
}
