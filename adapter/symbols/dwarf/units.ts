import type { ByteReader } from '../byte-reader.ts';
import { readAbbreviations, type Abbreviations } from './abbreviations.ts';
import * as dw from './constants.ts';
import { DieReader, type Die, type Interest } from './die-reader.ts';
import { DwarfError } from './errors.ts';
import { readOffset, readUnitLength, type AttributeValue, type UnitFormat } from './forms.ts';
import { rangesOf, type AddressRange } from './ranges.ts';
import { orWarn, type DwarfSections } from './sections.ts';

/** What a translation unit says of itself. */
export interface Unit {
  readonly sections: DwarfSections;
  readonly format: UnitFormat;
  /** Bytes of `.debug_info`: the unit, from its length on, and its first entry. */
  readonly start: number;
  readonly end: number;
  readonly entriesAt: number;
  readonly abbreviations: Abbreviations;
  readonly name: string;
  readonly directory: string;
  /** The compiler and its options, or empty. */
  readonly producer: string;
  /** DW_LANG_, or 0. */
  readonly language: number;
  /** Where in `.debug_line` its program is. */
  readonly lineProgram: number | null;
  /** Addresses of its code; none where it does not tell. */
  readonly ranges: readonly AddressRange[];
  readonly bases: UnitBases;
}

/** Where a unit's parts of the shared tables begin, and the address that its lists of ranges count from. */
export interface UnitBases {
  readonly strings: number | null;
  readonly addresses: number | null;
  readonly rangeLists: number | null;
  readonly lowPc: bigint;
}

const DW_UT_type = 0x02;
const DW_UT_skeleton = 0x04;
const DW_UT_split_compile = 0x05;
const DW_UT_split_type = 0x06;

const ROOT_ATTRIBUTES: ReadonlySet<number> = new Set([
  dw.DW_AT_name,
  dw.DW_AT_stmt_list,
  dw.DW_AT_low_pc,
  dw.DW_AT_high_pc,
  dw.DW_AT_language,
  dw.DW_AT_comp_dir,
  dw.DW_AT_producer,
  dw.DW_AT_ranges,
  dw.DW_AT_str_offsets_base,
  dw.DW_AT_addr_base,
  dw.DW_AT_GNU_addr_base,
  dw.DW_AT_rnglists_base,
]);

/** Reads all units. One that is malformed is left out, and told of; the ones after it are found by its length. */
export function readUnits(sections: DwarfSections): readonly Unit[] {
  if (sections.length('info') === 0) return [];
  const tables = new Map<number, Abbreviations>();
  const abbreviationsAt = (offset: number): Abbreviations => {
    let table = tables.get(offset);
    if (!table) {
      table = readAbbreviations(sections, offset);
      tables.set(offset, table);
    }
    return table;
  };
  const units: Unit[] = [];
  const end = sections.length('info');
  let at: number | null = 0;
  while (at !== null && at < end) {
    const start: number = at;
    at = orWarn(sections.warn, null, () => {
      const reader = sections.reader('info', start);
      const { length, offsetSize } = readUnitLength(reader);
      const from = reader.skip(length);
      const next = reader.at;
      const unit = orWarn(sections.warn, null, () => {
        const body = sections.reader('info', from, next);
        return readUnit(sections, body, start, offsetSize, abbreviationsAt);
      });
      if (unit) units.push(unit);
      return next;
    });
  }
  return units;
}

/*
 * A unit's header behind its length (DWARF 5, 7.5.1; off: 4 bytes, or 8 in 64-bit DWARF):
 *
 *     DWARF 5:     version (2)  unit type (1)  address size (1)  abbreviations (off)
 *                  skeletons and split units: id (8); types: signature (8), offset of the type (off)
 *     DWARF 2-4:   version (2)  abbreviations (off)  address size (1)
 */
function readUnit(
  sections: DwarfSections,
  reader: ByteReader,
  start: number,
  offsetSize: 4 | 8,
  abbreviationsAt: (offset: number) => Abbreviations,
): Unit {
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`DWARF ${version}, where 2 to 5 are understood`, reader.at - 2);
  let addressSize: number;
  let abbreviationsOffset: number;
  if (version === 5) {
    const type = reader.u8();
    addressSize = reader.u8();
    abbreviationsOffset = readOffset(reader, { version, offsetSize, addressSize });
    if (type === DW_UT_skeleton || type === DW_UT_split_compile) reader.skip(8);
    else if (type === DW_UT_type || type === DW_UT_split_type) reader.skip(8 + offsetSize);
  } else {
    abbreviationsOffset = readOffset(reader, { version, offsetSize, addressSize: 8 });
    addressSize = reader.u8();
  }
  if (addressSize !== 8 && addressSize !== 4) reader.fail(`addresses of ${addressSize} bytes`);
  const format: UnitFormat = { version, offsetSize, addressSize };
  const abbreviations = abbreviationsAt(abbreviationsOffset);
  const entriesAt = reader.at;
  const root = new DieReader(reader, abbreviations, format, () => ROOT_ATTRIBUTES).next();
  return describe(sections, root, { format, start, end: reader.end, entriesAt, abbreviations });
}

function describe(
  sections: DwarfSections,
  root: Die | null,
  place: Pick<Unit, 'format' | 'start' | 'end' | 'entriesAt' | 'abbreviations'>,
): Unit {
  const get = (name: number): AttributeValue | undefined => root?.attributes.get(name);
  let bases: UnitBases = {
    strings: offsetOf(get(dw.DW_AT_str_offsets_base)),
    addresses: offsetOf(get(dw.DW_AT_addr_base) ?? get(dw.DW_AT_GNU_addr_base)),
    rangeLists: offsetOf(get(dw.DW_AT_rnglists_base)),
    lowPc: 0n,
  };
  const nothing: Unit = {
    sections,
    ...place,
    bases,
    name: '',
    directory: '',
    producer: '',
    language: 0,
    lineProgram: null,
    ranges: [],
  };
  // Where one value is bad, the others are still good.
  const text = (name: number): string => orWarn(sections.warn, '', () => textOf(nothing, get(name)) ?? '');
  const lowPc = orWarn(sections.warn, null, () => addressOf(nothing, get(dw.DW_AT_low_pc)));
  bases = { ...bases, lowPc: lowPc ?? 0n };
  const ranges = orWarn(sections.warn, [], () => (root ? rangesOf({ ...nothing, bases }, root) : []));
  return {
    ...nothing,
    bases,
    name: text(dw.DW_AT_name),
    directory: text(dw.DW_AT_comp_dir),
    producer: text(dw.DW_AT_producer),
    language: Number(numberOf(get(dw.DW_AT_language)) ?? 0n),
    lineProgram: offsetOf(get(dw.DW_AT_stmt_list)),
    ranges,
  };
}

/** Goes through a unit's entries. @throws DwarfError */
export function entriesOf(unit: Unit, interest: Interest, from = unit.entriesAt): DieReader {
  if (from < unit.entriesAt || from >= unit.end)
    throw new DwarfError('.debug_info', from, `no entry of the unit at 0x${unit.start.toString(16)}`);
  return new DieReader(unit.sections.reader('info', from, unit.end), unit.abbreviations, unit.format, interest);
}

/** An attribute that is a number. In old versions its form may be one of offsets, too. */
export function numberOf(value: AttributeValue | undefined): bigint | null {
  if (value?.kind === 'constant') return value.value;
  return value?.kind === 'offset' ? BigInt(value.offset) : null;
}

/** An attribute that is an offset into a section. In old versions a plain number is one. */
export function offsetOf(value: AttributeValue | undefined): number | null {
  if (value?.kind === 'offset') return value.offset;
  return value?.kind === 'constant' ? Number(value.value) : null;
}

/** An attribute that is a string. @throws DwarfError */
export function textOf(unit: Unit, value: AttributeValue | undefined): string | null {
  if (value?.kind === 'text') return value.value;
  if (value?.kind === 'string-at') return unit.sections.string(value.table, value.offset);
  if (value?.kind !== 'index' || value.of !== 'string') return null;
  const { offsetSize } = unit.format;
  // Where no base is told the table is the section's first, behind its header if it has one.
  const base = unit.bases.strings ?? (unit.format.version < 5 ? 0 : 2 * offsetSize);
  const reader = unit.sections.reader('str_offsets', base + value.index * offsetSize);
  return unit.sections.string('str', readOffset(reader, unit.format));
}

/** An attribute that is an address. @throws DwarfError */
export function addressOf(unit: Unit, value: AttributeValue | undefined): bigint | null {
  if (value?.kind === 'address') return value.value;
  return value?.kind === 'index' && value.of === 'address' ? addressAt(unit, value.index) : null;
}

/** An entry of the unit's part of `.debug_addr`. @throws DwarfError */
export function addressAt(unit: Unit, index: number): bigint {
  const { addressSize } = unit.format;
  const base = unit.bases.addresses ?? (unit.format.version < 5 ? 0 : 8);
  return unit.sections.reader('addr', base + index * addressSize).unsigned(addressSize);
}

/** Byte of `.debug_info` that an attribute points at, or null if it points nowhere in it. */
export function entryOf(unit: Unit, value: AttributeValue | undefined): number | null {
  if (value?.kind !== 'entry') return null;
  return value.from === 'unit' ? unit.start + value.offset : value.offset;
}
