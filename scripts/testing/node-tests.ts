import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../setup.mjs';
import { runCommand } from './command.ts';
import type { Outcome } from './stage.ts';

const REPORTER = path.join(import.meta.dirname, 'counting-reporter.mjs');

interface Totals {
  readonly pass: number;
  readonly fail: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

/** Node 20 expands no patterns, hence by hand. */
async function testFiles(folder: string): Promise<string[]> {
  const absolute = path.join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  const names = await readdir(absolute, { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name))
    .sort();
}

async function readTotals(file: string): Promise<Totals | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Totals;
  } catch {
    return undefined; // the runner did not live to write it
  }
}

/** Runs all `*.test.ts` below a folder with Node's own test runner. */
export async function runNodeTests(folder: string): Promise<Outcome> {
  const files = await testFiles(folder);
  if (files.length === 0) {
    console.error(`There are no tests in ${folder}: expected files named *.test.ts.`);
    return { ok: false };
  }
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'gic-totals-'));
  try {
    const file = path.join(scratch, 'totals.json');
    const reporters = ['spec', 'stdout', REPORTER, file];
    const ok = await runCommand(process.execPath, [
      ...['--import', 'tsx', '--test', `--test-concurrency=${os.availableParallelism()}`],
      ...reporters.map((value, i) => `--test-reporter${i % 2 === 0 ? '' : '-destination'}=${value}`),
      ...files,
    ]);
    const totals = await readTotals(file);
    if (totals === undefined) {
      console.error('The test runner ended without its totals.');
      return { ok: false };
    }
    const { pass, fail, cancelled, skipped, todo } = totals;
    return { ok, passed: pass, failed: fail + cancelled, skipped: skipped + todo };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
