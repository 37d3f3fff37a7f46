import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SHF_EXECINSTR } from '../../../adapter/symbols/elf/sections.ts';
import type { FrameRules } from '../../../adapter/symbols/dwarf/frame-rules.ts';
import { ROW_STATEMENT } from '../../../adapter/symbols/dwarf/line-program.ts';
import { lineUnits } from '../../../adapter/symbols/line-units.ts';
import { loadDwarfSections } from '../../../adapter/symbols/dwarf/sections.ts';
import { readUnits } from '../../../adapter/symbols/dwarf/units.ts';
import type { Symbols } from '../../../adapter/symbols/symbols.ts';
import { ALL, fixture, hex, told } from './fixtures.ts';

/** All line rows, also those of code the linker dropped, in the order objdump prints them. */
async function rowsOf(symbols: Symbols): Promise<string[]> {
  const sections = await loadDwarfSections(symbols.elf, (error) => assert.fail(error.message));
  const units = lineUnits(sections, readUnits(sections), () => true);
  return units.flatMap((unit) =>
    unit.sequences().flatMap(({ rows, end }) => [
      ...[...rows.offsets].map((offset, index) => {
        const path = unit.path(rows.files[index] ?? -1);
        const name = path.slice(path.lastIndexOf('/') + 1);
        const isStmt = ((rows.flags[index] ?? 0) & ROW_STATEMENT) !== 0;
        return `${hex(rows.start + BigInt(offset))} ${name} ${rows.lines[index]}${isStmt ? ' stmt' : ''}`;
      }),
      `${hex(end)} -`,
    ]),
  );
}

/** objdump's text of a row: addresses without leading zeros, an end without one knowing its file. */
function sameForm(line: string): string {
  const [address = '', name = '', number = '', ...rest] = line.split(' ');
  const full = hex(BigInt(address));
  return number === '-' ? `${full} -` : [full, name.replace(/.*\//, ''), number, ...rest].join(' ');
}

describe('what binutils tell', () => {
  for (const name of ALL) {
    test(`${name}: every line row as objdump decodes it`, async () => {
      const expected = told(name, 'lines').map(sameForm).sort();
      const rows = await rowsOf(await fixture(name));
      assert.ok(rows.length > 10);
      assert.deepEqual(rows.sort(), expected);
    });

    test(`${name}: symbols as nm lists them`, async () => {
      const symbols = await fixture(name);
      const code = symbols.elf.sections.find((s) => (s.flags & SHF_EXECINSTR) !== 0);
      assert.ok(code);
      for (const line of told(name, 'symbols')) {
        const fields = line.split(' ');
        const label = fields[fields.length - 1] ?? '';
        const kind = fields[fields.length - 2] ?? '';
        const start = BigInt(`0x${fields[0]}`);
        const size = fields.length === 4 ? BigInt(`0x${fields[1]}`) : null;
        const index = 'tT'.includes(kind) ? symbols.functions : symbols.variables;
        const found = index.named(label).find((range) => range.start === start);
        assert.ok(found, `${label} is not known`);
        if (size !== null) assert.equal(found.end - found.start, size, label);
        else assert.ok(found.end >= found.start);
      }
    });
  }

  for (const name of ALL.filter((n) => n !== 'split'))
    test(`${name}: functions and lines of each instruction as llvm-addr2line finds them`, async () => {
      const symbols = await fixture(name);
      const expected = told(name, 'addresses').map((line) =>
        // A label inside of a function with a size is no function for us, as it is none for addr2line of binutils.
        line.replace(' inside@', ' sized@').split(' '),
      );
      const statements = lastStatements(told(name, 'lines'));
      assert.ok(expected.length > 5);
      const framesAt = (address: bigint): string[] =>
        symbols.sourceFramesAt(address).map((frame) => {
          const { file = '??', line = '?' } = frame.place ?? {};
          return `${frame.function === '' ? '??' : frame.function}@${file}:${line}`;
        });
      for (const [text = '', ...frames] of expected) {
        const address = BigInt(text);
        assert.deepEqual(framesAt(address + 1n), frames, `within ${text}`);
        // Of several rows of one address it takes the last; at its beginning we prefer the last that begins a statement.
        const statement = statements.get(address);
        const [innermost = '', ...outer] = framesAt(address);
        if (statement === undefined) assert.equal(innermost, frames[0], text);
        else assert.equal(innermost.replace(/.*[@/]/, ''), statement, text);
        assert.deepEqual(outer, frames.slice(1), text);
      }
    });

  for (const name of ALL.filter((n) => n !== 'guest'))
    test(`${name}: call frame information as readelf interprets it`, async () => {
      const symbols = await fixture(name);
      let columns: string[] = [];
      let compared = 0;
      for (const line of told(name, 'frames')) {
        const fields = line.trim().split(/\s+/);
        if (fields[0] === 'LOC') columns = fields.slice(1);
        if (!/^[0-9a-f]{16}$/.test(fields[0] ?? '') || fields[1]?.includes('+') !== true) continue;
        const address = BigInt(`0x${fields[0]}`);
        if (symbols.functionAt(address) === null) continue;
        const rules = symbols.frameRulesAt(address);
        assert.ok(rules, fields[0]);
        assert.deepEqual(
          columns.map((column) => ruleText(rules, column)),
          fields.slice(1),
          fields[0],
        );
        compared++;
      }
      assert.ok(compared >= 4);
    });
});

/** For addresses of which the last row does not begin a statement, but another one does: that one, as `file:line`. */
function lastStatements(rows: readonly string[]): ReadonlyMap<bigint, string> {
  const statements = new Map<bigint, string>();
  const others = new Map<bigint, string>();
  for (const row of rows) {
    const [address = '', file = '', line = '', kind] = row.split(' ');
    if (line === '-') continue;
    (kind === 'stmt' ? statements : others).set(BigInt(address), `${file.replace(/.*\//, '')}:${line}`);
  }
  return new Map([...statements].filter(([address]) => others.has(address)));
}

function registerName(register: number): string {
  return register === 31 ? 'sp' : `x${register}`;
}

function ruleText(rules: FrameRules, column: string): string {
  if (column === 'CFA') return rules.cfa ? `${registerName(rules.cfa.register)}+${rules.cfa.offset}` : 'exp';
  const rule = rules.registers.get(column === 'ra' ? 30 : Number(column.slice(1)));
  if (!rule || rule.kind === 'undefined') return 'u';
  return rule.kind === 'saved' ? `c${rule.offset < 0 ? '' : '+'}${rule.offset}` : rule.kind;
}
