import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCodeBlocks } from '../../../adapter/symbols/dwarf/code-blocks.ts';
import type { DwarfError } from '../../../adapter/symbols/dwarf/errors.ts';
import { frameFinder } from '../../../adapter/symbols/dwarf/frame-entries.ts';
import { rulesAt } from '../../../adapter/symbols/dwarf/frame-rules.ts';
import { filePaths, readLineHeader } from '../../../adapter/symbols/dwarf/line-header.ts';
import { runLineProgram, type LineRows } from '../../../adapter/symbols/dwarf/line-program.ts';
import { DwarfSections, type DwarfSectionName } from '../../../adapter/symbols/dwarf/sections.ts';
import { readUnits } from '../../../adapter/symbols/dwarf/units.ts';
import type { ElfError } from '../../../adapter/symbols/elf/errors.ts';

type Part = number | string | Part[];

/** Bytes as a list of bytes, and strings with their ending zero. */
function bytesOf(part: Part): number[] {
  if (typeof part === 'number') return [part];
  if (typeof part === 'string') return [...new TextEncoder().encode(part), 0];
  return part.flatMap(bytesOf);
}

function little(value: number | bigint, size: number): number[] {
  return Array.from({ length: size }, (_, byte) => Number((BigInt(value) >> BigInt(8 * byte)) & 0xffn));
}

function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** Something with its length in 4 bytes before it. */
function measured(part: Part): number[] {
  const body = bytesOf(part);
  return [...little(body.length, 4), ...body];
}

interface Told {
  readonly sections: DwarfSections;
  readonly warnings: (DwarfError | ElfError)[];
}

function sectionsOf(parts: Partial<Record<DwarfSectionName, Part>>): Told {
  const bytes = new Map<DwarfSectionName, Uint8Array>();
  for (const [name, part] of Object.entries(parts)) bytes.set(name as DwarfSectionName, Uint8Array.from(bytesOf(part)));
  const warnings: (DwarfError | ElfError)[] = [];
  return { sections: new DwarfSections(bytes, (error) => warnings.push(error)), warnings };
}

/** A line program of DWARF 4 with `opcodes`; `header` replaces what is behind the header's length. */
function program(opcodes: Part, header?: Part): number[] {
  // Minimum instruction 4, one operation, is_stmt, line base -5, line range 14, opcode base 13, then operands.
  const rest = bytesOf(
    header ?? [
      4,
      1,
      1,
      0xfb,
      14,
      13,
      [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1],
      'dir',
      0,
      'a.c',
      [1, 0, 0],
      '/b.h',
      [0, 0, 0],
      0,
    ],
  );
  return measured([little(4, 2), little(rest.length, 4), rest, opcodes]);
}

const setAddress = (address: number | bigint): Part => [0, 9, 2, little(address, 8)];
const END: Part = [0, 1, 1];

function run(parts: Part): LineRows & { readonly warnings: Told['warnings'] } {
  const { sections, warnings } = sectionsOf({ line: parts });
  const { sequences, definedFiles } = runLineProgram(sections, readLineHeader(sections, 0, null));
  return { sequences, definedFiles, warnings };
}

function rowsOf(rows: LineRows): string[] {
  return rows.sequences.flatMap(({ start, offsets, lines, files, columns, flags }) =>
    [...offsets].map(
      (offset, row) => `${start + BigInt(offset)}: ${files[row]}:${lines[row]}:${columns[row]} ${flags[row]}`,
    ),
  );
}

describe('line programs', () => {
  test('every standard opcode does what the standard says', () => {
    const rows = run(
      program([
        setAddress(0x1000),
        1, // copy: line 1
        [2, uleb(3)], // advance_pc: 3 instructions of 4 bytes
        [3, 0x7f], // advance_line by -1
        [3, 9],
        [4, 2], // set_file
        [5, uleb(300)], // set_column
        6, // negate_stmt
        7, // set_basic_block
        10, // set_prologue_end
        11, // set_epilogue_begin
        [12, 5], // set_isa
        1,
        8, // const_add_pc: (255 - 13) / 14 = 17 instructions
        [9, little(6, 2)], // fixed_advance_pc: 6 bytes
        1,
        13 + 14 * 2 + 5 + 3, // special: 2 instructions, 3 lines
        [2, 1],
        END,
      ]),
    );
    assert.deepEqual(rows.warnings, []);
    assert.deepEqual(rowsOf(rows), ['4096: 1:1:0 1', '4108: 2:9:300 6', '4182: 2:9:300 0', '4190: 2:12:300 0']);
    assert.equal(rows.sequences[0]?.size, 4194 - 4096);
  });

  test('operations of wide instructions are counted', () => {
    const header: Part = [4, 3, 1, 0, 1, 10, [0, 1, 1, 1, 1, 0, 0, 0, 1], 0, 0];
    // 3 operations an instruction: 2, then 2 more is one instruction and one operation.
    const rows = run(program([setAddress(0), 1, [2, 2], 1, [2, 2], 1, [2, 2], 1, [2, 3], END], header));
    assert.deepEqual([...(rows.sequences[0]?.offsets ?? [])], [0, 0, 4, 8]);
    assert.equal(rows.sequences[0]?.size, 12);
  });

  test('opcodes nobody knows are moved over', () => {
    const header: Part = [4, 1, 1, 0xfb, 14, 15, [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0], 0, 0];
    const rows = run(
      program([setAddress(16), [13, uleb(1000), 4], 14, [0, 3, 0x80, 1, 2], [0, 0], 1, [2, 1], END], header),
    );
    assert.deepEqual(rows.warnings, []);
    assert.deepEqual(rowsOf(rows), ['16: 1:1:0 1']);
  });

  test('files that a program defines, and rows out of order', () => {
    const rows = run(
      program([
        [0, 8, 3, 'c.h', [1, 0, 0]],
        setAddress(0x100),
        [3, 4],
        1,
        setAddress(0xf0 + 0x20),
        [3, 1],
        1,
        setAddress(0x108),
        1,
        setAddress(0x120),
        END,
      ]),
    );
    assert.deepEqual(rows.definedFiles, [{ name: 'c.h', directory: 1 }]);
    assert.deepEqual(rowsOf(rows), ['256: 1:5:0 1', '264: 1:6:0 1', '272: 1:6:0 1']);
  });

  test('what cannot be is told of, and keeps the sequences before', () => {
    const good: Part = [setAddress(0x1000), 1, [2, 1], END];
    const cases: readonly (readonly [Part, RegExp])[] = [
      [[good, setAddress(0x2000), 1, [2, uleb(2 ** 40)], 1], /longer than 4 GiB/],
      [[good, [0, 3, 2, 1]], /3 bytes wanted, but only 2/],
      [[good, [0, 4, 2, 1, 2, 3]], /numbers of 3 bytes/],
      [[good, [0, 2, 3, 65]], /a string without its end/],
      [[good, [2, 0xff, 0xff]], /1 bytes wanted/],
      [[good, [2, [...Array<number>(12).fill(0xff), 1]]], /more than 53 bits/],
    ];
    for (const [opcodes, reason] of cases) {
      const { sequences, warnings } = run(program(opcodes));
      assert.equal(sequences.length, 1, String(reason));
      assert.match(warnings[0]?.message ?? '', reason);
      assert.match(warnings[0]?.message ?? '', /^\.debug_line\+0x/);
    }
  });

  test('headers that cannot be are refused', () => {
    const refused = (line: Part, reason: RegExp): void => {
      assert.throws(() => readLineHeader(sectionsOf({ line }).sections, 0, null), reason);
    };
    refused(measured([little(7, 2)]), /version 7, where 2 to 5/);
    refused(little(0xffff_fff3, 4), /reserved length/);
    refused([little(100, 4), 1], /100 bytes wanted/);
    refused(measured([little(4, 2), little(99, 4), 0]), /a header of 99 bytes, where 1 are left/);
    refused(program([], [4, 1, 1, 0, 0, 13]), /a line range of 0/);
    refused(program([], [4, 1, 1, 0, 1, 0]), /an opcode base of 0/);
    refused(measured([little(5, 2), 8, 4]), /segment selectors/);
    const v5 = (tables: Part): number[] => {
      const rest = bytesOf([4, 1, 1, 0xfb, 14, 1, tables]);
      return measured([little(5, 2), 8, 0, little(rest.length, 4), rest]);
    };
    refused(v5([0, uleb(2 ** 50)]), /1125899906842624 entries, where 0 bytes are left/);
    refused(v5([0, 2, 1, 1]), /2 entries of no format/);
    refused(v5([1, 1, 0x7e, 1, 0]), /unknown form 0x7e/);
    refused(v5([1, 1, 0x16, 1, 0x16, 0]), /a form that leads to itself/);
    refused(v5([1, 1, 0x1f, 1, little(5, 4)]), /\.debug_line_str\+0x5: a string at 5, but the table has 0 bytes/);
  });
});

// Abbreviations: 1 unit, 2 function, 3 inlined (leaf), 4 lexical block, 5 inlined with entries inside.
const PLACE: Part = [0x11, 0x01, 0x12, 0x0b, 0, 0];
const ABBREVIATIONS: Part = [
  [1, 0x11, 1, 0, 0],
  [2, 0x2e, 1, PLACE],
  [3, 0x1d, 0, PLACE],
  [4, 0x0b, 1, 0, 0],
  [5, 0x1d, 1, PLACE],
  0,
];
const unit = (entries: Part): number[] => measured([little(4, 2), little(0, 4), 8, entries]);
const place = (code: number, start: number, length: number): Part => [code, little(start, 8), length];

describe('entries', () => {
  test('a block inside of the block behind an inlined copy is not in that copy', () => {
    const { sections } = sectionsOf({
      abbrev: ABBREVIATIONS,
      info: unit([1, place(2, 0x100, 0x40), place(5, 0x100, 8), place(3, 0x104, 4), 0, 4, place(3, 0x110, 8), 0, 0, 0]),
    });
    const [only] = readUnits(sections);
    assert.ok(only);
    const blocks = readCodeBlocks(only);
    const [outer, first, nested, second] = blocks.all;
    assert.equal(blocks.all.length, 4);
    assert.equal(first?.parent, outer);
    assert.equal(nested?.parent, first);
    assert.equal(second?.parent, outer);
    assert.deepEqual(
      [0xffn, 0x100n, 0x104n, 0x108n, 0x110n, 0x118n, 0x13fn, 0x140n].map((at) => blocks.at(at)),
      [null, first, nested, outer, second, outer, outer, null],
    );
  });

  test('a malformed unit costs itself only', () => {
    const good = unit([1, place(2, 0x100, 0x40), 0, 0]);
    const { sections, warnings } = sectionsOf({
      abbrev: ABBREVIATIONS,
      info: [unit([77]), measured([little(9, 2)]), measured([little(4, 2), little(500, 4), 8]), good],
    });
    const units = readUnits(sections);
    assert.equal(units.length, 1);
    assert.deepEqual(
      warnings.map((warning) => warning.reason),
      [
        'an entry with abbreviation 77, which there is not',
        'DWARF 9, where 2 to 5 are understood',
        warnings[2]?.reason,
      ],
    );
    assert.match(String(warnings[2]), /\.debug_abbrev\+0x1f4/);
    // A length beyond the end hides what is behind.
    const cut = sectionsOf({ abbrev: ABBREVIATIONS, info: [good, little(99, 4), 1] });
    assert.equal(readUnits(cut.sections).length, 1);
    assert.match(String(cut.warnings[0]), /99 bytes wanted, but only 1/);
  });

  test('entries nested without end are refused', () => {
    const { sections, warnings } = sectionsOf({ abbrev: ABBREVIATIONS, info: unit([1, Array<number>(5000).fill(4)]) });
    const [only] = readUnits(sections);
    assert.ok(only);
    readCodeBlocks(only);
    assert.match(String(warnings[0]), /nested more than 1024 deep/);
  });

  test('paths made of one long directory again and again are not all built', () => {
    const long = `/${'d'.repeat(100_000)}`;
    const files = Array.from({ length: 100_000 }, () => ['f', 1, 0, 0]);
    const line = program([], [4, 1, 1, 0, 1, 1, long, 0, files, 0]);
    const { sections } = sectionsOf({ line });
    const header = readLineHeader(sections, 0, null);
    assert.equal(header.files.length, 100_000);
    assert.throws(() => filePaths(header, '/project', sections), /overlap so much/);
  });

  test('tables made to overlap are not read for hours', () => {
    // Thousands of units, each with its own abbreviations from another byte of one long table.
    const length = 20_000;
    const abbrev = [...Array.from({ length }, () => [1, 0x11, 0, 0, 0]), 0];
    const info = Array.from({ length }, (_, index) => measured([little(4, 2), little(5 * index, 4), 8, 1]));
    const { sections, warnings } = sectionsOf({ abbrev, info });
    readUnits(sections);
    assert.ok(warnings.some((warning) => warning.reason.includes('overlap')));
  });
});

describe('call frame information', () => {
  // Code alignment 4, data alignment -8, return address in x30; the CFA is sp + 0.
  const common = (instructions: Part): number[] =>
    measured([little(0xffff_ffff, 4), 4, '', 8, 0, 4, 0x78, 30, instructions]);
  const entry = (instructions: Part): number[] =>
    measured([little(0, 4), little(0x1000, 8), little(0x100, 8), instructions]);
  const find = (
    ...parts: readonly Part[]
  ): { readonly told: Told['warnings']; readonly at: ReturnType<typeof frameFinder> } => {
    const told: Told['warnings'] = [];
    const bytes = Uint8Array.from(bytesOf([...parts]));
    return { told, at: frameFinder([{ name: '.debug_frame', bytes, address: 0n }], (error) => told.push(error)) };
  };

  test('every instruction does what the standard says', () => {
    const { at, told } = find(
      common([0x0c, 31, 0, 0x93, 1]),
      entry([
        [0x0e, 48], // def_cfa_offset
        [0x9d, 6], // offset x29: cfa - 48
        [0x05, 30, 5], // offset_extended x30: cfa - 40
        [0x11, 20, 0x7e], // offset_extended_sf x20: cfa + 16
        [0x14, 21, 2], // val_offset
        [0x15, 22, 0x7f], // val_offset_sf
        [0x07, 23], // undefined
        [0x08, 24], // same_value
        [0x09, 25, 26], // register
        [0x10, 27, 1, 0x30], // expression
        [0x16, 28, 1, 0x30], // val_expression
        0x41, // advance_loc
        0x2d, // negate_ra_state
        0x0a, // remember_state
        [0x12, 29, 0x7e], // def_cfa_sf
        [0x0d, 28], // def_cfa_register
        [0x13, 0x7d], // def_cfa_offset_sf
        0xd3, // restore x19
        [0x06, 30], // restore_extended x30
        [0x02, 1], // advance_loc1
        0x0b, // restore_state
        [0x2e, 8, 0], // GNU_args_size, nop
        [0x03, little(1, 2)],
        [0x0f, 1, 0x9c], // def_cfa_expression
        [0x04, little(1, 4)],
        [0x01, little(0x1080, 8)], // set_loc
        [0x0c, 31, 16],
      ]),
    );
    const rules = (address: bigint): ReturnType<typeof rulesAt> => rulesAt(at(address) ?? assert.fail(), address);
    const first = rules(0x1000n);
    assert.deepEqual(first.cfa, { register: 31, offset: 48 });
    assert.deepEqual(
      [...first.registers].sort(([a], [b]) => a - b),
      [
        [19, { kind: 'saved', offset: -8 }],
        [20, { kind: 'saved', offset: 16 }],
        [21, { kind: 'value', offset: -16 }],
        [22, { kind: 'value', offset: 8 }],
        [23, { kind: 'undefined' }],
        [24, { kind: 'same' }],
        [25, { kind: 'register', register: 26 }],
        [27, { kind: 'expression' }],
        [28, { kind: 'expression' }],
        [29, { kind: 'saved', offset: -48 }],
        [30, { kind: 'saved', offset: -40 }],
      ],
    );
    assert.deepEqual([first.isSigned, rules(0x1003n).isSigned, rules(0x1004n).isSigned], [false, false, true]);
    const second = rules(0x1004n);
    assert.deepEqual(second.cfa, { register: 28, offset: 24 });
    assert.deepEqual(second.registers.get(19), { kind: 'saved', offset: -8 });
    assert.equal(second.registers.get(30), undefined);
    assert.deepEqual(rules(0x1008n).cfa, first.cfa);
    assert.equal(rules(0x100cn).cfa, null);
    assert.equal(rules(0x107fn).cfa, null);
    assert.deepEqual(rules(0x1080n).cfa, { register: 31, offset: 16 });
    assert.equal(at(0x1100n), null);
    assert.equal(at(0xfffn), null);
    assert.deepEqual(told, []);
  });

  test('what cannot be is told of or refused', () => {
    const broken = (instructions: Part, reason: RegExp): void => {
      const { at } = find(common([]), entry(instructions));
      const found = at(0x1000n) ?? assert.fail();
      assert.throws(() => rulesAt(found, 0x1000n), reason);
    };
    broken([0x0b], /a state restored that was not remembered/);
    broken(Array<number>(300).fill(0x0a), /too many states/);
    broken([0x3f], /unknown call frame instruction 0x3f/);
    broken([0x07, uleb(100_000)], /a rule for register 100000/);
    broken([0x0e], /1 bytes wanted/);
    const { at, told } = find(measured([little(0xffff_ffff, 4), 9]), entry([]));
    assert.equal(at(0x1000n), null);
    assert.match(String(told[0]), /unknown version 9/);
    const cut = find(little(1000, 4), 1);
    assert.equal(cut.at(0x1000n), null);
    assert.match(String(cut.told[0]), /1000 bytes wanted/);
  });
});
