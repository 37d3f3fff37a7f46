import assert from 'node:assert/strict';
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { PROFILES } from '../../adapter/gic/profiles/profiles.ts';

const GUEST = path.join(import.meta.dirname, '../../examples/guest');
const ROOT = path.join(GUEST, '../..');
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

for (const profile of PROFILES) {
  for (const gic of ['v2', 'v3']) {
    for (const cpus of [1, 2]) {
      const title = `the guest does what it says on a GIC${gic} of ${profile.name} with ${cpus} vCPU${cpus === 1 ? '' : 's'}`;
      test(title, () => {
        const { status, stdout, stderr } = run('--profile', profile.name, '--gic', gic, '--cpus', String(cpus));
        const second = cpus === 1 ? 'sgi: there is no second vCPU' : 'sgi: answers 3';
        assert.equal(
          stdout,
          `guest: starting\ntimer: ticks 5\n${second}\npreemption: nested 1\nuart: sent by interrupt\nguest: done\n`,
        );
        assert.deepEqual([status, stderr], [0, '']);
      });
    }
  }
}

function run(...words: readonly string[]): SpawnSyncReturns<string> {
  const command = ['--import', 'tsx', 'adapter/cli.ts', 'run', ...words, path.join(GUEST, 'guest.elf')];
  return spawnSync(process.execPath, command, { cwd: ROOT, input: '', encoding: 'utf8' });
}
