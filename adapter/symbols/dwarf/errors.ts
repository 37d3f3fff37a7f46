import type { Complain } from '../byte-reader.ts';

/** Debugging information that is not what its version of DWARF says. The message has section, offset and reason. */
export class DwarfError extends Error {
  readonly section: string;
  /** Byte of the section, inflated. */
  readonly offset: number;
  readonly reason: string;

  constructor(section: string, offset: number, reason: string) {
    super(`${section}+0x${offset.toString(16)}: ${reason}`);
    this.name = 'DwarfError';
    this.section = section;
    this.offset = offset;
    this.reason = reason;
  }
}

/** For readers of a section. */
export function dwarfComplaint(section: string): Complain {
  return (offset, reason) => new DwarfError(section, offset, reason);
}
