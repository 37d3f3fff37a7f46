import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ElfError } from '../symbols/elf/errors.ts';
import { Programs, type LoadedProgram } from '../symbols/programs.ts';
import { Symbols, type SymbolQueries } from '../symbols/symbols.ts';

/** An ELF file with symbols. */
export interface SymbolFile {
  readonly path: string;
  /** Null: to be read. */
  readonly bytes: Uint8Array | null;
  /** What is added to its addresses. */
  readonly bias: bigint;
}

/**
 * Symbols of several files together; null where there are none.
 * @throws Error of the file system for a file that cannot be read
 */
export async function loadSymbols(
  files: readonly SymbolFile[],
): Promise<{ symbols: SymbolQueries | null; notes: string[] }> {
  const programs: LoadedProgram[] = [];
  const notes: string[] = [];
  for (const { path, bytes, bias } of files) {
    try {
      programs.push({ symbols: await Symbols.load(bytes ?? new Uint8Array(await readFile(path))), bias });
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      notes.push(`${basename(path)} has no usable symbols: ${error.message}.`);
    }
  }
  if (programs.length === 0) notes.push('No symbols: name an ELF file under "symbols" to see functions and lines.');
  return { symbols: programs.length === 0 ? null : new Programs(programs), notes };
}
