/** A recording or log that is not what its format says. The message is `file:line: reason`. */
export class TraceFormatError extends Error {
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** What is wrong, without file and line. */
  readonly reason: string;

  constructor(file: string, line: number, reason: string, message = `${file}:${line}: ${reason}`) {
    super(message);
    this.name = 'TraceFormatError';
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

/** A text without a single GIC operation: nothing is wrong in any one line, so the message names the file only. */
export class NoOperationsError extends TraceFormatError {
  constructor(file: string, why: string) {
    const reason = `no GIC operation in ${file}: ${why}`;
    super(file, 1, reason, reason);
    this.name = 'NoOperationsError';
  }
}

/** Text of a line for an error message: short, and without control characters. */
export function excerpt(text: string, length = 80): string {
  const clean = text.slice(0, length).replace(/\p{Cc}/gu, '\ufffd');
  return text.length > length ? `${clean}…` : clean;
}
