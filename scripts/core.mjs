// Compiles the CPU core of the simulated guest from AssemblyScript to WebAssembly.
import { readFile, rename, stat, writeFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ScriptError } from './setup.mjs';

const ENTRY = 'adapter/guest/simulated/core/assembly/core.ts';

// The first 64 KiB are the layout's, and all memory is the host's to make (core/layout.ts).
const OPTIONS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--memoryBase', '65536'],
  ...['--importMemory', '--noExportMemory', '--initialMemory', '32', '--maximumMemory', '65536'],
];

/**
 * @param {string} root
 * @param {string} outfile
 */
export async function buildCore(root, outfile) {
  if (await isNewer(root, outfile)) return;
  const { default: asc } = await import('assemblyscript/asc');
  /** @type {Map<string, string | Uint8Array>} */
  const written = new Map();
  const { error, stderr } = await asc.main([ENTRY, '--baseDir', root, '--outFile', 'core.wasm', ...OPTIONS], {
    readFile: (name, baseDir) => readFile(path.join(baseDir, name), 'utf8').catch(() => null),
    writeFile: (name, contents) => void written.set(path.basename(name), contents),
    listFiles: () => [],
  });
  const text = stderr.toString();
  const module = written.get('core.wasm');
  if (error || !module) throw new ScriptError(`The CPU core does not compile.\n${text}`);
  if (text !== '') console.warn(text);
  // Whoever runs meanwhile finds the old one or the new one, and never a part.
  const whole = `${outfile}.making-${process.pid}`;
  await writeFile(whole, module);
  await rename(whole, outfile);
}

/** Whether the module is there and younger than all it is made from: the compiler takes five seconds. */
async function isNewer(root, outfile) {
  const made = await stat(outfile).catch(() => null);
  if (!made) return false;
  const directory = path.join(root, path.dirname(ENTRY));
  const sources = (await readdir(directory)).map((name) => path.join(directory, name));
  sources.push(path.join(directory, '..', 'layout.ts'), path.join(root, 'scripts', 'core.mjs'));
  const times = await Promise.all(sources.map(async (source) => (await stat(source)).mtimeMs));
  return Math.max(...times) < made.mtimeMs;
}
