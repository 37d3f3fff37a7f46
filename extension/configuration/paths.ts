import { isAbsolute, join } from 'node:path';
import { hasStub, type RawConfiguration } from './decide.ts';
import { isAbsent, isObject } from './checks.ts';
import { isAddress } from './stub-values.ts';
import { socketOf } from './target.ts';

/** The absolute form of a path: a relative one starts at the workspace folder. */
export function absolutePath(path: string, folder: string | undefined): string {
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

/** A configuration whose paths are absolute: the adapter knows no workspace folder. Other values are kept as they are. */
export function withAbsolutePaths(raw: RawConfiguration, folder: string | undefined): RawConfiguration {
  const absolute = (path: unknown): unknown =>
    typeof path === 'string' && path.trim() !== '' ? absolutePath(path.trim(), folder) : path;
  const result = { ...raw };
  for (const name of ['program', 'initrd']) if (!isAbsent(raw[name])) result[name] = absolute(raw[name]);
  if (Array.isArray(raw['symbols'])) result['symbols'] = raw['symbols'].map(absolute);
  const tree = raw['deviceTree'];
  if (typeof tree === 'string') result['deviceTree'] = isAddress(tree) ? tree.trim() : absolute(tree);
  const target = raw['target'];
  const socket = typeof target === 'string' ? socketOf(target) : undefined;
  if (socket) result['target'] = `unix:${absolutePath(socket, folder)}`;
  if (hasStub(raw) && isObject(raw['server'])) {
    const cwd = raw['server']['cwd'] ?? folder;
    result['server'] = { ...raw['server'], ...(!isAbsent(cwd) && { cwd: absolute(cwd) }) };
  }
  return result;
}
