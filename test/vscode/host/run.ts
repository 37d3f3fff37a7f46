// Runs the suite inside a real VS Code:
//   node --import tsx test/vscode/host/run.ts [--grep PATTERN] [--suite FILE] [--extension DIR] [--folder DIR]
//                                             [--out DIR] [--totals FILE]
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../../scripts/setup.mjs';
import { runStep, SetupError } from '../../../scripts/vscode-server/step.ts';
import { startBridge } from './bridge.ts';
import { bundleSuite } from './bundle.ts';
import { BRIDGE_VARIABLE, GREP_VARIABLE } from './commands.ts';
import { Deadline } from './deadline.ts';
import { runInServer } from './in-server.ts';
import { runOnDesktop, wantsDesktop } from './on-desktop.ts';
import { readPlan, type Plan } from './plan.ts';
import { sourceLines } from './source-lines.ts';
import { Report } from './report.ts';

const RUN_TIMEOUT_MS = 10 * 60_000;

async function prepare(plan: Plan): Promise<string> {
  await rm(plan.out, { recursive: true, force: true });
  await mkdir(plan.out, { recursive: true });
  if (plan.extension === ROOT)
    await runStep(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT });
  const bundle = path.join(plan.out, 'suite.cjs');
  await bundleSuite(plan.suite, bundle);
  return bundle;
}

async function runSuite(plan: Plan, bundle: string, report: Report): Promise<boolean> {
  const bridge = await startBridge((event) => report.add(event));
  const deadline = new Deadline(RUN_TIMEOUT_MS);
  try {
    const env = { [BRIDGE_VARIABLE]: String(bridge.port), [GREP_VARIABLE]: plan.grep ?? '' };
    const run = { plan, bundle, bridge, env, deadline, isFine: () => report.totals.failed === 0 };
    const code = await (wantsDesktop() ? runOnDesktop(run) : runInServer(run));
    const { passed, failed } = report.totals;
    if (code !== 0 && failed === 0) console.error(`\nVS Code ended with exit code ${code} though no test failed.`);
    if (passed + failed === 0) console.error('\nNo test was run.');
    return code === 0 && failed === 0 && passed > 0;
  } finally {
    deadline.clear();
    bridge.close();
  }
}

const report = new Report();
let isFine = false;
let readable = (stack: string): string => stack;
let plan: Plan | undefined;
try {
  plan = readPlan(process.argv.slice(2));
  const bundle = await prepare(plan);
  readable = sourceLines(bundle);
  isFine = await runSuite(plan, bundle, report);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
}
report.print(readable);
if (plan?.totals !== undefined) await writeFile(plan.totals, JSON.stringify(report.totals));
// Not by exitCode: whatever a window left open must not keep a finished run waiting.
process.exit(isFine ? 0 : 1);
