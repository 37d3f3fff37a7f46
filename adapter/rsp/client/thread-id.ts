/** What the protocol calls a thread: on bare metal, a CPU. */
export interface ThreadId {
  /** Null where the stub names threads without processes. */
  readonly process: number | null;
  readonly thread: number;
  /** As the stub wrote it, and as it is told to the stub again: "p01.02", "2". */
  readonly text: string;
}

const THREAD = /^(?:p([0-9a-fA-F]{1,13})\.)?([0-9a-fA-F]{1,13})$/;

/** A thread as a stub names it; null where the text is none, or names all or any. */
export function parseThreadId(text: string): ThreadId | null {
  const match = THREAD.exec(text);
  if (match?.[2] === undefined) return null;
  const process = match[1] === undefined ? null : parseInt(match[1], 16);
  const thread = parseInt(match[2], 16);
  // 0 means "any".
  return process === 0 || thread === 0 ? null : { process, thread, text };
}

export function threadId(process: number | null, thread: number): ThreadId {
  const text = process === null ? thread.toString(16) : `p${process.toString(16)}.${thread.toString(16)}`;
  return { process, thread, text };
}
