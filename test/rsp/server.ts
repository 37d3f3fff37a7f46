import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
export const GUEST = 'examples/guest/guest.elf';

/** A child's text, as far as it has come. */
export class Transcript {
  text = '';
  readonly #waiting = new Set<() => void>();

  constructor(...streams: (NodeJS.ReadableStream | null)[]) {
    for (const stream of streams) {
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
        for (const look of this.#waiting) look();
      });
    }
  }

  /** Resolves once the text has come. The runner's time limit is the limit. */
  async has(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text);
        if (match === null) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export interface Served {
  readonly port: number;
  readonly output: Transcript;
  readonly errors: Transcript;
  readonly exited: Promise<number | null>;
}

/** Runs `gic serve` as users do, for as long as `use` takes. */
export async function withServer(args: readonly string[], use: (served: Served) => Promise<void>): Promise<void> {
  const words = ['--import', 'tsx', 'adapter/cli.ts', 'serve', '--port', '0', ...args];
  const child: ChildProcess = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  try {
    const output = new Transcript(child.stdout);
    const errors = new Transcript(child.stderr);
    const started = errors.has(/target remote localhost:(\d+)/);
    const match = await Promise.race([started, exited]);
    if (match === null || typeof match === 'number') throw new Error(`gic serve ended: ${errors.text}`);
    await use({ port: Number(match[1]), output, errors, exited });
  } finally {
    child.kill();
    await exited;
  }
}
