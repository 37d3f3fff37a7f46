import type { FrameRules } from './dwarf/frame-rules.ts';
import type { NamedRange } from './functions.ts';
import type { LineAddress, LineRange, SourcePlace } from './line-table.ts';
import { matchPath } from './paths.ts';
import type { NamedAddress, SourceFrame, SymbolQueries, Symbols } from './symbols.ts';

/** A program in the guest's memory. */
export interface LoadedProgram {
  readonly symbols: Symbols;
  /** Added to the file's addresses: 0 unless the program was moved when it was loaded. May be negative. */
  readonly bias: bigint;
}

/** Several programs as one: a kernel and its firmware, or one for each core. Where they overlap the first one counts. */
export class Programs implements SymbolQueries {
  readonly #programs: readonly LoadedProgram[];

  constructor(programs: readonly LoadedProgram[]) {
    this.#programs = programs;
  }

  functionAt(address: bigint): NamedAddress | null {
    return this.#first(address, (symbols, at, bias) => moved(symbols.functionAt(at), bias));
  }

  variableAt(address: bigint): NamedAddress | null {
    return this.#first(address, (symbols, at, bias) => moved(symbols.variableAt(at), bias));
  }

  frameRulesAt(address: bigint): FrameRules | null {
    return this.#first(address, (symbols, at) => symbols.frameRulesAt(at));
  }

  lineAt(address: bigint): SourcePlace | null {
    return this.#first(address, (symbols, at) => symbols.lineAt(at));
  }

  lineRangeAt(address: bigint): LineRange | null {
    return this.#first(address, (symbols, at, bias) => moved(symbols.lineRangeAt(at), bias));
  }

  isCode(address: bigint): boolean {
    return this.#programs.every(({ symbols, bias }) => symbols.isCode(inFile(address, bias)));
  }

  functionsNamed(name: string): readonly NamedRange[] {
    return this.#all((symbols, bias) => symbols.functionsNamed(name).map((range) => moved(range, bias)));
  }

  variablesNamed(name: string): readonly NamedRange[] {
    return this.#all((symbols, bias) => symbols.variablesNamed(name).map((range) => moved(range, bias)));
  }

  functionBreakpoints(name: string): readonly bigint[] {
    return this.#all((symbols, bias) => symbols.functionBreakpoints(name).map((address) => inGuest(address, bias)));
  }

  lineRangesOf(path: string, line: number): readonly LineRange[] {
    return this.#fromSource(path, (symbols, source, bias) =>
      symbols.lineRangesOf(source, line).map((range) => moved(range, bias)),
    );
  }

  linesOf(path: string): readonly number[] {
    const lines = this.#fromSource(path, (symbols, source) => symbols.linesOf(source));
    return [...new Set(lines)].sort((a, b) => a - b);
  }

  lineBreakpoints(path: string, line: number): readonly LineAddress[] {
    return this.#fromSource(path, (symbols, source, bias) =>
      symbols.lineBreakpoints(source, line).map((place) => ({ ...place, address: inGuest(place.address, bias) })),
    );
  }

  sources(): readonly string[] {
    return [...new Set(this.#all((symbols) => symbols.sources()))].sort();
  }

  sourcesFor(path: string): readonly string[] {
    return matchPath(this.sources(), path);
  }

  sourceFramesAt(address: bigint): readonly SourceFrame[] {
    for (const { symbols, bias } of this.#programs) {
      const frames = symbols.sourceFramesAt(inFile(address, bias));
      if (frames.some((frame) => frame.function !== '' || frame.place)) return frames;
    }
    return [{ function: '', place: null, isInlined: false }];
  }

  #first<T>(address: bigint, ask: (symbols: Symbols, address: bigint, bias: bigint) => T | null): T | null {
    for (const { symbols, bias } of this.#programs) {
      const answer = ask(symbols, inFile(address, bias), bias);
      if (answer !== null) return answer;
    }
    return null;
  }

  #all<T>(ask: (symbols: Symbols, bias: bigint) => readonly T[]): readonly T[] {
    return this.#programs.flatMap(({ symbols, bias }) => ask(symbols, bias));
  }

  /** Asks each program for the sources that the path means among those of all. */
  #fromSource<T>(path: string, ask: (symbols: Symbols, source: string, bias: bigint) => readonly T[]): readonly T[] {
    const sources = this.sourcesFor(path);
    return this.#all((symbols, bias) => {
      const own = new Set(symbols.sources());
      return sources.filter((source) => own.has(source)).flatMap((source) => ask(symbols, source, bias));
    });
  }
}

function inFile(address: bigint, bias: bigint): bigint {
  return BigInt.asUintN(64, address - bias);
}

function inGuest(address: bigint, bias: bigint): bigint {
  return BigInt.asUintN(64, address + bias);
}

function moved<T extends { readonly start: bigint; readonly end: bigint }>(range: T, bias: bigint): T;
function moved<T extends { readonly start: bigint; readonly end: bigint }>(range: T | null, bias: bigint): T | null;
function moved<T extends { readonly start: bigint; readonly end: bigint }>(range: T | null, bias: bigint): T | null {
  return range && { ...range, start: inGuest(range.start, bias), end: inGuest(range.end, bias) };
}
