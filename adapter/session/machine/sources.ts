import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { SourceList } from '../face.ts';

/** Directories as the compiler saw them, and where they are here. */
export type SourceMap = Readonly<Record<string, string>>;

/**
 * Source files by the names a program gives them. A relative name starts at the program's directory; a mapped one where
 * the map says. Files that are not there have no source: the client shows disassembly instead.
 */
export class ProgramSources implements SourceList {
  readonly main = null;
  readonly #symbols: SymbolQueries | null;
  readonly #directory: string;
  readonly #map: readonly (readonly [from: string, to: string])[];
  readonly #known = new Map<string, DebugProtocol.Source | null>();

  constructor(symbols: SymbolQueries | null, program: string, map: SourceMap) {
    this.#symbols = symbols;
    this.#directory = dirname(program);
    // The longest prefix counts.
    this.#map = Object.entries(map).sort((a, b) => b[0].length - a[0].length);
  }

  /** The file a name means here. */
  pathOf(file: string): string {
    for (const [from, to] of this.#map) {
      if (file === from || file.startsWith(from.endsWith('/') ? from : `${from}/`)) {
        return resolve(to, `.${file.slice(from.length)}`.replace(/^\.(?!\/)/, './'));
      }
    }
    return isAbsolute(file) ? file : resolve(this.#directory, file);
  }

  sourceOf(file: string): DebugProtocol.Source | null {
    let source = this.#known.get(file);
    if (source === undefined) {
      const path = this.pathOf(file);
      source = existsSync(path) ? { name: basename(path), path } : null;
      this.#known.set(file, source);
    }
    return source;
  }

  /** The names by which the program knows a file of this machine. */
  namesOf(path: string): readonly string[] {
    const symbols = this.#symbols;
    if (!symbols) return [];
    const exact = symbols.sources().filter((file) => this.pathOf(file) === path);
    return exact.length > 0 ? exact : symbols.sourcesFor(path);
  }

  get loaded(): DebugProtocol.Source[] {
    const files = this.#symbols?.sources() ?? [];
    return files.map((file) => this.sourceOf(file)).filter((source) => source !== null);
  }

  text(): null {
    return null;
  }
}
