import { ByteReader } from '../byte-reader.ts';
import { StringTable } from '../string-table.ts';
import { ElfError, elfError } from './errors.ts';
import { SHT_DYNSYM, SHT_SYMTAB, type Section } from './sections.ts';

export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_GNU_IFUNC = 10;

export const SHN_UNDEF = 0;
export const SHN_ABS = 0xfff1;

const ENTRY_SIZE = 24;

export interface ElfSymbol {
  readonly name: string;
  readonly value: bigint;
  /** Bytes; 0 where nobody said, as in most assembly. */
  readonly size: bigint;
  /** STT_ */
  readonly type: number;
  readonly binding: 'local' | 'global' | 'weak' | 'other';
  /** Index of the section it is in, or SHN_. */
  readonly section: number;
}

const BINDINGS = ['local', 'global', 'weak'] as const;

/*
 * ELF64 symbol (System V ABI, "Symbol Table"), 24 bytes:
 *
 *     00 name (4)   04 type in bits 3:0, binding in 7:4   05 visibility   06 section (2)   08 value (8)   10 size (8)
 */
/**
 * Symbols of `.symtab`, or of `.dynsym` where that is all there is.
 * @throws ElfError
 */
export function readSymbols(sections: readonly Section[]): readonly ElfSymbol[] {
  const table = sections.find((s) => s.type === SHT_SYMTAB) ?? sections.find((s) => s.type === SHT_DYNSYM);
  if (!table) return [];
  const complain = (at: number, reason: string): ElfError => elfError(table.offset + at, `${table.name}: ${reason}`);
  if (table.entrySize !== ENTRY_SIZE)
    throw complain(0, `entries of ${table.entrySize} bytes, where ${ENTRY_SIZE} are due`);
  if (table.size % ENTRY_SIZE !== 0) throw complain(0, `${table.size} bytes are no whole number of entries`);
  const strings = sections[table.link];
  if (!strings || table.link === 0)
    throw complain(0, `its names are told to be in section ${table.link}, which is none`);
  const names = new StringTable(strings.raw, (at, reason) =>
    elfError(strings.offset + at, `${strings.name}: ${reason}`),
  );
  const reader = new ByteReader(table.raw, complain);
  return Array.from({ length: table.raw.length / ENTRY_SIZE }, () => {
    const name = names.at(reader.u32());
    const info = reader.u8();
    reader.skip(1);
    const section = reader.u16();
    const value = reader.u64();
    return { name, value, size: reader.u64(), type: info & 0xf, binding: BINDINGS[info >> 4] ?? 'other', section };
  });
}
