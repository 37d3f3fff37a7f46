import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { loadProgram } from '../../adapter/guest/trace/import/import-log.ts';
import { replay } from '../../adapter/guest/trace/replay.ts';
import { TraceGuest } from '../../adapter/guest/trace/trace-guest.ts';
import { openTextSource } from '../../adapter/session/text-source.ts';

const VECTORS = fileURLToPath(new URL('../data/vectors/', import.meta.url));
const files = readdirSync(VECTORS).filter((name) => name.startsWith('kvm-4.10-'));

describe('the answers of a real vgic, Linux 4.10', () => {
  it('are all here', () => assert.equal(files.length, 18));

  for (const file of files) {
    it(`${file}: no mismatch`, async () => {
      const { program } = await loadProgram(openTextSource(VECTORS + file));
      const result = replay(program, 5);
      assert.deepEqual(result.shown, []);
      assert.equal(result.mismatches, 0);
      assert.equal(result.unpredicted.size, 0);
      assert.ok(result.comparisons > 0);
    });

    it(`${file}: back and forth, bit for bit`, async () => {
      const { program } = await loadProgram(openTextSource(VECTORS + file));
      const source = { path: file, compressed: false, text: () => Promise.resolve('') };
      const guest = new TraceGuest(program, { title: file, source });
      const { words } = guest.controller.state;
      const start = words.slice();
      guest.jump(guest.total);
      const end = words.slice();
      guest.jump(0);
      assert.deepEqual(words, start);
      guest.jump(guest.total);
      assert.deepEqual(words, end);
    });
  }
});
