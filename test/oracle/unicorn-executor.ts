import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Case, Outcome } from './case.ts';
import type { Executor } from './executor.ts';
import { forUnicorn, fromUnicorn } from './unicorn-faults.ts';
import { answerLength, decodeOutcomes, encodeCases } from './wire.ts';

const SCRIPT = fileURLToPath(new URL('./unicorn-oracle.py', import.meta.url));

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

interface Running {
  readonly child: Child;
  /** Takes from its output what `length` says is complete; null where it ends before. */
  take(length: (received: Uint8Array) => number | null): Promise<Uint8Array | null>;
  /** What it has complained of. */
  complaint(): string;
}

function startProcess(python: string): Running {
  const child: Child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  let pieces: Buffer[] = [];
  let ended = false;
  let wake: () => void = () => {};
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-4000);
  });
  // Writing to a process that has died: what it complained of is told instead
  child.stdin.on('error', () => {});
  child.stdout.on('data', (piece: Buffer) => {
    pieces.push(piece);
    wake();
  });
  child.on('close', () => {
    ended = true;
    wake();
  });
  const take: Running['take'] = async (length) => {
    for (;;) {
      let [first = Buffer.alloc(0)] = pieces;
      if (first.length < 64 && pieces.length > 1) pieces = [(first = Buffer.concat(pieces))];
      const wanted = length(first);
      const received = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (wanted !== null && received >= wanted) {
        const all = Buffer.concat(pieces);
        pieces = all.length > wanted ? [all.subarray(wanted)] : [];
        return all.subarray(0, wanted);
      }
      if (ended) return null;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { child, take, complaint: () => complaint };
}

async function greet(python: string): Promise<{ readonly running: Running; readonly name: string }> {
  const running = startProcess(python);
  const line = await running.take((received) => {
    const end = received.indexOf(10);
    return end < 0 ? null : end + 1;
  });
  if (!line) throw new UnicornError(`Unicorn does not start. ${running.complaint()}`);
  return { running, name: new TextDecoder().decode(line).trim() };
}

/**
 * Starts Unicorn. One process serves all batches, and another one takes its place where a case ends it: the outcome of
 * that case is "other".
 * @throws UnicornError where there is none
 */
export async function startUnicorn(): Promise<Executor> {
  const python = findUnicorn();
  if (python === null) throw new UnicornError('Python has no module unicorn; on Debian it is package python3-unicorn');
  const started = await greet(python);
  const { name } = started;
  let { running } = started;
  const attempt = async (given: readonly Case[]): Promise<Outcome[]> => {
    running.child.stdin.write(encodeCases(given));
    const answer = await running.take(answerLength);
    if (answer) return decodeOutcomes(answer, given);
    ({ running } = await greet(python));
    const [only] = given;
    if (given.length === 1 && only) return [{ end: 'other', address: 0n, state: only.state, memory: only.memory }];
    const middle = given.length >> 1;
    return [...(await attempt(given.slice(0, middle))), ...(await attempt(given.slice(middle)))];
  };
  return {
    name,
    run: async (batch) => {
      const given = batch.map(forUnicorn);
      const outcomes = await attempt(given);
      return batch.map((one, n) => {
        const [other, outcome] = [given[n], outcomes[n]];
        if (!other || !outcome) throw new UnicornError(`there is no outcome of case ${n}`);
        return fromUnicorn(one, other, outcome);
      });
    },
    close: async () => {
      if (running.child.exitCode !== null) return;
      running.child.stdin.end();
      await once(running.child, 'exit');
    },
  };
}
