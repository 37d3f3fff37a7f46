import { spawnSync } from 'node:child_process';
import { runStep, SetupError } from './step.ts';

/** What a real browser window needs: the browser, and fonts that make its screenshots readable. */
export const BROWSER_PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-liberation'] as const;

/** What the CPU core is compared with; Unicorn's Python module imports setuptools' without depending on it. */
export const ORACLE_PACKAGES = ['python3-unicorn', 'python3-setuptools'] as const;

/** A GDB that knows AArch64, whatever this machine is. */
export const GDB_PACKAGES = ['gdb-multiarch'] as const;

/** The machine behind a real GDB stub. */
export const QEMU_PACKAGES = ['qemu-system-arm'] as const;

/** Guests to run, and what the examples are built with. */
export const GUEST_PACKAGES = ['u-boot-qemu', 'gcc-aarch64-linux-gnu'] as const;

/** What the server's native modules are built with. */
export const BUILD_PACKAGES = [
  'g++',
  'make',
  'python3',
  'pkg-config',
  'libkrb5-dev',
  'libsecret-1-dev',
  'libx11-dev',
  'libxkbfile-dev',
] as const;

function answers(command: string, args: readonly string[]): string | undefined {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.error === undefined && result.status === 0 ? result.stdout : undefined;
}

function isInstalled(name: string): boolean {
  const status = answers('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name]);
  return status === 'installed';
}

/** Installs the Debian packages that are missing. Where it may not, it says which ones and how to install them. */
export async function ensureDebianPackages(names: readonly string[]): Promise<void> {
  if (answers('dpkg-query', ['--version']) === undefined) {
    throw new SetupError(
      `This step needs a Debian or Ubuntu system (there is no dpkg-query here) with: ${names.join(' ')}.`,
    );
  }
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const byHand = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || answers('apt-get', ['--version']) === undefined) {
    throw new SetupError(`Debian packages are missing: ${missing.join(' ')}. As root, run: ${byHand}`);
  }
  console.log(`Installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runStep('apt-get', ['update', '-qq'], { env });
  await runStep('apt-get', ['install', '--yes', '-qq', '--no-install-recommends', ...missing], { env });
}
