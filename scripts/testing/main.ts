import path from 'node:path';
import { ROOT } from '../setup.mjs';
import { SetupError } from '../vscode-server/step.ts';
import { runCommand } from './command.ts';
import type { Outcome, Stage } from './stage.ts';
import { STAGES } from './stages.ts';

const BUILD: Stage = {
  name: 'build',
  title: 'Build',
  run: async () => ({ ok: await runCommand(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs')]) }),
};

function heading(text: string): void {
  console.log(`\n=== ${text} ${'='.repeat(Math.max(0, 72 - text.length))}\n`);
}

async function outcomeOf(stage: Stage): Promise<Outcome> {
  try {
    return await stage.run();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    return { ok: false };
  }
}

/** A stage that failed without a failed test, as lint does, counts as one failure: the totals then tell it too. */
function failures({ ok, failed = 0 }: Outcome): number {
  return ok ? failed : Math.max(failed, 1);
}

function row(stage: Stage, outcome: Outcome, seconds: number): string {
  const { passed, failed = 0, skipped = 0 } = outcome;
  const counts = passed === undefined ? '' : `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `${outcome.ok ? 'ok    ' : 'FAILED'}  ${stage.name.padEnd(12)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${counts}`;
}

/** Runs the named stages, or all; every one of them whatever the others say. Answers with the exit code. */
export async function runStages(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = STAGES.map((stage) => stage.name).join(', ');
    console.error(`There is no test stage ${unknown.join(', ')}. Stages: ${known}.`);
    return 2;
  }
  const chosen = STAGES.filter((stage) => names.length === 0 || names.includes(stage.name));
  const rows: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const stage of [BUILD, ...chosen]) {
    heading(stage.title);
    const begin = Date.now();
    const outcome = await outcomeOf(stage);
    rows.push(row(stage, outcome, (Date.now() - begin) / 1000));
    passed += outcome.passed ?? 0;
    failed += failures(outcome);
  }
  heading('Result');
  console.log(rows.join('\n'));
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
