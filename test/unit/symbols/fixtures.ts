import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Symbols } from '../../../adapter/symbols/symbols.ts';

/** ELF files that test/data/elf/build.sh built, with what binutils say of them beside. */
export const BUILT = ['v3-o1', 'v4-o2', 'v4-zdebug', 'v5-o0', 'v5-o2', 'v5-gz', 'v5-dwarf64', 'split'] as const;
export const ALL = [...BUILT, 'llvm', 'guest'] as const;

const DATA = new URL('../../data/elf/', import.meta.url);

export function fixtureBytes(name: string): Uint8Array {
  const url = new URL(`${name}.elf`, DATA);
  return new Uint8Array(readFileSync(fileURLToPath(url)));
}

export function fixture(name: string): Promise<Symbols> {
  return Symbols.load(fixtureBytes(name));
}

/** Lines of a text that binutils printed. */
export function told(name: string, what: 'lines' | 'symbols' | 'addresses' | 'frames'): readonly string[] {
  const text = readFileSync(new URL(`${name}.${what}.txt`, DATA), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

export function hex(address: bigint): string {
  return `0x${address.toString(16).padStart(16, '0')}`;
}

/** The bytes a file's segments put into memory, read as the guest would. */
export function memoryOf(
  symbols: Symbols,
  stack: ReadonlyMap<bigint, bigint> = new Map(),
): (address: bigint) => bigint | null {
  return (address) => {
    const value = stack.get(address);
    if (value !== undefined) return value;
    for (const { virtualAddress, bytes } of symbols.elf.segments) {
      const offset = address - virtualAddress;
      if (offset < 0n || offset + 8n > BigInt(bytes.length)) continue;
      return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(Number(offset), true);
    }
    return null;
  };
}
