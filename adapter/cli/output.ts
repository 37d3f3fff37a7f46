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

/** Rows as columns, the first row underlined. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const [head, ...body] = rows.map(line);
  if (head === undefined) return '';
  return [head, widths.map((width) => '-'.repeat(width)).join('  '), ...body].join('\n') + '\n';
}

/** `0x` and as many digits as the bytes have. */
export function hexBytes(value: bigint, bytes: number): string {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}
