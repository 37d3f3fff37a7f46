import { spawn } from 'node:child_process';

/** A part of the set-up that could not be done; the message says what a person can do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

const KEPT_OUTPUT = 16_000;

interface StepOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command quietly. If it fails, the error carries the end of what it printed. */
export function runStep(command: string, args: readonly string[], options: StepOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const call = [command, ...args].join(' ');
    child.on('error', (error) => reject(new SetupError(`Cannot run ${call}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${call} failed (${signal ?? `exit code ${String(code)}`}):\n${output.trimEnd()}`));
    });
  });
}
