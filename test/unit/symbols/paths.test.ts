import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAbsolutePath, joinPath, matchPath, normalisePath } from '../../../adapter/symbols/paths.ts';

describe('paths of sources', () => {
  test('are normalised', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['/a/./b//c/../d.c', '/a/b/d.c'],
      ['/../a.c', '/a.c'],
      ['../x/../../a.c', '../../a.c'],
      ['./main.c', 'main.c'],
      ['', ''],
      ['C:\\work\\src\\..\\main.c', 'C:/work/main.c'],
      ['c:/work/main.c', 'c:/work/main.c'],
      ['\\\\server\\share\\a.c', '//server/share/a.c'],
      // No separator where no drive says so.
      ['/a/b\\c.c', '/a/b\\c.c'],
    ];
    for (const [path, expected] of cases) assert.equal(normalisePath(path), expected, path);
  });

  test('are joined, an absolute one starting anew', () => {
    assert.equal(joinPath('/build', '../src', 'main.c'), '/src/main.c');
    assert.equal(joinPath('/build', '/usr/include', 'stdint.h'), '/usr/include/stdint.h');
    assert.equal(joinPath('/build', '', 'main.c'), '/build/main.c');
    assert.equal(joinPath('C:\\build', 'src', 'main.c'), 'C:/build/src/main.c');
    assert.equal(joinPath('.', 'main.c'), 'main.c');
    assert.ok(isAbsolutePath('C:/x') && isAbsolutePath('/x') && !isAbsolutePath('x/y') && !isAbsolutePath('C:x'));
  });

  test('are matched by themselves, then by their end', () => {
    const known = ['/build/a/util.c', '/build/b/util.c', '/build/b/Main.c', 'start.S', '/src/b/util.c'];
    assert.deepEqual(matchPath(known, '/build/a/util.c'), ['/build/a/util.c']);
    assert.deepEqual(matchPath(known, '/build/a/./util.c'), ['/build/a/util.c']);
    assert.deepEqual(matchPath(known, '/home/me/a/util.c'), ['/build/a/util.c']);
    // Case, as file systems that ignore it send it.
    assert.deepEqual(matchPath(known, 'C:\\Me\\B\\main.c'), ['/build/b/Main.c']);
    assert.deepEqual(matchPath(known, '/home/me/START.s'), ['start.S']);
    // As much is shared by both.
    assert.deepEqual(matchPath(known, '/home/b/util.c'), ['/build/b/util.c', '/src/b/util.c']);
    assert.deepEqual(matchPath(known, '/home/none.c'), []);
    assert.deepEqual(matchPath(known, ''), []);
    assert.deepEqual(matchPath([], '/x.c'), []);
    // The one that is written alike, and the one of which nothing is left.
    assert.deepEqual(matchPath(['/p/Uart.c', '/q/uart.c'], '/z/uart.c'), ['/q/uart.c']);
    assert.deepEqual(matchPath(['/p/uart.c', 'uart.c'], '/z/uart.c'), ['uart.c']);
  });
});
