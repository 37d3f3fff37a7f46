import { cp, mkdir } from 'node:fs/promises';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { provisionVsCodeServer } from '../../../scripts/vscode-server/provision.ts';
import { QUIET_SETTINGS } from '../../../scripts/vscode-server/settings.ts';
import type { Bridge } from './bridge.ts';
import { openBrowser } from './browser.ts';
import type { Deadline } from './deadline.ts';
import { withCopy, type Plan } from './plan.ts';
import { startServer, type RunningServer } from './server.ts';
import { themeSetting } from './themes.ts';
import { openWorkbench } from './workbench.ts';

interface Run {
  readonly plan: Plan;
  readonly bundle: string;
  readonly bridge: Bridge;
  readonly env: Readonly<Record<string, string>>;
  readonly deadline: Deadline;
  /** Whether the tests that have ended so far are all fine. */
  readonly isFine: () => boolean;
}

/** Runs a suite inside a VS Code server, its window being a browser. Answers with VS Code's exit code. */
export async function runInServer(run: Run): Promise<number> {
  const { plan, deadline } = run;
  await provisionVsCodeServer();
  const browser = await openBrowser();
  try {
    deadline.start();
    return await withCopy(plan.folder, async (folder) => {
      const server = await startServer({
        logFile: path.join(plan.out, 'server.log'),
        settings: { ...QUIET_SETTINGS, ...themeSetting('dark') },
        env: run.env,
      });
      let page: Page | undefined;
      let code: number | undefined;
      try {
        const windowLog = path.join(plan.out, 'window.log');
        const workbench = await openWorkbench(browser, {
          port: server.port,
          folder,
          extensionDevelopmentPath: plan.extension,
          extensionTestsPath: run.bundle,
          onLog: (line) => {
            appendFileSync(windowLog, `${line}\n`);
          },
        });
        page = workbench.page;
        run.bridge.attach({ page, settings: server.settings, screenshots: path.join(plan.out, 'screenshots') });
        code = await Promise.race([workbench.exitCode, server.died, deadline.over]);
        return code;
      } finally {
        if (code !== 0 || !run.isFine()) await keepEvidence(plan, page, server);
        await server.stop();
      }
    });
  } finally {
    await browser.close();
  }
}

/** What helps to understand a failure: the window's last sight and VS Code's own logs. */
async function keepEvidence(plan: Plan, page: Page | undefined, server: RunningServer): Promise<void> {
  const target = path.join(plan.out, 'failure');
  await mkdir(target, { recursive: true });
  await page?.screenshot({ path: path.join(target, 'window.png'), timeout: 10_000 }).catch(() => undefined);
  await cp(server.logs, path.join(target, 'logs'), { recursive: true }).catch(() => undefined);
  console.log(`\nKept for a closer look: ${target}, and server.log and window.log beside it`);
}
