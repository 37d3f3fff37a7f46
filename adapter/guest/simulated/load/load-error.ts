/** A file that cannot be loaded into the machine: which, why, and where in it. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly file: string;
  /** What is wrong, without the file's name. */
  readonly reason: string;
  /** Byte of the file that shows it; null where it is no single place. */
  readonly offset: number | null;

  constructor(file: string, reason: string, offset: number | null = null) {
    super(`${file}: ${reason}`);
    this.file = file;
    this.reason = reason;
    this.offset = offset;
  }
}

/** An address or size as people write it: 0x40080000. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
