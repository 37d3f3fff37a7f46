import type { FrameRead } from './frame-access.ts';

/**
 * How a stub splits a read of many bytes into accesses:
 * - none: nobody knows; each register is read by itself
 * - words: into accesses of four bytes, wherever it begins (QEMU's GICv2, whose registers are words and bytes)
 * - natural: into the widest that alignment and length allow, up to eight bytes (QEMU's GICv3): runs of 64-bit registers
 *   are read at once, and two words as one where the first of them is not at a multiple of eight
 */
export type Splitting = 'none' | 'words' | 'natural';

/** Bytes of memory that are read by one packet. */
export interface Span {
  readonly vcpu: number | null;
  readonly address: number;
  length: number;
  /** Places of its registers in the list of reads, in their order. */
  readonly indices: number[];
}

/** Bytes of a span: half of what the smallest packets of stubs hold. */
const MOST_BYTES = 0x400;

/**
 * Joins reads of registers that lie one behind the other, as far as a stub makes the same accesses of them then.
 * @param reads in any order
 */
export function spansOf(reads: readonly FrameRead[], splitting: Splitting): Span[] {
  const order = [...reads.keys()].sort((a, b) => compare(reads[a] as FrameRead, reads[b] as FrameRead));
  const spans: Span[] = [];
  for (const i of order) {
    const { vcpu, isBanked, address, width } = reads[i] as FrameRead;
    const who = isBanked ? vcpu : null;
    const last = spans.at(-1);
    const lastWidth = last === undefined ? 0 : (reads[last.indices.at(-1) ?? 0]?.width ?? 0);
    const joins =
      last !== undefined &&
      last.vcpu === who &&
      last.address + last.length === address &&
      lastWidth === width &&
      last.length + width <= MOST_BYTES &&
      isJoined(last, width, splitting);
    if (joins) {
      last.length += width;
      last.indices.push(i);
    } else spans.push({ vcpu: who, address, length: width, indices: [i] });
  }
  return spans;
}

function isJoined({ address, length }: Span, width: number, splitting: Splitting): boolean {
  if (splitting === 'none') return false;
  if (splitting === 'words') return width === 4;
  if (width === 8) return address % 8 === 0;
  return width === 4 && length === 4 && address % 8 === 4;
}

/** By bank first, then by address. */
function compare(a: FrameRead, b: FrameRead): number {
  return bankOf(a) - bankOf(b) || a.address - b.address;
}

function bankOf({ isBanked, vcpu }: FrameRead): number {
  return isBanked ? vcpu : -1;
}
