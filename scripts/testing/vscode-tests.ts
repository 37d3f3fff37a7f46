import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command.ts';
import type { Outcome } from './stage.ts';

/** Runs the suite inside a real VS Code. */
export async function runVsCodeTests(): Promise<Outcome> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'gic-totals-'));
  try {
    const file = path.join(scratch, 'totals.json');
    const args = ['--import', 'tsx', path.join('test', 'vscode', 'host', 'run.ts'), '--totals', file];
    const ok = await runCommand(process.execPath, args);
    const totals = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<Outcome>;
    return { ...totals, ok };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
