import { debianLinux } from '../guests/linux.ts';
import {
  BROWSER_PACKAGES,
  ensureDebianPackages,
  GDB_PACKAGES,
  GUEST_PACKAGES,
  ORACLE_PACKAGES,
  QEMU_PACKAGES,
} from '../vscode-server/debian.ts';
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

/**
 * Tests against another program. Without it, those that need it are skipped, and say so.
 * @param prepare what else they need, made before their time limits run
 */
function peerStage(
  name: string,
  title: string,
  packages: readonly string[],
  prepare: () => Promise<unknown> = () => Promise.resolve(),
): Stage {
  return {
    name,
    title,
    run: async () => {
      try {
        await ensureDebianPackages(packages);
        await prepare();
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        console.log(error.message);
      }
      return runNodeTests(`test/${name}`);
    },
  };
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
  peerStage('rsp', 'Debugging with GDB', GDB_PACKAGES),
  peerStage('gdb', 'Debugging a target behind a GDB stub', QEMU_PACKAGES, debianLinux),
  peerStage('qemu', 'Model against a live QEMU', QEMU_PACKAGES),
  peerStage('guests', 'Real guests on the simulated machine', GUEST_PACKAGES),
  nodeStage('fuzz', 'Property tests'),
  peerStage('oracle', 'CPU core against Unicorn', ORACLE_PACKAGES),
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
