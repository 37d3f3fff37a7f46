import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from '../../../scripts/vscode-server/step.ts';
import { ROOT } from '../../../scripts/setup.mjs';

/** What is run, and where its results go. */
export interface Plan {
  /** The suite's entry: it exports `run(): Promise<void>`. */
  readonly suite: string;
  /** The extension under test. */
  readonly extension: string;
  /** The folder that VS Code opens. Tests get a copy of it. */
  readonly folder: string;
  /** Where the bundle, screenshots and logs go. */
  readonly out: string;
  /** Only tests whose full title matches this pattern. */
  readonly grep: string | undefined;
  /** A file for the totals, as JSON. */
  readonly totals: string | undefined;
}

/** Reads the command line; paths in it are relative to the checkout. */
export function readPlan(argv: readonly string[]): Plan {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { suite: text, extension: text, folder: text, out: text, grep: text, totals: text },
  });
  const plan: Plan = {
    suite: path.resolve(ROOT, values.suite ?? 'test/vscode/suite/index.ts'),
    extension: path.resolve(ROOT, values.extension ?? '.'),
    folder: path.resolve(ROOT, values.folder ?? 'examples'),
    out: path.resolve(ROOT, values.out ?? 'out/test-vscode'),
    grep: values.grep,
    totals: values.totals === undefined ? undefined : path.resolve(values.totals),
  };
  for (const needed of [plan.suite, plan.extension, plan.folder]) {
    if (!existsSync(needed)) throw new SetupError(`${needed} does not exist.`);
  }
  return plan;
}

/** Hands `use` a copy of the folder, so that tests may write to it. */
export async function withCopy<T>(folder: string, use: (copy: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'gic-workspace-'));
  try {
    const copy = path.join(scratch, path.basename(folder));
    await cp(folder, copy, { recursive: true });
    return await use(copy);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
