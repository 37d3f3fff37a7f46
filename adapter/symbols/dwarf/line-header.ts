import type { ByteReader } from '../byte-reader.ts';
import { joinPath } from '../paths.ts';
import { readForm, readOffset, readUnitLength, type AttributeValue, type UnitFormat } from './forms.ts';
import type { DwarfSections } from './sections.ts';
import { textOf, type Unit } from './units.ts';

/** A file of a line program, as written: `directory` is an index whose meaning depends on the version. */
export interface FileEntry {
  readonly name: string;
  readonly directory: number;
}

/** What a line program says before its opcodes. */
export interface LineHeader {
  /** Bytes of `.debug_line`: the length, the first opcode, and behind the last one. */
  readonly start: number;
  readonly opcodesAt: number;
  readonly end: number;
  readonly version: number;
  readonly minimumInstructionLength: number;
  /** 1, except on machines with several operations an instruction. */
  readonly maximumOperations: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of each standard opcode, from opcode 1 at index 0. */
  readonly operands: Uint8Array;
  readonly directories: readonly string[];
  /** DWARF 5: file 0 first. Before: file 1 first. */
  readonly files: readonly FileEntry[];
}

const DW_LNCT_path = 1;
const DW_LNCT_directory_index = 2;

/*
 * A line program's header (DWARF 5, 6.2.4; off: 4 bytes, or 8 in 64-bit DWARF):
 *
 *     length (4, or 4 + 8)   version (2)
 *     DWARF 5: address size (1)   segment selector size (1)
 *     header's length from here (off)   minimum instruction length (1)
 *     from DWARF 4: maximum operations an instruction (1)
 *     default is_stmt (1)   line base (1, signed)   line range (1)   opcode base (1)
 *     operands of each standard opcode (opcode base - 1)
 *     DWARF 5: directories, then files, each:
 *                  formats (1), then content type (ULEB) and form (ULEB) each; entries (ULEB), then the entries
 *     before:  directories: strings, ended by an empty one
 *              files: string, directory (ULEB), time (ULEB), length (ULEB) each, ended by an empty string
 */
/**
 * @param unit the one that names this program, if any: forms that are indices need it
 * @throws DwarfError
 */
export function readLineHeader(sections: DwarfSections, start: number, unit: Unit | null): LineHeader {
  const whole = sections.reader('line', start);
  const { length, offsetSize } = readUnitLength(whole);
  const from = whole.skip(length);
  const reader = sections.reader('line', from, whole.at);
  const version = reader.u16();
  if (version < 2 || version > 5)
    reader.fail(`a line program of version ${version}, where 2 to 5 are understood`, from);
  let addressSize = 8;
  if (version === 5) {
    addressSize = reader.u8();
    const selector = reader.u8();
    if (selector !== 0) reader.fail('segment selectors are not understood', reader.at - 1);
  }
  const format: UnitFormat = { version, offsetSize, addressSize };
  const headerLength = readOffset(reader, format);
  const afterLength = reader.at;
  if (headerLength > reader.left) reader.fail(`a header of ${headerLength} bytes, where ${reader.left} are left`);
  sections.spend('line', start, headerLength);
  const minimumInstructionLength = reader.u8();
  const maximumOperations = version >= 4 ? Math.max(1, reader.u8()) : 1;
  const defaultIsStatement = reader.u8() !== 0;
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  if (lineRange === 0) reader.fail('a line range of 0', reader.at - 2);
  if (opcodeBase === 0) reader.fail('an opcode base of 0', reader.at - 1);
  const operands = reader.block(opcodeBase - 1);
  const { directories, files } = version === 5 ? newTables(reader, format, unit, sections) : oldTables(reader);
  return {
    start,
    opcodesAt: afterLength + headerLength,
    end: whole.at,
    version,
    minimumInstructionLength,
    maximumOperations,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operands,
    directories,
    files,
  };
}

interface Tables {
  readonly directories: readonly string[];
  readonly files: readonly FileEntry[];
}

function oldTables(reader: ByteReader): Tables {
  const directories: string[] = [];
  for (let name = reader.string(); name !== ''; name = reader.string()) directories.push(name);
  const files: FileEntry[] = [];
  for (let name = reader.string(); name !== ''; name = reader.string()) files.push(readOldFile(reader, name));
  return { directories, files };
}

/** The rest of a file's entry before DWARF 5, behind its name. Also what DW_LNE_define_file has. */
export function readOldFile(reader: ByteReader, name: string): FileEntry {
  const directory = reader.uleb();
  reader.skipLeb();
  reader.skipLeb();
  return { name, directory };
}

function newTables(reader: ByteReader, format: UnitFormat, unit: Unit | null, sections: DwarfSections): Tables {
  const directories = entryTable(reader, format, unit, sections).map((entry) => entry.name);
  return { directories, files: entryTable(reader, format, unit, sections) };
}

function entryTable(reader: ByteReader, format: UnitFormat, unit: Unit | null, sections: DwarfSections): FileEntry[] {
  const formats = Array.from({ length: reader.u8() }, () => ({ content: reader.uleb(), form: reader.uleb() }));
  const count = reader.uleb();
  // Each entry has a byte at least: a count above that is wrong, and must not be believed.
  if (count > reader.left) reader.fail(`${count} entries, where ${reader.left} bytes are left`);
  if (count > 0 && formats.length === 0) reader.fail(`${count} entries of no format`);
  return Array.from({ length: count }, () => {
    let name = '';
    let directory = 0;
    for (const { content, form } of formats) {
      const value = readForm(reader, form, format, 0n);
      if (content === DW_LNCT_path) name = pathOf(value, unit, sections);
      else if (content === DW_LNCT_directory_index && value.kind === 'constant') directory = Number(value.value);
    }
    return { name, directory };
  });
}

function pathOf(value: AttributeValue, unit: Unit | null, sections: DwarfSections): string {
  if (value.kind === 'text') return value.value;
  if (value.kind === 'string-at') return sections.string(value.table, value.offset);
  return (unit && textOf(unit, value)) ?? '';
}

/** Characters of paths that a byte of the section stands for: few bytes may name a long directory many times. */
const CHARACTERS_A_BYTE = 256;

/**
 * Paths of a program's files by their number in its rows: directory of compilation, directory and name joined.
 * Absolute, unless the compiler was told to leave that out. What has no name is empty.
 * @throws DwarfError if they are far longer, all together, than is credible
 */
export function filePaths(
  header: LineHeader,
  compilationDirectory: string,
  sections: DwarfSections,
): readonly string[] {
  const { directories, files, version, start } = header;
  const join = (base: string, directory: string, name: string): string => {
    sections.spend('line', start, (base.length + directory.length + name.length) / CHARACTERS_A_BYTE);
    return name === '' ? '' : joinPath(base, directory, name);
  };
  if (version < 5)
    return [
      '',
      ...files.map(({ name, directory }) =>
        join(compilationDirectory, directory === 0 ? '' : (directories[directory - 1] ?? ''), name),
      ),
    ];
  // Directory 0 is the directory of compilation; relative, where the compiler was told so, it is told twice.
  const first = directories[0] ?? '';
  const base = first === compilationDirectory ? first : joinPath(compilationDirectory, first);
  return files.map(({ name, directory }) => join(base, directory === 0 ? '' : (directories[directory] ?? ''), name));
}
