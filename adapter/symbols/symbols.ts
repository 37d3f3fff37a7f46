import { blockName, type CodeBlock } from './dwarf/code-blocks.ts';
import { DwarfError } from './dwarf/errors.ts';
import { frameFinder, type FrameEntry, type FrameSection } from './dwarf/frame-entries.ts';
import { rulesAt, type FrameRules } from './dwarf/frame-rules.ts';
import { DwarfSections, loadDwarfSections, orWarn, type Warn } from './dwarf/sections.ts';
import { readUnits, type Unit } from './dwarf/units.ts';
import { readElf, type ElfFile } from './elf/elf-file.ts';
import { ElfError } from './elf/errors.ts';
import { SHF_ALLOC, SHF_EXECINSTR } from './elf/sections.ts';
import { PT_LOAD } from './elf/segments.ts';
import { codeMap, functionIndex, lastAtOrBefore, variableIndex, type NameIndex, type NamedRange } from './functions.ts';
import { LineTable, type LineAddress, type LineRange, type SourcePlace } from './line-table.ts';
import { lineUnits } from './line-units.ts';
import { afterPrologue } from './prologue.ts';
import type { CodeKnowledge } from './unwind.ts';

/** A function at an address, and how far into it that is. */
export interface NamedAddress extends NamedRange {
  /** Bytes from its start. */
  readonly offset: bigint;
}

/** Where execution is, as a person would say it: inlined functions have frames of their own. */
export interface SourceFrame {
  /** Empty if nobody knows. */
  readonly function: string;
  readonly place: SourcePlace | null;
  /** Whether this function was inlined into the next one. */
  readonly isInlined: boolean;
}

/** What can be asked of one program's symbols, or of several. Addresses are those of the guest. */
export interface SymbolQueries extends CodeKnowledge {
  functionAt(address: bigint): NamedAddress | null;
  /** The variable at an address. */
  variableAt(address: bigint): NamedAddress | null;
  /** All functions of a name, ascending. */
  functionsNamed(name: string): readonly NamedRange[];
  variablesNamed(name: string): readonly NamedRange[];
  /** Where to stop for a function of that name: behind its prologue. Ascending. */
  functionBreakpoints(name: string): readonly bigint[];
  /** Whether there are instructions at an address, rather than data between them. */
  isCode(address: bigint): boolean;
  /** The line of an instruction. */
  lineAt(address: bigint): SourcePlace | null;
  /** Addresses around this one of the same line: where a step by line goes on. */
  lineRangeAt(address: bigint): LineRange | null;
  /** All addresses of a line. */
  lineRangesOf(path: string, line: number): readonly LineRange[];
  /** Lines of a source that have code, ascending. */
  linesOf(path: string): readonly number[];
  /** Where to stop for a line, or the next one that has code; on a function's first line, behind its prologue. */
  lineBreakpoints(path: string, line: number): readonly LineAddress[];
  /** Paths of all sources, ascending. */
  sources(): readonly string[];
  /** What of `sources` a path of this machine means: itself, else those that end most alike. */
  sourcesFor(path: string): readonly string[];
  /** Functions at an address, innermost first: the last one is the one that was not inlined. At least one. */
  sourceFramesAt(address: bigint): readonly SourceFrame[];
}

/** The symbols of one ELF file. Lines and functions are read when first asked for. */
export class Symbols implements SymbolQueries {
  readonly elf: ElfFile;
  readonly functions: NameIndex;
  readonly variables: NameIndex;
  /** The translation units that could be read. */
  readonly units: readonly Unit[];
  readonly lines: LineTable;
  readonly #warnings: (DwarfError | ElfError)[];
  readonly #warn: Warn;
  readonly #isCode: (address: bigint) => boolean;
  readonly #unitStarts: BigUint64Array;
  readonly #frameSections: readonly FrameSection[];
  #findFrame: ((address: bigint) => FrameEntry | null) | undefined;

  /**
   * Reads a file: headers and symbols at once, the rest when it is asked for. What is malformed in debugging
   * information costs no more than its part: see `warnings`.
   * @throws ElfError (as a rejection) if the file is malformed, or is not for AArch64
   */
  static async load(file: Uint8Array): Promise<Symbols> {
    const elf = readElf(file);
    const warnings: (DwarfError | ElfError)[] = [];
    const warn: Warn = (error) => {
      if (warnings.length < MOST_WARNINGS) warnings.push(error);
    };
    // Addresses of an object file are not known before it is linked, and relocations would have to be applied.
    if (elf.kind === 'relocatable') {
      warn(new ElfError(16, 'an object file that is not linked yet: it has no lines'));
      return new Symbols(elf, new DwarfSections(new Map(), warn), [], warnings, warn);
    }
    const sections = await loadDwarfSections(elf, warn);
    return new Symbols(elf, sections, await loadFrameSections(elf, warn), warnings, warn);
  }

  private constructor(
    elf: ElfFile,
    sections: DwarfSections,
    frameSections: readonly FrameSection[],
    warnings: (DwarfError | ElfError)[],
    warn: Warn,
  ) {
    this.elf = elf;
    this.functions = functionIndex(elf);
    this.variables = variableIndex(elf);
    this.#warnings = warnings;
    this.#warn = warn;
    this.#isCode = codeMap(elf);
    this.units = readUnits(sections);
    this.#unitStarts = BigUint64Array.from(this.units, (unit) => BigInt(unit.start));
    this.lines = new LineTable(lineUnits(sections, this.units, executableRanges(elf)));
    this.#frameSections = frameSections;
  }

  /** What was left out because it is malformed, so far: more may be found when more is read. At most 100. */
  get warnings(): readonly (DwarfError | ElfError)[] {
    return this.#warnings;
  }

  functionAt(address: bigint): NamedAddress | null {
    return named(this.functions, address);
  }

  variableAt(address: bigint): NamedAddress | null {
    return named(this.variables, address);
  }

  functionsNamed(name: string): readonly NamedRange[] {
    return this.functions.named(name);
  }

  variablesNamed(name: string): readonly NamedRange[] {
    return this.variables.named(name);
  }

  functionBreakpoints(name: string): readonly bigint[] {
    return this.functionsNamed(name).map((range) => afterPrologue(this.lines, range));
  }

  isCode(address: bigint): boolean {
    return this.#isCode(address);
  }

  lineAt(address: bigint): SourcePlace | null {
    return this.lines.at(address);
  }

  lineRangeAt(address: bigint): LineRange | null {
    return this.lines.rangeAt(address);
  }

  lineRangesOf(path: string, line: number): readonly LineRange[] {
    return this.lines.rangesOf(path, line);
  }

  linesOf(path: string): readonly number[] {
    return this.lines.linesOf(path);
  }

  lineBreakpoints(path: string, line: number): readonly LineAddress[] {
    return this.lines.addressesOf(path, line).map((place) => {
      const range = this.functions.at(place.address);
      if (range?.start !== place.address || place.block?.kind === 'inlined') return place;
      return { ...place, address: afterPrologue(this.lines, range) };
    });
  }

  sources(): readonly string[] {
    return this.lines.sources();
  }

  sourcesFor(path: string): readonly string[] {
    return this.lines.sourcesFor(path);
  }

  sourceFramesAt(address: bigint): readonly SourceFrame[] {
    const unit = this.lines.unitAt(address);
    const symbol = this.functionAt(address)?.name ?? '';
    const frames: SourceFrame[] = [];
    let place = this.lineAt(address);
    let block = unit?.blockAt(address) ?? null;
    for (; block?.kind === 'inlined' && unit; block = block.parent) {
      frames.push({ function: this.#nameOf(block), place, isInlined: true });
      const { file, line, column } = block.call;
      place = line === 0 ? null : { file: unit.path(file), line, column, isStmt: false };
    }
    const name = block ? this.#nameOf(block) : '';
    frames.push({ function: name === '' ? symbol : name, place, isInlined: false });
    return frames;
  }

  frameRulesAt(address: bigint): FrameRules | null {
    this.#findFrame ??= frameFinder(this.#frameSections, this.#warn);
    const entry = this.#findFrame(address);
    return entry && orWarn(this.#warn, null, () => rulesAt(entry, address));
  }

  #nameOf(block: CodeBlock): string {
    return blockName(block, (offset) => {
      const unit = this.units[lastAtOrBefore(this.#unitStarts, BigInt(offset))];
      return unit && offset < unit.end ? unit : null;
    });
  }
}

const MOST_WARNINGS = 100;

function named(index: NameIndex, address: bigint): NamedAddress | null {
  const range = index.at(address);
  return range && { ...range, offset: address - range.start };
}

async function loadFrameSections(elf: ElfFile, warn: Warn): Promise<readonly FrameSection[]> {
  const loaded: FrameSection[] = [];
  for (const name of ['.debug_frame', '.eh_frame'] as const) {
    try {
      const bytes = await elf.bytesOf(name);
      if (bytes) loaded.push({ name, bytes, address: elf.section(name)?.address ?? 0n });
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      warn(error);
    }
  }
  return loaded;
}

/** Whether an address is in code of the file: by its sections, or its segments where those were stripped. */
function executableRanges(elf: ElfFile): (address: bigint) => boolean {
  const wanted = SHF_ALLOC | SHF_EXECINSTR;
  const sections = elf.sections
    .filter((section) => (section.flags & wanted) === wanted)
    .map(({ address, size }) => ({ start: address, end: address + BigInt(size) }));
  const segments = elf.segments
    .filter((segment) => segment.type === PT_LOAD && segment.executable)
    .map(({ virtualAddress, memorySize }) => ({ start: virtualAddress, end: virtualAddress + memorySize }));
  const ranges = sections.length > 0 ? sections : segments;
  return (address) => ranges.some(({ start, end }) => address >= start && address < end);
}
