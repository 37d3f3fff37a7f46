/** A piece of physical memory. */
export interface TableRequest {
  readonly address: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * Reads pieces of physical memory, all at once where it can: a stub answers a hundred of them in the time of a few round
 * trips. The answers are in the order of the requests, null where there is no memory. Addresses come from tables that may
 * be anything: a reader refuses what is a device's, as reading a device may change it.
 */
export type ReadTables = (requests: readonly TableRequest[]) => Promise<readonly (Uint8Array | null)[]>;

/** The answer to request `n`; null where it is missing or short. */
export function viewOf(answers: readonly (Uint8Array | null)[], n: number, length: number): DataView | null {
  const bytes = answers[n];
  return bytes && bytes.length >= length ? new DataView(bytes.buffer, bytes.byteOffset, length) : null;
}
