import { sectionBytes } from './compressed.ts';
import { readHeader, type ElfKind } from './header.ts';
import { readSections, type Section } from './sections.ts';
import { readSegments, type Segment } from './segments.ts';
import { readSymbols, type ElfSymbol } from './symbol-table.ts';

/** A little-endian ELF64 file for AArch64. Everything is a view of the file's bytes. */
export interface ElfFile {
  readonly kind: ElfKind;
  readonly entry: bigint;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  /** Read when first asked for. @throws ElfError */
  symbols(): readonly ElfSymbol[];
  /** The first section of a name; for `.debug_x` also an old `.zdebug_x`. */
  section(name: string): Section | undefined;
  /** Bytes of a section, inflated; null if there is no such section. @throws ElfError (as a rejection) */
  bytesOf(name: string): Promise<Uint8Array | null>;
}

/**
 * Reads headers, segments and sections. Nothing is inflated yet, and nothing copied: what a hostile file can make this
 * allocate is in proportion to its size.
 * @throws ElfError if the file is malformed, or is not for AArch64: the message says what it is
 */
export function readElf(file: Uint8Array): ElfFile {
  const header = readHeader(file);
  const segments = readSegments(file, header);
  const sections = readSections(file, header);
  const byName = new Map<string, Section>();
  for (const section of sections)
    if (section.index !== 0 && !byName.has(section.name)) byName.set(section.name, section);
  const find = (name: string): Section | undefined =>
    byName.get(name) ?? (name.startsWith('.debug_') ? byName.get(`.z${name.slice(1)}`) : undefined);
  let symbols: readonly ElfSymbol[] | undefined;
  return {
    kind: header.kind,
    entry: header.entry,
    segments,
    sections,
    symbols: () => (symbols ??= readSymbols(sections)),
    section: find,
    bytesOf: async (name) => {
      const section = find(name);
      return section ? sectionBytes(section) : null;
    },
  };
}
