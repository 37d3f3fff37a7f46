import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageExtension } from '../package.mjs';
import { withoutOuterVsCode } from './environment.ts';
import { freePort, startGroup, waitForAnswer } from './group.ts';
import { provisionVsCodeServer } from './provision.ts';
import { QUIET_SETTINGS } from './settings.ts';
import { runStep, SetupError } from './step.ts';

interface ServeOptions {
  /** The folder that is opened. */
  readonly folder: string;
  readonly port?: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Serves VS Code with the packaged extension to a browser until it is interrupted. */
export async function serveInBrowser({ folder, port: wish }: ServeOptions): Promise<number> {
  const server = await provisionVsCodeServer();
  const home = await mkdtemp(path.join(os.tmpdir(), 'gic-inspector-'));
  try {
    const port = wish ?? (await freePort());
    const userData = path.join(home, 'user-data');
    const vsix = await packageExtension(path.join(home, 'gic-inspector.vsix'));
    await mkdir(path.join(userData, 'User'), { recursive: true });
    await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(QUIET_SETTINGS, undefined, 2));

    // Everything below `home`: a person's own code-server keeps its settings and extensions.
    const config = path.join(home, 'config.yaml');
    await writeFile(config, `auth: none\nbind-addr: 127.0.0.1:${port}\ncert: false\n`);
    const common = [
      server.codeServer,
      ...['--config', config],
      ...['--user-data-dir', userData],
      ...['--extensions-dir', path.join(home, 'extensions')],
    ];
    // VS Code leaves sockets in the temporary directory
    const scratch = path.join(home, 'tmp');
    await mkdir(scratch);
    const env = { ...withoutOuterVsCode(), TMPDIR: scratch };
    await runStep(server.node, [...common, '--install-extension', vsix], { env });

    const logFile = path.join(home, 'server.log');
    const args = [
      ...common,
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      ...['--disable-getting-started-override', '--ignore-last-opened', '--app-name', 'GIC Inspector'],
      folder,
    ];
    const group = startGroup(server.node, args, { env, logFile });
    const interrupted = new Promise<undefined>((resolve) => {
      for (const signal of SIGNALS) process.once(signal, () => resolve(undefined));
    });
    const announced = async (): Promise<string> => {
      await waitForAnswer(`http://127.0.0.1:${port}/healthz`, group, 60_000);
      console.log(`\nVS Code with GIC Inspector:  http://127.0.0.1:${port}/\nCtrl-C ends it.\n`);
      return group.ended;
    };
    try {
      const how = await Promise.race([interrupted, announced()]);
      if (how !== undefined) throw new SetupError(`The VS Code server has ended (${how}):\n${group.tail()}`);
    } finally {
      await group.stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  return 0;
}
