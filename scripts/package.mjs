// Packages the extension: node scripts/package.mjs [--out FILE]
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, mustRun, ROOT, script, ScriptError } from './setup.mjs';

const LIMIT = 2 * 1024 * 1024;
const VSCE = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');

/** The README of an installed extension, where the repository's other files are not at hand. */
const README = path.join('dist', 'README.md');

/**
 * Takes pictures out of the README, and links to files down to their text.
 * @param {string} text
 * @returns {string}
 */
function installedReadme(text) {
  return text.replace(/^!\[.*\]\(.*\)\n\n?/gm, '').replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1');
}

/**
 * Builds for production and packages. Everything an installed extension needs is bundled, hence no dependencies.
 * @param {string} [out]
 * @returns {Promise<string>} the .vsix
 */
export async function packageExtension(out) {
  const { name, version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const file = path.resolve(out ?? path.join(ROOT, `${name}-${version}.vsix`));
  await mustRun(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs'), '--production']);
  await writeFile(path.join(ROOT, README), installedReadme(await readFile(path.join(ROOT, 'README.md'), 'utf8')));
  await mustRun(process.execPath, [VSCE, 'package', '--no-dependencies', '--readme-path', README, '--out', file]);
  const { size } = await stat(file);
  if (size > LIMIT) {
    throw new ScriptError(`${path.basename(file)} has ${size} bytes; it must stay under ${LIMIT}. See .vscodeignore.`);
  }
  console.log(`${file}: ${Math.ceil(size / 1024)} KiB`);
  return file;
}

if (process.argv[1] === import.meta.filename) {
  await script(async () => {
    const { values } = parseArgs({ options: { out: { type: 'string' } } });
    await ensureInstalled();
    await packageExtension(values.out);
    await mustRun(process.execPath, [VSCE, 'ls', '--no-dependencies', '--tree']);
  });
}
