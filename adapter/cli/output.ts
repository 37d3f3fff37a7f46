/** Where a command writes: standard output and error of the process, or a test's buffers. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** True where progress may be redrawn in place. */
  readonly interactive: boolean;
}

/** Exit codes of every command. */
export const EXIT_OK = 0;
export const EXIT_MISMATCH = 1;
export const EXIT_BAD_INPUT = 2;

/** Wrong words on the command line: the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `0x` and as many digits as the bytes have. */
export function hexBytes(value: bigint, bytes: number): string {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}
