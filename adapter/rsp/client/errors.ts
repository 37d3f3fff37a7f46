export type RspErrorKind =
  /** No answer in time. */
  | 'timeout'
  /** The connection is gone, or was closed by us. */
  | 'closed'
  /** The stub answered an error, or what was asked cannot be. */
  | 'refused'
  /** The stub does not know the packet. */
  | 'unsupported'
  /** The answer is none that the protocol allows. */
  | 'malformed'
  /** Answers do not belong to their requests. */
  | 'desynchronised'
  /** The target executes: until it stops, it can be interrupted and nothing else. */
  | 'running';

/** Something was asked of a stub and not had. The message says what it was for and why not, in a user's words. */
export class RspError extends Error {
  override readonly name = 'RspError';
  readonly kind: RspErrorKind;
  /** What was being done: "reading 4 bytes at 0x8000104". */
  readonly purpose: string;
  /** Why it failed: "no answer within 5 s". */
  readonly reason: string;
  /** Number of the error the stub answered (Exx), 0 to 255; null where it gave none. */
  readonly code: number | null;

  constructor(kind: RspErrorKind, purpose: string, reason: string, code: number | null = null) {
    super(`${purpose}: ${reason}`);
    this.kind = kind;
    this.purpose = purpose;
    this.reason = reason;
    this.code = code;
  }
}
