import { SCTLR } from '../layout';
import { EC_SP_ALIGNMENT, raise, syndrome } from './exceptions';
import { exceptionLevel, pc, system, xsp } from './state';

/** Base register of a load or store; SP has to be aligned to 16 bytes where SCTLR_EL1.SA or SA0 says so. */
// @ts-ignore: decorator
@inline
export function checkedBase(n: u32): u64 {
  const base = xsp(n);
  if (n == 31 && (base & 15) != 0) checkStack();
  return base;
}

function checkStack(): void {
  if (((system(SCTLR) >> (exceptionLevel() == 0 ? 4 : 3)) & 1) != 0) raise(syndrome(EC_SP_ALIGNMENT, 0), pc());
}
