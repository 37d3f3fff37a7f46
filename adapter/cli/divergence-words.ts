import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { MODEL_PROFILES } from '../guest/gdb/divergence/shape.ts';
import type { Wishes } from '../guest/gdb/find/wishes.ts';
import { divergenceCommand } from './divergence.ts';
import { UsageError, type Output } from './output.ts';

const DEFAULT_ACCESSES = 100;
const DEFAULT_TIMEOUT = 5;
const VERSIONS = ['v2', 'v3'] as const;
const MEMORY_ACCESS = ['auto', 'physical', 'virtual'] as const;

const TEXT = { type: 'string' } as const;
/** What an attach configuration has, as words. */
const OPTIONS = {
  server: TEXT,
  accesses: TEXT,
  profile: TEXT,
  gic: TEXT,
  dist: TEXT,
  cpuif: TEXT,
  redist: TEXT,
  its: TEXT,
  cpus: TEXT,
  spis: TEXT,
  'device-tree': TEXT,
  board: TEXT,
  'memory-access': TEXT,
  'no-borrow': { type: 'boolean' },
  timeout: TEXT,
} as const;

type Name = keyof typeof OPTIONS;

/** `gic divergence …`. @throws UsageError for words that mean nothing */
export async function divergenceWords(words: readonly string[], output: Output): Promise<number> {
  const { values } = parsed(words);
  const text = (name: Name): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const target = text('server');
  if (target === undefined) throw new UsageError('divergence needs --server HOST:PORT');
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve));
  return divergenceCommand(
    {
      target,
      wishes: await wishesOf(text),
      profile: oneOf('profile', text('profile'), MODEL_PROFILES),
      memoryAccess: oneOf('memory-access', text('memory-access'), MEMORY_ACCESS) ?? 'auto',
      borrowCpus: values['no-borrow'] !== true,
      timeout: (number('timeout', text('timeout')) ?? DEFAULT_TIMEOUT) * 1000,
      accesses: number('accesses', text('accesses')) ?? DEFAULT_ACCESSES,
    },
    interrupted,
    output,
  );
}

function parsed(words: readonly string[]): { values: Readonly<Record<string, string | boolean | undefined>> } {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function wishesOf(text: (name: Name) => string | undefined): Promise<Wishes> {
  const its = number('its', text('its'));
  const tree = text('device-tree');
  const inMemory = tree !== undefined && /^0x/i.test(tree) ? number('device-tree', tree) : null;
  const regions = text('redist')?.split(',');
  return {
    version: oneOf('gic', text('gic'), VERSIONS) ?? undefined,
    distributor: number('dist', text('dist')) ?? undefined,
    cpuInterface: number('cpuif', text('cpuif')) ?? undefined,
    redistributors: regions?.map((one) => ({ base: number('redist', one) ?? 0 })),
    its: its === null ? undefined : [its],
    cpus: number('cpus', text('cpus')) ?? undefined,
    spis: number('spis', text('spis')) ?? undefined,
    ...(text('board') === undefined ? {} : { board: text('board') }),
    ...(inMemory === null ? {} : { deviceTreeAddress: inMemory }),
    ...(tree === undefined || inMemory !== null
      ? {}
      : { deviceTree: { name: basename(tree), blob: new Uint8Array(await readFile(tree)) } }),
  };
}

function number(name: Name, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(`--${name} ${text}: a number of 0 or more is needed`);
  return value;
}

function oneOf<T extends string>(name: Name, text: string | undefined, known: readonly T[]): T | null {
  if (text === undefined) return null;
  const found = known.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${name} ${text}: there are ${known.join(', ')}`);
  return found;
}
