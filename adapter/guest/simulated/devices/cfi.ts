/** Bytes of one erase block of the bank: two chips of 128 KB blocks side by side. */
export const BLOCK_SIZE = 0x4_0000;

/** Query addresses count chip words; the table starts where "QRY" does. */
const QUERY_START = 0x10;

/**
 * The answer of one of the bank's chips to the CFI query (JESD68.01; command set 1, Intel's), by chip word.
 *
 *     0x10  "QRY"                          0x2a  log2 of the write buffer, bytes of one chip
 *     0x13  command set 1, table at 0x31   0x2c  number of erase regions
 *     0x1b  supply 4.5 V to 5.5 V          0x2d  region: blocks - 1, block size / 256
 *     0x1f  log2 of timeouts               0x31  "PRI", version "10", no optional features
 *     0x27  log2 of the chip's bytes
 *     0x28  interface: x8 and x16          0x3f  number of protection fields
 */
const QUERY = [
  ...[0x51, 0x52, 0x59],
  ...[0x01, 0x00, 0x31, 0x00],
  ...[0x00, 0x00, 0x00, 0x00],
  ...[0x45, 0x55, 0x00, 0x00],
  ...[0x07, 0x07, 0x0a, 0x00, 0x04, 0x04, 0x04, 0x00],
  0x19,
  ...[0x02, 0x00],
  ...[0x0b, 0x00],
  0x01,
  ...[0xff, 0x00, 0x00, 0x02],
  ...[0x50, 0x52, 0x49, 0x31, 0x30],
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01],
] as const;

/** @param word chip word the guest reads, bank offset / 4 */
export function cfiAnswer(word: number): number {
  return QUERY[(word & 0xff) - QUERY_START] ?? 0;
}

/** Manufacturer (Intel) and device code of one chip, by chip word. */
export function chipIdentification(word: number): number {
  return [0x89, 0x18][word & 0xff] ?? 0;
}
