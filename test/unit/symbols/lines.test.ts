import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Programs } from '../../../adapter/symbols/programs.ts';
import type { Symbols, SymbolQueries } from '../../../adapter/symbols/symbols.ts';
import { BUILT, fixture } from './fixtures.ts';

const BASE = 0xffff_0000_4008_0000n;

function breakpoints(symbols: SymbolQueries, path: string, line: number): string[] {
  return symbols.lineBreakpoints(path, line).map((place) => {
    const name = place.file.slice(place.file.lastIndexOf('/') + 1);
    return `${(place.address - BASE).toString(16)} ${name}:${place.line}`;
  });
}

function start(symbols: Symbols, name: string): bigint {
  return symbols.functionsNamed(name)[0]?.start ?? assert.fail(`no function ${name}`);
}

describe('lines', () => {
  for (const name of BUILT)
    test(`${name}: sources have absolute paths`, async () => {
      const symbols = await fixture(name);
      assert.deepEqual(
        symbols.sources().filter((path) => !path.includes('<')),
        ['/project/main.c', '/project/queue/queue.c', '/project/queue/queue.h', '/project/vectors/entry.S'],
      );
      assert.deepEqual(symbols.warnings, []);
    });

  test('a breakpoint stops at the line, or the next with code', async () => {
    const symbols = await fixture('v5-o0');
    assert.deepEqual(breakpoints(symbols, '/project/main.c', 12), ['10bc main.c:12']);
    // 13 has three rows in one function: the lowest.
    assert.deepEqual(breakpoints(symbols, '/project/main.c', 13), ['10c8 main.c:13']);
    // 23 and 24 have no code.
    assert.deepEqual(breakpoints(symbols, '/project/main.c', 23), ['11ec main.c:25']);
    assert.deepEqual(breakpoints(symbols, '/project/main.c', 39), []);
    assert.deepEqual(breakpoints(symbols, '/project/nowhere.c', 1), []);
    // Two copies of an inlined function, neither in line 15 of main.c.
    assert.deepEqual(breakpoints(symbols, '/home/me/QUEUE/queue.h', 15), ['1180 queue.h:15', '1330 queue.h:15']);
    // Code that the linker dropped is at address 0 and no place to stop: 6 to 8 are of `unused`.
    assert.deepEqual(breakpoints(symbols, 'main.c', 6), ['1090 main.c:10']);
    assert.deepEqual(breakpoints(symbols, 'entry.S', 47), ['1040 entry.S:47']);
  });

  test('a breakpoint in optimised code has one place in each function and copy', async () => {
    const symbols = await fixture('v5-o2');
    const places = symbols.lineBreakpoints('/project/queue/queue.h', 15);
    assert.deepEqual(
      places.map((place) => symbols.sourceFramesAt(place.address).map((frame) => frame.function)),
      [
        ['queue_push', 'work'],
        ['queue_push', 'interrupt'],
      ],
    );
    // Three copies: two conditions of loops, and the one in another file.
    const empty = symbols.lineBreakpoints('queue/queue.h', 11).map((place) => place.address);
    const owners = new Set(empty.map((address) => symbols.functionAt(address)?.name));
    assert.deepEqual([...owners].sort(), ['queue_pop', 'work']);
    for (const { isStmt, line } of places) assert.deepEqual([isStmt, line], [true, 15]);
  });

  test('functions are stopped at behind their prologue', async () => {
    const symbols = await fixture('v5-o0');
    const offset = (name: string): string[] => symbols.functionBreakpoints(name).map((at) => (at - BASE).toString(16));
    assert.deepEqual(offset('recurse'), ['1090']);
    assert.deepEqual(offset('work'), ['1160']);
    assert.deepEqual(offset('queue_pop'), ['13c0']);
    // Assembly has none.
    assert.deepEqual(offset('_start'), ['0']);
    assert.deepEqual(offset('irq'), ['1000']);
    assert.deepEqual(offset('nobody'), []);
    // All on one line: the second row.
    const low = start(symbols, 'low');
    assert.deepEqual(symbols.functionBreakpoints('low'), [low + 8n]);
    // A static function of a header is in each file that it was not inlined in.
    assert.equal(symbols.functionBreakpoints('queue_empty').length, 2);
    // In optimised code the first address may be the body's already.
    const optimised = await fixture('v5-o2');
    const recurse = start(optimised, 'recurse');
    assert.deepEqual(optimised.functionBreakpoints('recurse'), [recurse]);
  });

  test('the end of the prologue that LLVM marks is taken', async () => {
    const symbols = await fixture('llvm');
    const both = start(symbols, 'both');
    assert.deepEqual(symbols.functionBreakpoints('both'), [both + 0x10n]);
    assert.deepEqual(breakpoints(symbols, '/project/llvm/both.c', 5), ['24 both.c:5']);
    const unit = symbols.units[0];
    assert.deepEqual([unit?.name, unit?.directory, unit?.producer], ['llvm/both.c', '/project', 'clang']);
    assert.equal(unit?.ranges.length, 2);
  });

  test('steps go over the addresses of a line', async () => {
    const symbols = await fixture('v5-o0');
    const range = symbols.lineRangeAt(BASE + 0x10d0n);
    assert.deepEqual(range, { file: '/project/main.c', line: 13, start: BASE + 0x10c8n, end: BASE + 0x110cn });
    assert.deepEqual(
      symbols.lineRangesOf('main.c', 25).map((r) => [r.start - BASE, r.end - BASE]),
      [
        [0x11ecn, 0x11f0n],
        [0x120cn, 0x1220n],
      ],
    );
    assert.equal(symbols.lineRangeAt(0x1234n), null);
    assert.equal(symbols.lineAt(0x1234n), null);
    assert.deepEqual(symbols.linesOf('queue.c'), [3, 4, 5, 7, 8, 9, 10, 11]);
    const place = symbols.lineAt(BASE + 0x1090n);
    assert.deepEqual(place, { file: '/project/main.c', line: 11, column: 7, isStmt: true });
  });
});

describe('names', () => {
  test('of assembly reach to the next one', async () => {
    const symbols = await fixture('v5-o2');
    const { functions } = symbols;
    assert.equal(functions.named('_start')[0]?.end, BASE + 0x800n);
    assert.equal(functions.named('vectors')[0]?.end, BASE + 0x1000n);
    assert.equal(functions.named('irq')[0]?.end, BASE + 0x1040n);
    assert.deepEqual(symbols.functionAt(BASE + 0x1010n), {
      name: 'irq',
      start: BASE + 0x1000n,
      end: BASE + 0x1040n,
      offset: 0x10n,
    });
    // A label inside of a function has its address, but is no function.
    assert.equal(symbols.functionAt(BASE + 0x1044n)?.name, 'sized');
    assert.equal(symbols.functionsNamed('inside')[0]?.start, BASE + 0x1044n);
    assert.equal(symbols.functionAt(BASE - 1n), null);
    assert.equal(symbols.functionAt(0n), null);
    assert.ok(!functions.all.some((range) => range.name.startsWith('$')));
  });

  test('of variables', async () => {
    const symbols = await fixture('v5-o2');
    const queue = symbols.variablesNamed('queue')[0] ?? assert.fail();
    assert.equal(queue.end - queue.start, 72n);
    assert.deepEqual(symbols.variableAt(queue.start + 64n), { ...queue, offset: 64n });
    assert.deepEqual(symbols.functionsNamed('queue'), []);
  });

  test('data between instructions is told from them', async () => {
    const symbols = await fixture('v5-o2');
    assert.ok(symbols.isCode(BASE));
    // The literal pool behind `sized` has the address of the stack.
    assert.ok(!symbols.isCode(BASE + 0x1050n));
    assert.ok(symbols.isCode(BASE + 0x1060n));
  });
});

describe('several programs', () => {
  test('answer as one, each moved by its bias', async () => {
    const guest = await fixture('guest');
    const built = await fixture('v5-o0');
    const bias = 0x10_0000n;
    const programs = new Programs([
      { symbols: guest, bias: 0n },
      { symbols: built, bias },
    ]);
    const recurse = start(built, 'recurse') + bias;
    assert.equal(programs.functionAt(recurse + 4n)?.name, 'recurse');
    assert.equal(programs.functionAt(recurse + 4n)?.start, recurse);
    assert.equal(programs.functionAt(0x401010f0n)?.name, 'handle_interrupt');
    assert.equal(programs.lineAt(recurse)?.line, 10);
    assert.equal(programs.lineRangeAt(recurse)?.start, recurse);
    assert.deepEqual(programs.functionBreakpoints('recurse'), [recurse + 0xcn]);
    assert.equal(programs.functionsNamed('_start').length, 2);
    assert.ok(programs.frameRulesAt(recurse));
    // Each program has a main.c; the path tells which one is meant.
    assert.deepEqual(programs.sourcesFor('/project/main.c'), ['/project/main.c']);
    assert.deepEqual(
      programs.lineBreakpoints('/project/main.c', 12).map((place) => place.address),
      [BASE + 0x10bcn + bias],
    );
    assert.equal(programs.lineBreakpoints('/home/me/guest/main.c', 64)[0]?.file, 'main.c');
    assert.deepEqual(programs.linesOf('queue.c'), built.linesOf('queue.c'));
    assert.equal(programs.lineRangesOf('/project/main.c', 12)[0]?.start, BASE + 0x10bcn + bias);
    assert.equal(programs.sourceFramesAt(recurse)[0]?.function, 'recurse');
    assert.deepEqual(programs.sourceFramesAt(0n), [{ function: '', place: null, isInlined: false }]);
    assert.ok(programs.isCode(recurse));
    assert.equal(programs.variablesNamed('queue')[0]?.start, (built.variablesNamed('queue')[0]?.start ?? 0n) + bias);
  });
});
