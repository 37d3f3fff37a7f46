import { BROWSER_PACKAGES, ensureDebianPackages, ORACLE_PACKAGES } from '../vscode-server/debian.ts';
import { SetupError } from '../vscode-server/step.ts';
import { runTool } from './command.ts';
import { runNodeTests } from './node-tests.ts';
import type { Stage } from './stage.ts';
import { runVsCodeTests } from './vscode-tests.ts';

const TSCONFIGS = ['tsconfig.json', 'webview/tsconfig.json'];

/** Runs all of them, also after one has failed: each tells something of its own. */
async function every(...checks: readonly (() => Promise<boolean>)[]): Promise<{ ok: boolean }> {
  let ok = true;
  for (const check of checks) ok = (await check()) && ok;
  return { ok };
}

function nodeStage(name: string, title: string): Stage {
  return { name, title, run: () => runNodeTests(`test/${name}`) };
}

/** Without Unicorn, the tests that need it are skipped, and say so. */
async function installOracle(): Promise<void> {
  try {
    await ensureDebianPackages(ORACLE_PACKAGES);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(error.message);
  }
}

/** The stages of `npm test`, in their order. */
export const STAGES: readonly Stage[] = [
  {
    name: 'types',
    title: 'Type check',
    run: () => every(...TSCONFIGS.map((file) => () => runTool('tsc', '--noEmit', '--project', file))),
  },
  {
    name: 'lint',
    title: 'Lint and format',
    run: () =>
      every(
        () => runTool('eslint', '.'),
        () => runTool('prettier', '--check', '.'),
      ),
  },
  nodeStage('unit', 'Unit tests'),
  nodeStage('conformance', "Conformance with the vgic's own answers"),
  nodeStage('dap', 'Debug adapter protocol'),
  nodeStage('fuzz', 'Property tests'),
  {
    name: 'oracle',
    title: 'CPU core against Unicorn',
    run: async () => {
      await installOracle();
      return runNodeTests('test/oracle');
    },
  },
  {
    name: 'webview',
    title: 'Webview in a browser',
    run: async () => {
      await ensureDebianPackages(BROWSER_PACKAGES);
      return runNodeTests('test/webview');
    },
  },
  { name: 'vscode', title: 'Inside VS Code', run: runVsCodeTests },
];
