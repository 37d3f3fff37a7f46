import { spawn } from 'node:child_process';
import { ROOT } from '../setup.mjs';

/** Runs a command in the checkout, its output shown as it comes. Never rejects: a stage that cannot start has failed. */
export function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

/** Runs a tool of the checkout's own `node_modules/.bin`. */
export function runTool(name: string, ...args: readonly string[]): Promise<boolean> {
  return runCommand('npm', ['exec', '--no', '--', name, ...args]);
}
