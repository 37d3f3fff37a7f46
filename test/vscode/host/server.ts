import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withoutOuterVsCode } from '../../../scripts/vscode-server/environment.ts';
import { freePort, startGroup, waitForAnswer } from '../../../scripts/vscode-server/group.ts';
import { provisionVsCodeServer } from '../../../scripts/vscode-server/provision.ts';
import { deferred } from './deferred.ts';
import { SettingsFile } from './settings-file.ts';

const START_TIMEOUT_MS = 60_000;

/** A running VS Code server with a home of its own, which goes with it. */
export interface RunningServer {
  readonly port: number;
  readonly settings: SettingsFile;
  /** The directory of VS Code's own logs. */
  readonly logs: string;
  /** Rejects when the server ends before it is stopped. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

interface ServerOptions {
  /** Where the server's output goes. */
  readonly logFile: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server and thus of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a VS Code server that lets a page drive tests; it is set up first where that has not happened yet. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = await provisionVsCodeServer();
  const home = await mkdtemp(path.join(os.tmpdir(), 'gic-vscode-'));
  const data = path.join(home, 'data');
  const settings = new SettingsFile(path.join(data, 'Machine', 'settings.json'));
  await mkdir(path.join(data, 'Machine'), { recursive: true });
  await settings.set(options.settings ?? {});
  const scratch = path.join(home, 'tmp');
  await mkdir(scratch);
  const port = await freePort();
  const group = startGroup(
    server.node,
    [
      server.serverMain,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-workspace-trust'],
      // makes the page honour `payload`
      '--enable-smoke-test-driver',
      ...['--server-data-dir', home, '--extensions-dir', path.join(home, 'extensions')],
    ],
    // VS Code leaves sockets in the temporary directory
    { env: { ...withoutOuterVsCode(), TMPDIR: scratch, ...options.env }, logFile: options.logFile },
  );
  const stop = async (): Promise<void> => {
    await group.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  let stopping = false;
  const died = group.ended.then((how) => {
    if (stopping) return deferred<never>().promise;
    throw new Error(`The VS Code server has ended (${how}):\n${group.tail()}`);
  });
  died.catch(() => undefined); // who waits for it hears of it
  try {
    await waitForAnswer(`http://127.0.0.1:${port}/version`, group, START_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    settings,
    logs: path.join(data, 'logs'),
    died,
    stop: () => {
      stopping = true;
      return stop();
    },
  };
}
