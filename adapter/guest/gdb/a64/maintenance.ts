import type { MemoryAccess } from './access.ts';
import { address, type Instruction } from './instruction.ts';
import { access, zeros } from './operands.ts';

/*
 * Cache maintenance by virtual address (DDI 0487, C5.3): SYS op1, C7, CRm, op2, Xt. What works on sets and ways, or on
 * everything, has no address.
 */

/** By op1:CRm:op2. */
const OPERATIONS: ReadonlyMap<number, string> = new Map([
  row(3, 5, 1, 'ic ivau'),
  row(0, 6, 1, 'dc ivac'),
  row(0, 6, 3, 'dc igvac'),
  row(0, 6, 5, 'dc igdvac'),
  row(3, 4, 1, 'dc zva'),
  row(3, 4, 3, 'dc gva'),
  row(3, 4, 4, 'dc gzva'),
  row(3, 10, 1, 'dc cvac'),
  row(3, 10, 3, 'dc cgvac'),
  row(3, 10, 5, 'dc cgdvac'),
  row(3, 11, 1, 'dc cvau'),
  row(3, 12, 1, 'dc cvap'),
  row(3, 12, 3, 'dc cgvap'),
  row(3, 12, 5, 'dc cgdvap'),
  row(3, 13, 1, 'dc cvadp'),
  row(3, 13, 3, 'dc cgvadp'),
  row(3, 13, 5, 'dc cgdvadp'),
  row(3, 14, 1, 'dc civac'),
  row(3, 14, 3, 'dc cigvac'),
  row(3, 14, 5, 'dc cigdvac'),
]);

function row(op1: number, crm: number, op2: number, name: string): readonly [number, string] {
  return [(op1 << 7) | (crm << 3) | op2, name];
}

const ZERO_BLOCK = 64;

export function maintenance(i: Instruction): MemoryAccess | null {
  const mnemonic = OPERATIONS.get((i.bits(18, 16) << 7) | i.bits(11, 5));
  if (mnemonic === undefined) return null;
  const at = i.x(i.rt);
  if (mnemonic !== 'dc zva' && mnemonic !== 'dc gzva')
    return access({ kind: 'cache-maintenance', mnemonic, address: at });
  const block = i.registers.zeroBlock ?? ZERO_BLOCK;
  const start = address(at - (at % BigInt(block)));
  return access({ kind: 'cache-maintenance', mnemonic, address: start, elements: zeros(start, block) });
}
