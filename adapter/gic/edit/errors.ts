import { hexOf } from '../inspect/decode.ts';

/** An edit that is refused: nothing has changed. */
export class EditError extends Error {
  override readonly name = 'EditError';
}

/**
 * A value as `bits` bits; negative ones in two's complement.
 * @param what for the message: "32 bits of GICD_CTLR"
 * @throws EditError where it does not fit
 */
export function fit(value: bigint, bits: number, what: string): bigint {
  const limit = 1n << BigInt(bits);
  if (value >= limit || value < -(limit >> 1n)) {
    throw new EditError(`${value < 0n ? String(value) : hexOf(value)} does not fit in ${what}`);
  }
  return BigInt.asUintN(bits, value);
}
