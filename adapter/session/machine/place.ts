import type { CodePlace } from '../../protocol.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { ProgramSources } from './sources.ts';

/** What is known of an instruction's place in the program. */
export function placeOf(pc: bigint, symbols: SymbolQueries | null, sources: ProgramSources): CodePlace {
  const found = symbols?.functionAt(pc);
  const line = symbols?.lineAt(pc);
  return {
    pc: `0x${pc.toString(16)}`,
    ...(found ? { function: found.name } : {}),
    ...(line ? { file: sources.pathOf(line.file), line: line.line } : {}),
  };
}
