import { stat } from 'node:fs/promises';
import { isObject } from './checks.ts';
import { hasStub, type RawConfiguration } from './decide.ts';
import { readHead } from './head.ts';
import { isDeviceTree, isElf, recogniseRecording } from './recognise.ts';
import { isAddress } from './stub-values.ts';

/** What is wrong with the files a configuration names, as a sentence; undefined where nothing is. Its paths are absolute. */
export async function problemWithFiles(raw: RawConfiguration): Promise<string | undefined> {
  return hasStub(raw) ? problemWithStubFiles(raw) : problemWithProgram(raw.program);
}

async function problemWithProgram(program: unknown): Promise<string | undefined> {
  if (typeof program !== 'string' || program === '') return 'The launch configuration names no program.';
  // It is not opened: a recording may be a pipe, of which every byte comes once.
  return problemWithPath('program', program, 'file');
}

async function problemWithStubFiles(raw: RawConfiguration): Promise<string | undefined> {
  const { program, symbols, deviceTree, server } = raw;
  const elfs: (readonly [string, unknown])[] = [['program', program]];
  if (Array.isArray(symbols)) elfs.push(...symbols.map((path, i) => [`symbols[${i}]`, path] as const));
  for (const [name, path] of elfs) {
    const found = typeof path === 'string' ? await problemWithElf(name, path) : undefined;
    if (found !== undefined) return found;
  }
  if (typeof deviceTree === 'string' && !isAddress(deviceTree)) {
    const found = await problemWithTree(deviceTree);
    if (found !== undefined) return found;
  }
  const cwd = isObject(server) ? server['cwd'] : undefined;
  return typeof cwd === 'string' ? problemWithPath('server.cwd', cwd, 'folder') : undefined;
}

/** Beside a stub a program gives names, lines and stacks: what the target executes is the target's affair. */
async function problemWithElf(name: string, path: string): Promise<string | undefined> {
  const found = await problemWithFile(name, path);
  if (found !== undefined) return found;
  const head = await readHead(path);
  if (isElf(head)) return undefined;
  const recording = recogniseRecording(head.toString('utf8'));
  if (recording) {
    return (
      `“${name}”: ${path} is a recording (${recording.summary}), which needs no GDB stub: ` +
      'launch it without “server” and “target”.'
    );
  }
  return `“${name}”: ${path} is no ELF file: with a GDB stub it gives symbols (vmlinux rather than Image, say).`;
}

async function problemWithTree(path: string): Promise<string | undefined> {
  const found = await problemWithFile('deviceTree', path);
  if (found !== undefined) return found;
  if (isDeviceTree(await readHead(path))) return undefined;
  return `“deviceTree”: ${path} is no device tree blob: dtc makes a .dtb of a source.`;
}

/** A file that is there and can be read. */
async function problemWithFile(name: string, path: string): Promise<string | undefined> {
  const found = await problemWithPath(name, path, 'file');
  if (found !== undefined) return found;
  try {
    await readHead(path);
    return undefined;
  } catch (error) {
    return `“${name}”: ${path} cannot be read: ${(error as Error).message}`;
  }
}

async function problemWithPath(name: string, path: string, kind: 'file' | 'folder'): Promise<string | undefined> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder === (kind === 'folder')) return undefined;
    return isFolder ? `“${name}”: ${path} is a folder, not a file.` : `“${name}”: ${path} is a file, not a folder.`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing
      ? `“${name}”: there is no ${kind} ${path}.`
      : `“${name}”: ${path} cannot be read: ${(error as Error).message}`;
  }
}
