import { ByteReader } from '../byte-reader.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { ElfError } from '../elf/errors.ts';
import { StringTable } from '../string-table.ts';
import { DwarfError, dwarfComplaint } from './errors.ts';

const NAMES = [
  'abbrev',
  'addr',
  'frame',
  'info',
  'line',
  'line_str',
  'ranges',
  'rnglists',
  'str',
  'str_offsets',
] as const;

export type DwarfSectionName = (typeof NAMES)[number];

/** Told of what is wrong with one part, when the rest can be used. */
export type Warn = (error: DwarfError | ElfError) => void;

/** The sections of debugging information, inflated. */
export class DwarfSections {
  readonly #bytes: ReadonlyMap<DwarfSectionName, Uint8Array>;
  readonly #strings = new Map<DwarfSectionName, StringTable>();
  readonly warn: Warn;
  /** Bytes that may yet be read of what others point into: see `spend`. */
  readonly #budgets = new Map<DwarfSectionName, number>();

  constructor(bytes: ReadonlyMap<DwarfSectionName, Uint8Array>, warn: Warn) {
    this.#bytes = bytes;
    this.warn = warn;
  }

  /** Length in bytes; 0 where there is no such section. */
  length(name: DwarfSectionName): number {
    return this.#bytes.get(name)?.length ?? 0;
  }

  /** @throws DwarfError if there is no such section, or `start` and `end` are not within it */
  reader(name: DwarfSectionName, start = 0, end?: number): ByteReader {
    const bytes = this.#bytes.get(name);
    if (!bytes) throw new DwarfError(`.debug_${name}`, start, 'needed, but there is no such section');
    return new ByteReader(bytes, dwarfComplaint(`.debug_${name}`), start, end);
  }

  /** @throws DwarfError */
  string(name: 'str' | 'line_str', offset: number): string {
    let table = this.#strings.get(name);
    if (!table) {
      table = new StringTable(this.#bytes.get(name) ?? new Uint8Array(0), dwarfComplaint(`.debug_${name}`));
      this.#strings.set(name, table);
    }
    return table.at(offset);
  }

  /**
   * Counts bytes read of tables that others point at. Each is read once, so in good files they add up to the section's
   * size; a file made so that they overlap would be read for hours.
   * @throws DwarfError when it is far more than that
   */
  spend(name: DwarfSectionName, offset: number, bytes: number): void {
    const left = (this.#budgets.get(name) ?? 4 * this.length(name) + 0x1_0000) - bytes;
    this.#budgets.set(name, left);
    if (left < 0) throw new DwarfError(`.debug_${name}`, offset, 'tables overlap so much that this cannot be meant');
  }
}

/** Inflates what there is. A section that cannot be read is missing, and told of. */
export async function loadDwarfSections(elf: ElfFile, warn: Warn): Promise<DwarfSections> {
  const loaded = new Map<DwarfSectionName, Uint8Array>();
  for (const name of NAMES) {
    try {
      const bytes = await elf.bytesOf(`.debug_${name}`);
      if (bytes) loaded.set(name, bytes);
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      warn(error);
    }
  }
  return new DwarfSections(loaded, warn);
}

/** Runs what may find its part malformed; then warns and returns `otherwise`. */
export function orWarn<T>(warn: Warn, otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    warn(error);
    return otherwise;
  }
}
