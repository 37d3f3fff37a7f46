/** A program that cannot be loaded: why, and where in its file. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  /** Offset into the file; -1 where the whole of it is meant. */
  readonly offset: number;

  constructor(reason: string, offset = -1) {
    super(offset < 0 ? reason : `${reason} (at byte 0x${offset.toString(16)})`);
    this.offset = offset;
  }
}
