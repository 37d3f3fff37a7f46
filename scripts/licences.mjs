import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ScriptError } from './setup.mjs';

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/;

/**
 * The licences of the packages that ended up in the bundles: they ask to travel with the code.
 * @param {string} root
 * @param {readonly string[]} files bundled files, relative to the checkout
 * @returns {Promise<string>}
 */
export async function licenceTexts(root, files) {
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const texts = await Promise.all(
    [...folders].sort().map(async (folder) => {
      const home = path.join(root, folder);
      const { name, version, license } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8'));
      if (license === undefined) throw new ScriptError(`${name} is bundled but names no licence.`);
      const file = (await readdir(home)).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
      const text = file === undefined ? '' : `\n\n${(await readFile(path.join(home, file), 'utf8')).trim()}`;
      return `${name} ${version} (${license})${text}\n`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
