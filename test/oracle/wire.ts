import { ENDS, MAX_WORDS, PAGE, STATE_WORDS, type Case, type Outcome } from './case.ts';

/*
 * Batches of cases and outcomes on a pipe. All numbers are little-endian.
 *
 *     request   u32 number of cases, u32 number of pages, pages of 4096 bytes, then each case:
 *                 0x00  u32 index of its page
 *                 0x04  u32 number of words
 *                 0x08  u32 words[4]
 *                 0x18  u32 exception level
                 0x1c  u32 zero
 *                 0x20  state (case.ts)
 *     answer    u32 bytes that follow, u32 zero, then the outcome of each case:
 *                 0x00  u8 end, an index of ENDS
 *                 0x01  u8 whether memory has changed
 *                 0x08  u64 address
 *                 0x10  state
 *                 0x320 the page, 4096 bytes, if it has changed
 */
const HEADER = 8;
const STATE_BYTES = STATE_WORDS * 8;
const CASE_HEADER = 0x20;
const OUTCOME_HEADER = 0x10;

/** An answer that does not follow the layout. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export function encodeCases(cases: readonly Case[]): Uint8Array {
  const pages = new Map<Uint8Array, number>();
  for (const { memory } of cases) if (!pages.has(memory)) pages.set(memory, pages.size);
  const bytes = new Uint8Array(HEADER + pages.size * PAGE + cases.length * (CASE_HEADER + STATE_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, cases.length, true);
  view.setUint32(4, pages.size, true);
  let at = HEADER;
  for (const page of pages.keys()) {
    bytes.set(page, at);
    at += PAGE;
  }
  for (const { memory, words, level, state } of cases) {
    if (words.length < 1 || words.length > MAX_WORDS) throw new WireError(`a case of ${words.length} words`);
    view.setUint32(at, pages.get(memory) ?? 0, true);
    view.setUint32(at + 4, words.length, true);
    words.forEach((word, n) => {
      view.setUint32(at + 8 + 4 * n, word, true);
    });
    view.setUint32(at + 0x18, level, true);
    bytes.set(new Uint8Array(state.buffer, state.byteOffset, STATE_BYTES), at + CASE_HEADER);
    at += CASE_HEADER + STATE_BYTES;
  }
  return bytes;
}

/** Bytes of a whole answer, or null while its header is not there. */
export function answerLength(received: Uint8Array): number | null {
  if (received.length < HEADER) return null;
  return HEADER + new DataView(received.buffer, received.byteOffset).getUint32(0, true);
}

/** @throws WireError where the answer is not one outcome for each case */
export function decodeOutcomes(answer: Uint8Array, cases: readonly Case[]): Outcome[] {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
  let at = HEADER;
  const outcomes = cases.map((one): Outcome => {
    if (at + OUTCOME_HEADER + STATE_BYTES > answer.length) throw new WireError('the answer is too short');
    const end = ENDS[view.getUint8(at)];
    if (end === undefined) throw new WireError(`no end ${view.getUint8(at)}`);
    const changed = view.getUint8(at + 1) !== 0;
    const address = view.getBigUint64(at + 8, true);
    const state = new BigUint64Array(STATE_WORDS);
    const from = at + OUTCOME_HEADER;
    new Uint8Array(state.buffer).set(answer.subarray(from, from + STATE_BYTES));
    at = from + STATE_BYTES;
    if (!changed) return { end, address, state, memory: one.memory };
    if (at + PAGE > answer.length) throw new WireError('the answer is too short');
    const memory = answer.slice(at, at + PAGE);
    at += PAGE;
    return { end, address, state, memory };
  });
  if (at !== answer.length) throw new WireError(`${answer.length - at} bytes too many`);
  return outcomes;
}
