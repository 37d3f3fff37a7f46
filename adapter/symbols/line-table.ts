import type { CodeBlock } from './dwarf/code-blocks.ts';
import type { AddressRange } from './dwarf/ranges.ts';
import { ROW_PROLOGUE_END, ROW_STATEMENT } from './dwarf/line-program.ts';
import { innermostFinder } from './functions.ts';
import { lastOfAddress, placeAt, placeRange, type PlacedSequence } from './line-rows.ts';
import type { LineUnit } from './line-units.ts';
import { matchPath } from './paths.ts';

/** Where in the source an instruction comes from. */
export interface SourcePlace {
  /** Absolute and normalised, unless the compiler left the directory out. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0: not told. */
  readonly column: number;
  /** Whether the address begins a statement: a good place for a breakpoint. */
  readonly isStmt: boolean;
}

/** Addresses of one line, and what the line is. */
export interface LineRange extends AddressRange {
  readonly file: string;
  readonly line: number;
}

/** Where to stop for a line. */
export interface LineAddress extends SourcePlace {
  readonly address: bigint;
  /** The function, or its inlined copy, that the address is in, where that is known. */
  readonly block: CodeBlock | null;
}

/** Sources and addresses, both ways. Programs are run when an address or file of theirs is first asked for. */
export class LineTable {
  readonly #units: readonly LineUnit[];
  readonly #find: (address: bigint) => LineUnit | null;
  /** Units that do not say where their code is, and so are asked last. */
  readonly #homeless: readonly LineUnit[];
  #files: ReadonlyMap<string, readonly LineUnit[]> | undefined;

  constructor(units: readonly LineUnit[]) {
    this.#units = units;
    const homes = units.flatMap((unit) => unit.ranges.map(({ start, end }) => ({ start, end, unit })));
    homes.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const find = innermostFinder(homes);
    this.#find = (address) => find(address)?.unit ?? null;
    this.#homeless = units.filter((unit) => unit.ranges.length === 0);
  }

  /** Paths of all sources, as `SourcePlace.file`, ascending. */
  sources(): readonly string[] {
    return [...this.#byFile().keys()].sort();
  }

  /** The sources that a path of this machine can mean: see `matchPath`. */
  sourcesFor(path: string): readonly string[] {
    return matchPath(this.#byFile().keys(), path);
  }

  /**
   * The line of an instruction, or null where none is known. Of an address with several rows it is the one where a
   * breakpoint would stop; behind it, as within a call that has not returned, the last.
   */
  at(address: bigint): SourcePlace | null {
    const found = this.#placeAt(address);
    if (!found) return null;
    const { unit, sequence } = found;
    const shown = sequence.places[found.place] as number;
    const isBehind = address > placeRange(sequence, found.place).start;
    const place = this.#describe(unit, sequence, isBehind ? lastOfAddress(sequence, shown) : shown);
    return place.line === 0 ? null : place;
  }

  /**
   * The addresses around `address` that are of the same line without a break: a step by line goes on while the PC is
   * among them.
   */
  rangeAt(address: bigint): LineRange | null {
    const found = this.#placeAt(address);
    if (!found) return null;
    const { unit, sequence, place } = found;
    const { rows, places } = sequence;
    const lineOf = (index: number): number => rows.lines[places[index] as number] as number;
    const pathOf = (index: number): string => unit.path(rows.files[places[index] as number] as number);
    const line = lineOf(place);
    const file = pathOf(place);
    if (line === 0) return null;
    const same = (index: number): boolean => lineOf(index) === line && pathOf(index) === file;
    let first = place;
    while (first > 0 && same(first - 1)) first--;
    let last = place;
    while (last + 1 < places.length && same(last + 1)) last++;
    return { file, line, start: placeRange(sequence, first).start, end: placeRange(sequence, last).end };
  }

  /** All addresses of a line: several ranges where its code was moved apart, or copied. */
  rangesOf(path: string, line: number): readonly LineRange[] {
    const ranges: LineRange[] = [];
    this.#eachPlace(this.sourcesFor(path), (unit, sequence, place) => {
      const row = sequence.places[place] as number;
      if (sequence.rows.lines[row] !== line) return;
      const { start, end } = placeRange(sequence, place);
      const last = ranges[ranges.length - 1];
      const file = unit.path(sequence.rows.files[row] as number);
      if (last?.end === start && last.file === file) ranges[ranges.length - 1] = { ...last, end };
      else ranges.push({ file, line, start, end });
    });
    return ranges.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  }

  /** Lines of a source on which a breakpoint stays where it was asked for, ascending. */
  linesOf(path: string): readonly number[] {
    const lines = new Set<number>();
    this.#eachRow(this.sourcesFor(path), (_unit, sequence, row) => {
      lines.add(sequence.rows.lines[row] as number);
    });
    return [...lines].sort((a, b) => a - b);
  }

  /**
   * Where to stop for a breakpoint on a line: at the line, or else at the next one that has code. One address in each
   * function and each inlined copy of one: the lowest that begins a statement. Ascending; empty if no code follows.
   */
  addressesOf(path: string, line: number): readonly LineAddress[] {
    let best = Infinity;
    let rows: { readonly unit: LineUnit; readonly sequence: PlacedSequence; readonly row: number }[] = [];
    this.#eachRow(this.sourcesFor(path), (unit, sequence, row) => {
      const found = sequence.rows.lines[row] as number;
      if (found < line || found > best) return;
      if (found < best) rows = [];
      best = found;
      rows.push({ unit, sequence, row });
    });
    const addresses = rows.map(({ unit, sequence, row }): LineAddress & { readonly home: unknown } => {
      const address = sequence.start + BigInt(sequence.rows.offsets[row] as number);
      const block = unit.blockAt(address);
      return { address, block, home: block ?? sequence, ...this.#describe(unit, sequence, row) };
    });
    addresses.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    const homes = new Set<unknown>();
    return addresses.flatMap(({ home, ...address }) => {
      if (homes.has(home)) return [];
      homes.add(home);
      return [address];
    });
  }

  /** First address from `start` on, below `end`, that the compiler marked as behind the prologue. */
  markedPrologueEnd(start: bigint, end: bigint): bigint | null {
    const found = this.#placeAt(start);
    if (!found) return null;
    const { rows } = found.sequence;
    for (let row = 0; row < rows.offsets.length; row++) {
      const address = rows.start + BigInt(rows.offsets[row] as number);
      if (address >= end) return null;
      if (address >= start && ((rows.flags[row] as number) & ROW_PROLOGUE_END) !== 0) return address;
    }
    return null;
  }

  /** The range of the row that is good for `address`, with its line; 0 if it has none. Narrower than `rangeAt`. */
  rowAt(address: bigint): LineRange | null {
    const found = this.#placeAt(address);
    if (!found) return null;
    const row = found.sequence.places[found.place] as number;
    const { rows } = found.sequence;
    return {
      file: found.unit.path(rows.files[row] as number),
      line: rows.lines[row] as number,
      ...placeRange(found.sequence, found.place),
    };
  }

  /** How many rows have exactly this address and a line, and are not of the same line. */
  linesStartingAt(address: bigint): number {
    const found = this.#placeAt(address);
    if (!found) return 0;
    const { rows } = found.sequence;
    const offset = Number(address - rows.start);
    const lines = new Set<string>();
    for (let row = rows.offsets.indexOf(offset); row >= 0 && rows.offsets[row] === offset; row++)
      if (rows.lines[row] !== 0) lines.add(`${rows.files[row]}:${rows.lines[row]}`);
    return lines.size;
  }

  /** The unit whose line program has `address`. */
  unitAt(address: bigint): LineUnit | null {
    return this.#placeAt(address)?.unit ?? null;
  }

  #placeAt(address: bigint): { unit: LineUnit; sequence: PlacedSequence; place: number } | null {
    const home = this.#find(address);
    const found = home && placeIn(home, address);
    if (found) return found;
    for (const unit of this.#homeless) {
      const place = placeIn(unit, address);
      if (place) return place;
    }
    return null;
  }

  #describe(unit: LineUnit, { rows }: PlacedSequence, row: number): SourcePlace {
    return {
      file: unit.path(rows.files[row] as number),
      line: rows.lines[row] as number,
      column: rows.columns[row] as number,
      isStmt: ((rows.flags[row] as number) & ROW_STATEMENT) !== 0,
    };
  }

  #byFile(): ReadonlyMap<string, readonly LineUnit[]> {
    if (this.#files) return this.#files;
    const files = new Map<string, LineUnit[]>();
    for (const unit of this.#units)
      for (const path of new Set(unit.paths())) {
        if (path === '') continue;
        const units = files.get(path);
        if (units) units.push(unit);
        else files.set(path, [unit]);
      }
    this.#files = files;
    return files;
  }

  /** Rows of files that begin a statement and have an instruction and a line. */
  #eachRow(paths: readonly string[], visit: (unit: LineUnit, sequence: PlacedSequence, row: number) => void): void {
    this.#eachSequence(paths, (unit, sequence, wanted) => {
      const { files, flags, offsets, lines, size } = sequence.rows;
      for (let row = 0; row < files.length; row++)
        if (
          wanted.has(files[row] as number) &&
          ((flags[row] as number) & ROW_STATEMENT) !== 0 &&
          (offsets[row] as number) < size &&
          lines[row] !== 0
        )
          visit(unit, sequence, row);
    });
  }

  #eachPlace(paths: readonly string[], visit: (unit: LineUnit, sequence: PlacedSequence, place: number) => void): void {
    this.#eachSequence(paths, (unit, sequence, wanted) => {
      sequence.places.forEach((row, place) => {
        if (wanted.has(sequence.rows.files[row] as number)) visit(unit, sequence, place);
      });
    });
  }

  #eachSequence(
    paths: readonly string[],
    visit: (unit: LineUnit, sequence: PlacedSequence, files: ReadonlySet<number>) => void,
  ): void {
    for (const unit of new Set(paths.flatMap((path) => this.#byFile().get(path) ?? []))) {
      const wanted = unit.fileNumbers(new Set(paths));
      for (const sequence of unit.sequences()) visit(unit, sequence, wanted);
    }
  }
}

function placeIn(unit: LineUnit, address: bigint): { unit: LineUnit; sequence: PlacedSequence; place: number } | null {
  const sequence = unit.sequenceAt(address);
  if (!sequence) return null;
  const place = placeAt(sequence, address);
  return place < 0 ? null : { unit, sequence, place };
}
