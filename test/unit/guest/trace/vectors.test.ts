import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { serialiseHeader, serialiseOp } from '../../../../adapter/guest/trace/format/gic-trace.ts';
import { readLines } from '../../../../adapter/guest/trace/format/lines.ts';
import { loadProgram } from '../../../../adapter/guest/trace/import/import-log.ts';
import { openTextSource } from '../../../../adapter/session/text-source.ts';
import { dataFile } from './support.ts';

/** GIC_VECTORS: another directory, to check a whole collection. */
const directory = process.env['GIC_VECTORS'] ?? dataFile('vectors');

test('every vector parses, and serialises to what it was', async () => {
  const files = readdirSync(directory).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  assert.ok(files.length > 0, `no vectors in ${directory}`);
  for (const name of files) {
    const source = openTextSource(`${directory}/${name}`);
    const { program } = await loadProgram(source);
    let next = -1;
    await readLines(source, (text, line) => {
      if (text.trim() === '') return;
      const written = next < 0 ? serialiseHeader(program.header) : serialiseOp(program, next);
      if (written !== text) assert.deepEqual(JSON.parse(written), JSON.parse(text), `${name}:${line}`);
      if (next >= 0) assert.equal(program.line[next], line);
      next++;
    });
    assert.equal(program.length, next, name);
  }
});
