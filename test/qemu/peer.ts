import { spawnSync } from 'node:child_process';

/** The version of QEMU that a program is, as "7.2.22". Fails where it cannot be run. */
export function versionOf(binary: string): string {
  const { error, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${binary} cannot be run: ${error.message}`);
  return /version (\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? '';
}

/** The profile that has the semantics of a version of QEMU. */
export function profileNameFor(version: string): string {
  const major = Number(version.split('.')[0]);
  return major >= 10 ? 'qemu-10' : 'qemu-7.2';
}
