import type { JournalEntry, JournalResponse } from '../../adapter/protocol.ts';

/** Entries fetched at a time: the adapter's cap. */
const CHUNK = 1000;

/** Entries looked at before giving up: a search must not keep the adapter busy for minutes. */
export const MAX_SEARCHED = 500_000;

export interface FindRequest {
  readonly text: string;
  readonly from: number;
  readonly direction: 'forward' | 'backward';
}

export interface FindResult {
  readonly index: number | null;
  readonly searched: number;
  /** False where the search gave up before it had seen every entry. */
  readonly complete: boolean;
}

/**
 * Looks through the journal for text, from an entry on, around its end and back to where it began. Answers undefined
 * when `isCurrent` says that nobody waits any more.
 */
export async function findEntry(
  fetch: (start: number, count: number) => Promise<JournalResponse>,
  { text, from, direction }: FindRequest,
  isCurrent: () => boolean,
): Promise<FindResult | undefined> {
  const needle = text.toLowerCase();
  const { total } = await fetch(0, 1);
  if (total === 0) return { index: null, searched: 0, complete: true };
  let at = ((from % total) + total) % total;
  let searched = 0;
  while (searched < Math.min(total, MAX_SEARCHED)) {
    const room = Math.min(CHUNK, total - searched);
    const count = Math.min(room, direction === 'forward' ? total - at : at + 1);
    const start = direction === 'forward' ? at : at - count + 1;
    const { entries } = await fetch(start, count);
    if (!isCurrent()) return undefined;
    const match = direction === 'forward' ? entries.find(hit) : entries.findLast(hit);
    if (match) return { index: match.index, searched, complete: true };
    searched += count;
    at = direction === 'forward' ? (start + count) % total : (start - 1 + total) % total;
  }
  return { index: null, searched, complete: searched >= total };

  function hit(entry: JournalEntry): boolean {
    const shown = [entry.op, entry.register, entry.address, entry.value, entry.text, entry.remark];
    if (entry.kind !== 'normal') shown.push(entry.kind);
    if (entry.origin === 'edit') shown.push(entry.origin);
    return shown.some((part) => part?.toLowerCase().includes(needle) === true);
  }
}
