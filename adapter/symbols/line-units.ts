import { readCodeBlocks, type CodeBlock, type CodeBlocks } from './dwarf/code-blocks.ts';
import { readUnitLength } from './dwarf/forms.ts';
import { filePaths, readLineHeader, type LineHeader } from './dwarf/line-header.ts';
import { runLineProgram } from './dwarf/line-program.ts';
import type { AddressRange } from './dwarf/ranges.ts';
import { orWarn, type DwarfSections } from './dwarf/sections.ts';
import type { Unit } from './dwarf/units.ts';
import { innermostFinder } from './functions.ts';
import { placeRows, type PlacedSequence } from './line-rows.ts';

/** Whether an address is one of the program's instructions: code that the linker dropped has line rows too. */
export type IsCode = (address: bigint) => boolean;

/** A line program and the unit that names it. Its header is read when first asked for, its rows later still. */
export class LineUnit {
  readonly unit: Unit | null;
  readonly #sections: DwarfSections;
  readonly #offset: number;
  readonly #isCode: IsCode;
  #header: LineHeader | null | undefined;
  #paths: readonly string[] | undefined;
  #sequences: readonly PlacedSequence[] | undefined;
  #findSequence: ((address: bigint) => PlacedSequence | null) | undefined;
  #blocks: CodeBlocks | undefined;

  constructor(sections: DwarfSections, offset: number, unit: Unit | null, isCode: IsCode) {
    this.#sections = sections;
    this.#offset = offset;
    this.unit = unit;
    this.#isCode = isCode;
  }

  /** Where the unit's code is; none where it does not tell. */
  get ranges(): readonly AddressRange[] {
    return this.unit?.ranges ?? [];
  }

  /** Paths of its files, by number. */
  paths(): readonly string[] {
    if (this.#paths) return this.#paths;
    const header = this.#readHeader();
    return (this.#paths = header ? this.#pathsOf(header) : []);
  }

  /** Path of a file; empty if there is none of that number. */
  path(file: number): string {
    return this.paths()[file] ?? '';
  }

  /** Numbers of files that have one of these paths. */
  fileNumbers(wanted: ReadonlySet<string>): ReadonlySet<number> {
    return new Set(this.paths().flatMap((path, number) => (wanted.has(path) ? [number] : [])));
  }

  sequences(): readonly PlacedSequence[] {
    if (this.#sequences) return this.#sequences;
    const header = this.#readHeader();
    if (!header) return (this.#sequences = []);
    const { sequences, definedFiles } = runLineProgram(this.#sections, header);
    if (definedFiles.length > 0) {
      this.#paths = this.#pathsOf({ ...header, files: [...header.files, ...definedFiles] });
    }
    this.#sequences = sequences
      .filter((sequence) => sequence.size > 0 && this.#isCode(sequence.start))
      .map(placeRows)
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    return this.#sequences;
  }

  sequenceAt(address: bigint): PlacedSequence | null {
    this.#findSequence ??= innermostFinder(this.sequences());
    return this.#findSequence(address);
  }

  /** The innermost function or inlined copy at an address. */
  blockAt(address: bigint): CodeBlock | null {
    return this.blocks()?.at(address) ?? null;
  }

  blocks(): CodeBlocks | null {
    if (!this.unit) return null;
    return (this.#blocks ??= readCodeBlocks(this.unit));
  }

  #pathsOf(header: LineHeader): readonly string[] {
    return orWarn(this.#sections.warn, [], () => filePaths(header, this.unit?.directory ?? '', this.#sections));
  }

  #readHeader(): LineHeader | null {
    if (this.#header === undefined)
      this.#header = orWarn(this.#sections.warn, null, () => readLineHeader(this.#sections, this.#offset, this.unit));
    return this.#header;
  }
}

/** The line programs of all units, and those that no unit names, as some assemblers leave them. */
export function lineUnits(sections: DwarfSections, units: readonly Unit[], isCode: IsCode): readonly LineUnit[] {
  const byOffset = new Map<number, Unit>();
  for (const unit of units)
    // Units may share a program; the one with addresses is the one to ask for directories and functions.
    if (unit.lineProgram !== null && (byOffset.get(unit.lineProgram)?.ranges.length ?? 0) === 0)
      byOffset.set(unit.lineProgram, unit);
  const named = [...byOffset].map(([offset, unit]) => new LineUnit(sections, offset, unit, isCode));
  const others = programOffsets(sections)
    .filter((offset) => !byOffset.has(offset))
    .map((offset) => new LineUnit(sections, offset, null, isCode));
  return [...named, ...others];
}

/** Where programs begin: behind each other. */
function programOffsets(sections: DwarfSections): readonly number[] {
  const offsets: number[] = [];
  const end = sections.length('line');
  let at: number | null = 0;
  while (at !== null && at < end) {
    const start: number = at;
    at = orWarn(sections.warn, null, () => {
      const reader = sections.reader('line', start);
      reader.skip(readUnitLength(reader).length);
      offsets.push(start);
      return reader.at;
    });
  }
  return offsets;
}
