/**
 * A target as the search sees it. Addresses are physical, whatever the MMU does. Null is an answer (the target refuses);
 * a connection that is gone rejects, and the search ends with that.
 */
export interface Probe {
  /**
   * One aligned access of that width, and no other. Little endian.
   * @returns null where the target refuses the address or the width
   */
  read(address: number, length: 4 | 8): Promise<bigint | null>;
  /** RAM, in any pieces. @returns null where the target refuses */
  readMemory(address: number, length: number): Promise<Uint8Array | null>;
  /** A command of the stub's monitor and what it prints. @returns null where the stub has no monitor */
  monitor(command: string): Promise<string | null>;
  /** Threads the stub lists, which are CPUs for stubs of machines; null where it lists none. */
  readonly threads: number | null;
}

/** A 32-bit register; null where the target refuses. Addresses that are not aligned are never read. */
export async function readWord(probe: Probe, address: number): Promise<number | null> {
  if (!isAddress(address + 3) || address % 4 !== 0) return null;
  const value = await probe.read(address, 4);
  return value === null ? null : Number(BigInt.asUintN(32, value));
}

/** A 64-bit register; in two halves where the target refuses eight bytes, or answers zeros to what is not zero. */
export async function readDouble(probe: Probe, address: number): Promise<bigint | null> {
  if (!isAddress(address + 7) || address % 8 !== 0) return null;
  const whole = await probe.read(address, 8);
  if (whole !== null && BigInt.asUintN(64, whole) !== 0n) return BigInt.asUintN(64, whole);
  const low = await readWord(probe, address);
  const high = await readWord(probe, address + 4);
  if (low === null || high === null) return whole === null ? null : 0n;
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Physical addresses have 52 bits at most: every one is a number. */
export const MAX_ADDRESS = 2 ** 52 - 1;

export function isAddress(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_ADDRESS;
}
