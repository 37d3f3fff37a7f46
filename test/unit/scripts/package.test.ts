import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { packageExtension } from '../../../scripts/package.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'gic-package-'));
after(() => rmSync(directory, { recursive: true }));

/** Names in a ZIP archive's central directory. */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

test('the package is small and holds what an installed extension needs, and nothing else', async () => {
  const file = await packageExtension(path.join(directory, 'gic.vsix'));
  assert.ok(statSync(file).size < 2 * 1024 * 1024);
  const names = namesIn(readFileSync(file));
  for (const name of [
    'extension.js',
    'adapter.js',
    'cli.js',
    'webview.js',
    'codicon.css',
    'THIRD-PARTY-LICENSES.txt',
    'core.wasm',
    'capstone.wasm',
  ]) {
    assert.ok(names.includes(`extension/dist/${name}`), name);
  }
  assert.ok(names.includes('extension/package.json') && names.includes('extension/LICENSE.txt'));
  assert.deepEqual(
    names.filter((name) => /node_modules|\.ts$|\.map$|\/test\//.test(name)),
    [],
  );
});
