import { ByteReader } from '../byte-reader.ts';
import { StringTable } from '../string-table.ts';
import { ElfError, elfError } from './errors.ts';
import { tableReader, type ElfHeader } from './header.ts';

export const SHT_SYMTAB = 2;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
export const SHF_ALLOC = 1 << 1;
export const SHF_EXECINSTR = 1 << 2;
export const SHF_COMPRESSED = 1 << 11;

const LEAST = 64;
/** A count that does not fit its 16 bits is in section 0: its size has the sections, its link the names' index. */
const EXTENDED_INDEX = 0xffff;

export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  /** SHF_ flags below bit 32. */
  readonly flags: number;
  readonly address: bigint;
  /** Size in memory; in the file too, unless `type` is SHT_NOBITS. */
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
  readonly offset: number;
  /** What the file has of it: no copy, not inflated. Empty for SHT_NOBITS. */
  readonly raw: Uint8Array;
}

interface NamelessSection extends Omit<Section, 'name'> {
  readonly nameOffset: number;
}

/*
 * ELF64 section header (System V ABI, "Sections"), 64 bytes:
 *
 *     00 name (4)   04 type (4)   08 flags (8)   10 address (8)   18 offset in the file (8)   20 size (8)
 *     28 link (4)   2c info (4)   30 alignment (8)   38 size of an entry (8)
 */
export function readSections(file: Uint8Array, header: ElfHeader): readonly Section[] {
  const { offset, entrySize } = header.sections;
  if (offset === 0) return [];
  let { count } = header.sections;
  let namesIndex = header.namesIndex;
  if (count === 0 || namesIndex === EXTENDED_INDEX) {
    const zero = tableReader(file, { offset, entrySize, count: 1 }, LEAST, 'section');
    zero.at = offset + 0x20;
    const extended = zero.size64();
    if (count === 0) count = extended;
    if (namesIndex === EXTENDED_INDEX) namesIndex = zero.u32();
  }
  const reader = tableReader(file, { offset, entrySize, count }, LEAST, 'section');
  const nameless = Array.from({ length: count }, (_, index) => {
    reader.at = offset + index * entrySize;
    return readSection(file, reader, index);
  });
  const names = namesOf(nameless, namesIndex, offset);
  return nameless.map(({ nameOffset, ...section }) => ({ ...section, name: names.at(nameOffset) }));
}

function readSection(file: Uint8Array, reader: ByteReader, index: number): NamelessSection {
  const start = reader.at;
  const nameOffset = reader.u32();
  const type = reader.u32();
  const flags = Number(reader.u64() & 0xffff_ffffn);
  const address = reader.u64();
  const offset = reader.size64();
  const size = reader.size64();
  const link = reader.u32();
  reader.skip(4 + 8);
  const entrySize = reader.size64();
  const inFile = index !== 0 && type !== SHT_NOBITS;
  if (inFile && offset + size > file.length)
    throw new ElfError(
      start,
      `section ${index}: ${size} bytes at 0x${offset.toString(16)} go beyond the end of the file`,
    );
  const raw = inFile ? file.subarray(offset, offset + size) : file.subarray(0, 0);
  return { index, nameOffset, type, flags, address, size, link, entrySize, offset, raw };
}

function namesOf(sections: readonly NamelessSection[], index: number, tableOffset: number): StringTable {
  const section = sections[index];
  if (index !== 0 && !section)
    throw new ElfError(
      0x3e,
      `the sections' names are told to be in section ${index}, but there are ${sections.length}`,
    );
  const start = section?.offset ?? tableOffset;
  const bytes = section && index !== 0 ? section.raw : new Uint8Array(sections.length === 0 ? 0 : 1);
  // Without names (index 0) every section's is empty, whatever its header says.
  const table = new StringTable(bytes, (offset, reason) => elfError(start + offset, `names of sections: ${reason}`));
  return index === 0 ? new NoNames(bytes, elfError) : table;
}

class NoNames extends StringTable {
  override at(): string {
    return '';
  }
}
