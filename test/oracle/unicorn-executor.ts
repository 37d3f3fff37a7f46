import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Executor } from './executor.ts';
import { answerLength, decodeOutcomes, encodeCases } from './wire.ts';

const SCRIPT = fileURLToPath(new URL('./unicorn.py', import.meta.url));

/** Debian's python3-unicorn is for the system's own interpreter, which need not be the first in PATH. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'];

/** Unicorn is not there, or has failed. */
export class UnicornError extends Error {
  override readonly name = 'UnicornError';
}

/** The interpreter that has Unicorn, or null. */
export function findUnicorn(): string | null {
  const has = (python: string): boolean => spawnSync(python, ['-c', 'import unicorn']).status === 0;
  return INTERPRETERS.find(has) ?? null;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A stream of bytes, taken in the pieces one asks for. */
class Bytes {
  #pieces: Buffer[] = [];
  #length = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(stream: Readable) {
    stream.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      this.#wake?.();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** Takes what `length` says is complete; null where the stream ends before. */
  async take(length: (received: Uint8Array) => number | null): Promise<Uint8Array | null> {
    for (;;) {
      const first = this.#pieces[0] ?? Buffer.alloc(0);
      // The header is in one piece or, rarely, in two
      const head = first.length >= 64 || this.#pieces.length < 2 ? first : Buffer.concat(this.#pieces);
      const wanted = length(head);
      if (wanted !== null && this.#length >= wanted) {
        const all = Buffer.concat(this.#pieces);
        this.#pieces = all.length > wanted ? [all.subarray(wanted)] : [];
        this.#length = all.length - wanted;
        return all.subarray(0, wanted);
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/**
 * Starts Unicorn. One process serves all batches.
 * @throws UnicornError where there is none
 */
export async function startUnicorn(): Promise<Executor> {
  const python = findUnicorn();
  if (python === null) throw new UnicornError('Python has no module unicorn; on Debian it is package python3-unicorn');
  const child: Child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-4000);
  });
  // A write to a process that has died: what it complained of is told instead
  child.stdin.on('error', () => {});
  const bytes = new Bytes(child.stdout);
  const failed = (): UnicornError => new UnicornError(`Unicorn has ended. ${complaint}`);
  const greeting = await bytes.take((received) => {
    const end = received.indexOf(10);
    return end < 0 ? null : end + 1;
  });
  if (!greeting) throw failed();
  return {
    name: new TextDecoder().decode(greeting).trim(),
    run: async (batch) => {
      child.stdin.write(encodeCases(batch));
      const answer = await bytes.take(answerLength);
      if (!answer) throw failed();
      return decodeOutcomes(answer, batch);
    },
    close: async () => {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
