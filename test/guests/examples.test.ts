import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const GUEST = path.join(import.meta.dirname, '../../examples/guest');
const PROGRAMS = ['guest.elf', 'guest-buggy.elf'];
const hasCompiler = spawnSync('aarch64-linux-gnu-gcc', ['--version']).status === 0;

test(
  'the prebuilt guests are what npm run build:guests builds',
  { skip: hasCompiler ? false : 'there is no aarch64-linux-gnu-gcc: install the package gcc-aarch64-linux-gnu' },
  () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'gic-guest-'));
    try {
      const copy = path.join(directory, 'guest');
      cpSync(GUEST, copy, { recursive: true });
      for (const program of PROGRAMS) rmSync(path.join(copy, program));
      execFileSync('sh', [path.join(copy, 'build.sh')]);
      for (const program of PROGRAMS) {
        assert.ok(readFileSync(path.join(copy, program)).equals(readFileSync(path.join(GUEST, program))), program);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
