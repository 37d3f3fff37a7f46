import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, cacheRoot } from '../vscode-server/cache.ts';
import { SetupError } from '../vscode-server/step.ts';
import { ForeignApt } from './foreign-apt.ts';
import { initramfs } from './initramfs.ts';

/** Debian's kernel for arm64, and a root file system that is a shell. */
export interface DebianLinux {
  readonly kernel: string;
  readonly initrd: string;
  /** Of the kernel's package. */
  readonly version: string;
}

const FILES = { kernel: 'vmlinuz', initrd: 'initrd.gz' };
const PROOF = Object.values(FILES);
/** Changes with what is made of the packages, so that the cache's older ones are not taken for it. */
const PREFIX = 'debian-linux-arm64-recipe1-';

function fromDirectory(directory: string): DebianLinux {
  const [version = ''] = path.basename(directory).slice(PREFIX.length).split('-busybox-');
  return { kernel: path.join(directory, FILES.kernel), initrd: path.join(directory, FILES.initrd), version };
}

/** One from an earlier run will do, whatever Debian has by now: asking would need the network each time. */
async function found(): Promise<DebianLinux | null> {
  const root = cacheRoot();
  if (!existsSync(root)) return null;
  const complete = (await readdir(root))
    .filter((name) => name.startsWith(PREFIX) && !name.includes('.making-'))
    .filter((name) => PROOF.every((file) => existsSync(path.join(root, name, file))))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = complete.at(-1);
  return newest === undefined ? null : fromDirectory(path.join(root, newest));
}

function field(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new SetupError(`The package ${fields.get('Package') ?? ''} has no field ${name}.`);
  return value;
}

async function kernelOf(unpacked: string): Promise<string> {
  const boot = path.join(unpacked, 'boot');
  const name = (await readdir(boot)).find((file) => file.startsWith('vmlinuz-'));
  if (name === undefined) throw new SetupError('The package of the kernel has no /boot/vmlinuz.');
  return path.join(boot, name);
}

/** @param scratch a directory for what is not kept */
async function make(scratch: string): Promise<DebianLinux> {
  console.log("Fetching Debian's kernel for arm64 (once, 60 MB)");
  const state = path.join(scratch, 'apt');
  await mkdir(state);
  const apt = await ForeignApt.open(state, 'arm64');
  // The package without a version in its name is empty: it depends on the one that has the kernel.
  const image = field(await apt.show('linux-image-arm64'), 'Depends').replace(/[ ,(].*$/, '');
  const version = field(await apt.show(image), 'Version');
  const busybox = field(await apt.show('busybox-static'), 'Version');
  const key = `${PREFIX}${version}-busybox-${busybox}`.replaceAll(/[^\w.+~-]/g, '_');
  const directory = await cached(key, PROOF, async (making) => {
    const unpacked = path.join(scratch, 'unpacked');
    await apt.unpack([image, 'busybox-static'], unpacked);
    await copyFile(await kernelOf(unpacked), path.join(making, FILES.kernel));
    await writeFile(path.join(making, FILES.initrd), initramfs(await readFile(path.join(unpacked, 'bin/busybox'))));
  });
  return fromDirectory(directory);
}

async function provide(): Promise<DebianLinux> {
  const before = await found();
  if (before !== null) return before;
  for (const command of ['apt-get', 'apt-cache', 'dpkg']) {
    if (spawnSync(command, ['--version']).error === undefined) continue;
    throw new SetupError(`Debian's kernel comes by apt, and there is no ${command} here.`);
  }
  // Named so that the cache clears it away if this process does not live to.
  const scratch = path.join(cacheRoot(), `debian-linux.making-${process.pid}`);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  try {
    return await make(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

let promised: Promise<DebianLinux> | undefined;

/** From the cache, or made once by apt, without touching this machine's packages. @throws SetupError, what is missing */
export function debianLinux(): Promise<DebianLinux> {
  return (promised ??= provide());
}
