import type { DwarfSections } from './sections.ts';

/** An attribute of a kind of entry: its name, and how its value is encoded. */
export interface AttributeForm {
  readonly name: number;
  readonly form: number;
  /** The value itself, for DW_FORM_implicit_const. */
  readonly implicit: bigint;
}

/** How entries of one code look (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeForm[];
}

export type Abbreviations = ReadonlyMap<number, Abbreviation>;

export const DW_FORM_implicit_const = 0x21;

/*
 * A table of abbreviations (DWARF 5, 7.5.3), ended by a code of 0:
 *
 *     code (ULEB), tag (ULEB), children (1), then name (ULEB), form (ULEB) pairs ended by 0 0
 *     a DW_FORM_implicit_const has its value (SLEB) behind
 */
/** @throws DwarfError */
export function readAbbreviations(sections: DwarfSections, offset: number): Abbreviations {
  const table = new Map<number, Abbreviation>();
  const reader = sections.reader('abbrev', offset);
  for (;;) {
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) return table;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: AttributeForm[] = [];
    for (;;) {
      const name = reader.uleb();
      const form = reader.uleb();
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, implicit: form === DW_FORM_implicit_const ? reader.sleb64() : 0n });
    }
    sections.spend('abbrev', start, reader.at - start);
    // The first of a code counts.
    if (!table.has(code)) table.set(code, { tag, hasChildren, attributes });
  }
}
