import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Cpus } from '../../guest/machine-guest.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import { instructionText } from './capstone.ts';
import type { ProgramSources } from './sources.ts';

/** Bytes of an instruction. */
const WORD = 4n;

/**
 * Instructions around an address, as a vCPU reads its memory.
 * @param offset instructions from the address to the first one
 */
export async function disassemble(
  cpus: Cpus,
  vcpu: number,
  symbols: SymbolQueries | null,
  sources: ProgramSources,
  address: bigint,
  offset: number,
  count: number,
): Promise<DebugProtocol.DisassembledInstruction[]> {
  const text = await instructionText();
  const start = (address & ~(WORD - 1n)) + BigInt(offset) * WORD;
  return Array.from({ length: count }, (_, n): DebugProtocol.DisassembledInstruction => {
    const at = BigInt.asUintN(64, start + BigInt(n) * WORD);
    const name = `0x${at.toString(16)}`;
    const bytes = cpus.readMemory(vcpu, at, 4);
    if (bytes.length < 4) return { address: name, instruction: '??', presentationHint: 'invalid' };
    const found = symbols?.functionAt(at) ?? null;
    const place = symbols?.lineAt(at) ?? null;
    const location = place === null ? null : sources.sourceOf(place.file);
    return {
      address: name,
      instructionBytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' '),
      instruction: text(bytes, at),
      ...(found && found.offset === 0n ? { symbol: found.name } : {}),
      ...(place && location ? { location, line: place.line } : {}),
    };
  });
}
