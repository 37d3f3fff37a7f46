import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Where things too large for the checkout live; outside it, so that a fresh clone finds them again. */
export function cacheRoot(): string {
  const own = process.env['GIC_INSPECTOR_CACHE'];
  if (own !== undefined && own !== '') return path.resolve(own);
  const xdg = process.env['XDG_CACHE_HOME'];
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache');
  return path.join(base, 'gic-inspector');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes what builders that were interrupted left behind. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /\.making-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(root, name), { recursive: true, force: true });
  }
}

/**
 * The directory `key` of the cache. It is made in a sibling and renamed when complete, so it is there in full or not
 * at all; `proof` are files a complete one has, so that a damaged one is made again.
 */
export async function cached(
  key: string,
  proof: readonly string[],
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const root = cacheRoot();
  const target = path.join(root, key);
  const isComplete = (directory: string): boolean => proof.every((file) => existsSync(path.join(directory, file)));
  if (isComplete(target)) return target;
  await mkdir(root, { recursive: true });
  await sweep(root);
  const making = `${target}.making-${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making);
  try {
    await make(making);
    const lacking = proof.filter((file) => !existsSync(path.join(making, file)));
    if (lacking.length > 0) throw new Error(`Making ${key} did not produce ${lacking.join(', ')}.`);
    // Another process may have been quicker; its result is as good as ours.
    if (!isComplete(target)) {
      await rm(target, { recursive: true, force: true });
      await rename(making, target);
    }
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return target;
}
