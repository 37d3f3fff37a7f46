/** A file that is no ELF file this debugger can use. The message has the reason and the place. */
export class ElfError extends Error {
  /** Byte of the file where it shows. */
  readonly offset: number;
  /** What is wrong, without the place. */
  readonly reason: string;

  constructor(offset: number, reason: string) {
    super(`${reason} (at byte 0x${offset.toString(16)})`);
    this.name = 'ElfError';
    this.offset = offset;
    this.reason = reason;
  }
}

export function elfError(offset: number, reason: string): ElfError {
  return new ElfError(offset, reason);
}
