import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTests } from '@vscode/test-electron';
import { chromium, type Browser } from 'playwright-core';
import { freePort } from '../../../scripts/vscode-server/group.ts';
import { QUIET_SETTINGS } from '../../../scripts/vscode-server/settings.ts';
import type { Bridge } from './bridge.ts';
import type { Deadline } from './deadline.ts';
import { withCopy, type Plan } from './plan.ts';
import { SettingsFile } from './settings-file.ts';
import { themeSetting } from './themes.ts';

const SWITCH = 'GIC_VSCODE_DESKTOP';

/**
 * Whether the suite runs in a desktop VS Code, which is downloaded: where a person wants it (`GIC_VSCODE_DESKTOP=1`,
 * or the path of an executable; `0` for never), or has one installed, or has no Linux to run a server on.
 */
export function wantsDesktop(): boolean {
  const wish = process.env[SWITCH];
  if (wish !== undefined && wish !== '') return wish !== '0';
  if (process.platform !== 'linux') return true;
  return process.env['CI'] === undefined && spawnSync('code', ['--version']).status === 0;
}

interface Run {
  readonly plan: Plan;
  readonly bundle: string;
  readonly bridge: Bridge;
  readonly env: Readonly<Record<string, string>>;
  readonly deadline: Deadline;
}

/** Runs a suite inside a desktop VS Code. Its window is reached through its debugging port. */
export async function runOnDesktop({ plan, bundle, bridge, env, deadline }: Run): Promise<number> {
  // Sockets below it have a limited length, hence not within the checkout.
  const userData = await mkdtemp(path.join(os.tmpdir(), 'gic-vscode-'));
  const settings = new SettingsFile(path.join(userData, 'User', 'settings.json'));
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await settings.set({ ...QUIET_SETTINGS, ...themeSetting('dark') });
  const port = await freePort();
  const wish = process.env[SWITCH] ?? '';
  let isRunning = true;
  deadline.start();
  try {
    return await withCopy(plan.folder, async (folder) => {
      const tests = runTests({
        ...(path.isAbsolute(wish) ? { vscodeExecutablePath: wish } : {}),
        extensionDevelopmentPath: plan.extension,
        extensionTestsPath: bundle,
        extensionTestsEnv: env,
        launchArgs: [folder, `--remote-debugging-port=${port}`, `--user-data-dir=${userData}`, '--disable-extensions'],
      });
      const window = attach(port, () => isRunning).then((browser) => {
        const page = browser.contexts()[0]?.pages()[0];
        if (page === undefined) throw new Error('The desktop VS Code shows no window.');
        bridge.attach({ page, settings, screenshots: path.join(plan.out, 'screenshots') });
        return browser;
      });
      window.catch(() => undefined); // the tests that need the window tell it
      try {
        return await Promise.race([tests, deadline.over]);
      } finally {
        isRunning = false;
        const browser = await window.catch(() => undefined);
        await browser?.close();
      }
    });
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function attach(port: number, isRunning: () => boolean): Promise<Browser> {
  for (;;) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch (error) {
      if (!isRunning()) throw error;
      await sleep(500); // it may still be downloading
    }
  }
}
