import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DwarfError } from '../../adapter/symbols/dwarf/errors.ts';
import { ElfError } from '../../adapter/symbols/elf/errors.ts';
import { Symbols } from '../../adapter/symbols/symbols.ts';
import { unwind } from '../../adapter/symbols/unwind.ts';
import { ALL, fixtureBytes, memoryOf } from '../unit/symbols/fixtures.ts';

/** Same mutations every run; GIC_FUZZ_SEED tries others. */
const SEED = Number(process.env['GIC_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['GIC_FUZZ_ROUNDS'] ?? 500);

/** mulberry32. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Asks everything there is to ask. What is malformed in a part may cost that part; nothing may throw. */
function askAll(symbols: Symbols): void {
  const addresses = [...symbols.functions.all.slice(0, 40).map((range) => range.start + 8n), 0n, (1n << 64n) - 1n];
  for (const address of addresses) {
    symbols.functionAt(address);
    symbols.variableAt(address);
    symbols.isCode(address);
    symbols.lineAt(address);
    symbols.lineRangeAt(address);
    symbols.sourceFramesAt(address);
    symbols.frameRulesAt(address);
  }
  for (const name of ['main', 'work', 'queue_pop', '_start']) symbols.functionBreakpoints(name);
  for (const source of symbols.sources().slice(0, 8)) {
    symbols.lineBreakpoints(source, 11);
    symbols.linesOf(source);
    symbols.lineRangesOf(source, 11);
  }
  const pc = symbols.functionsNamed('queue_pop')[0]?.start ?? 0n;
  const stack = 0x8000_0000n;
  unwind(
    { pc: pc + 8n, sp: stack, fp: stack, lr: pc, x: () => stack },
    (address) => memoryOf(symbols)(address) ?? (address >= stack && address < stack + 4096n ? address + 32n : null),
    symbols,
  );
  for (const warning of symbols.warnings) assert.ok(warning instanceof ElfError || warning instanceof DwarfError);
}

async function attempt(bytes: Uint8Array, what: string): Promise<'refused' | 'read'> {
  let symbols: Symbols;
  try {
    symbols = await Symbols.load(bytes);
  } catch (error) {
    assert.ok(error instanceof ElfError, `${what}: ${String(error)}`);
    assert.ok(error.message.length < 400, what);
    return 'refused';
  }
  try {
    askAll(symbols);
  } catch (error) {
    throw new Error(what, { cause: error });
  }
  return 'read';
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

for (const [index, name] of ALL.entries())
  test(`${name}: flipped bytes give errors of the reader, and its other parts`, async () => {
    const original = fixtureBytes(name);
    const random = generator(SEED * 1000 + index);
    const seen = { refused: 0, read: 0 };
    // Where a flip tells most: headers at both ends, and debugging information rather than code.
    const debug = (await Symbols.load(original)).elf.sections.filter(
      (s) => /debug|frame|tab/.test(s.name) && s.raw.length > 0,
    );
    for (let round = 0; round < ROUNDS / 4; round++) {
      const bytes = original.slice();
      const changes: string[] = [];
      for (let change = random(6); change >= 0; change--) {
        const section = debug[random(debug.length)];
        const spots = [
          random(64),
          bytes.length - 1 - random(Math.min(64 * 16, bytes.length)),
          section ? section.offset + random(section.raw.length) : 0,
          section ? section.offset + random(Math.min(section.raw.length, 64)) : 0,
        ];
        const at = spots[change === 0 || random(4) > 0 ? 2 + random(2) : random(2)] ?? 0;
        const value = random(2) === 0 ? random(256) : (INTERESTING[random(INTERESTING.length)] ?? 0);
        bytes[at] = value;
        changes.push(`${at}=${value}`);
      }
      seen[await attempt(bytes, `${name}, round ${round}: ${changes.join(' ')}`)]++;
    }
    assert.ok(seen.read > 0, 'every mutation was refused: too coarse to test anything behind the headers');
  });

test('truncated files are refused or read in part', async () => {
  for (const name of ALL) {
    const original = fixtureBytes(name);
    const random = generator(SEED);
    for (let round = 0; round < ROUNDS / 10; round++) {
      const length = round < 8 ? round * 10 : random(original.length);
      await attempt(original.slice(0, length), `${name}, first ${length} bytes`);
    }
  }
});

test('a section replaced by noise costs what is in it', async () => {
  const random = generator(SEED);
  for (const name of ALL) {
    const original = fixtureBytes(name);
    const { elf } = await Symbols.load(original);
    for (const section of elf.sections.filter((s) => s.raw.length > 0 && s.name.includes('debug'))) {
      const bytes = original.slice();
      for (let at = 0; at < section.raw.length; at++) bytes[section.offset + at] = random(256);
      const symbols = await Symbols.load(bytes);
      askAll(symbols);
      assert.ok(symbols.functions.all.length > 0);
    }
  }
});
