import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './step.ts';

const PATIENCE_MS = 3_000;
const KEPT_OUTPUT = 4_000;

/** A process with all its descendants. */
export interface ProcessGroup {
  /** Settles when the process itself has ended. */
  readonly ended: Promise<string>;
  /** The end of what it printed. */
  tail(): string;
  stop(): Promise<void>;
}

interface GroupOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes. */
  readonly logFile: string;
}

/** Starts a process as the leader of a group of its own, so that `stop` ends everything it started. */
export function startGroup(command: string, args: readonly string[], options: GroupOptions): ProcessGroup {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const child = spawn(command, args, { env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let recent = '';
  const keep = (chunk: Buffer): void => {
    recent = (recent + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${String(code)}` : signal));
  });
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    if (child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, signal);
    } catch {
      return false; // nobody is left
    }
  };
  return {
    ended,
    tail: () => recent.trimEnd(),
    async stop() {
      signalGroup('SIGTERM');
      const deadline = Date.now() + PATIENCE_MS;
      while (signalGroup(0) && Date.now() < deadline) await sleep(50);
      signalGroup('SIGKILL');
      log.end();
    },
  };
}

/** A port of the loopback interface nobody uses at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new SetupError('The system gave no free port.'));
      });
    });
  });
}

/** Waits until a server answers at `url`. */
export async function waitForAnswer(url: string, group: ProcessGroup, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const state: { ended?: string } = {};
  void group.ended.then((how) => (state.ended = how));
  while (Date.now() < deadline) {
    if (state.ended !== undefined) throw new SetupError(`The server has ended (${state.ended}):\n${group.tail()}`);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.status < 500) return;
    } catch {
      // not listening yet
    }
    await sleep(100);
  }
  throw new SetupError(`The server does not answer at ${url} after ${timeoutMs / 1000} s:\n${group.tail()}`);
}
