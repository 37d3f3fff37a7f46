// Compiles the CPU core and bundles the extension, the debug adapter, the command line and the webview into dist/.
//   node scripts/build.mjs [--production] [--watch]
import * as esbuild from 'esbuild';
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildCore } from './core.mjs';
import { licenceTexts } from './licences.mjs';
import { ROOT, script, ScriptError } from './setup.mjs';

const DIST = path.join(ROOT, 'dist');
const MODULES = ['core.wasm', 'capstone.wasm'];
const CODICONS = path.join(ROOT, 'node_modules', '@vscode', 'codicons', 'dist');

// In a CommonJS bundle `import.meta.url` would be empty.
const META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {Record<string, esbuild.BuildOptions>} by entry file */
const BUNDLES = {
  'extension/main.ts': { ...node(), outfile: 'dist/extension.js', external: ['vscode'] },
  'adapter/main.ts': { ...node(), outfile: 'dist/adapter.js' },
  'adapter/cli.ts': { ...node(), outfile: 'dist/cli.js' },
  'webview/main.ts': {
    outfile: 'dist/webview.js',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    // a stylesheet finds its font beside it
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
};

/** @returns {esbuild.BuildOptions} */
function node() {
  return {
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: META_URL },
  };
}

/**
 * @param {boolean} production
 * @param {boolean} watch
 */
async function bundles(production, watch) {
  const missing = Object.keys(BUNDLES).filter((entry) => !existsSync(path.join(ROOT, entry)));
  if (missing.length > 0) throw new ScriptError(`Nothing to build from: ${missing.join(', ')} not found.`);
  /** @type {esbuild.BuildOptions} */
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    metafile: true,
    sourcemap: !production,
    minify: production,
    // error classes keep the names that users see
    keepNames: production,
    legalComments: 'none',
    logLevel: watch ? 'info' : 'warning',
  };
  return Promise.all(
    Object.entries(BUNDLES).map(async ([entry, options]) => {
      const result = { ...common, ...options, entryPoints: [entry] };
      if (entry !== 'adapter/cli.ts') return result;
      const source = await readFile(path.join(ROOT, entry), 'utf8');
      // esbuild keeps an entry's own first line
      const shebang = source.startsWith('#!') ? '' : '#!/usr/bin/env node\n';
      return { ...result, banner: { js: shebang + META_URL }, plugins: [executable()] };
    }),
  );
}

/** @returns {esbuild.Plugin} */
function executable() {
  return {
    name: 'executable',
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length === 0) await chmod(path.join(DIST, 'cli.js'), 0o755);
      });
    },
  };
}

/** A package must hold nothing left over from development, such as source maps. What others may be running stays. */
async function clear() {
  const kept = new Set([...Object.values(BUNDLES).map(({ outfile }) => path.basename(outfile ?? '')), ...MODULES]);
  for (const name of await readdir(DIST)) {
    if (!kept.has(name)) await rm(path.join(DIST, name), { recursive: true, force: true });
  }
}

async function copyCapstone() {
  await copyFile(
    path.join(ROOT, 'node_modules', '@alexaltea', 'capstone-js', 'dist', 'capstone.wasm'),
    path.join(DIST, 'capstone.wasm'),
  );
}

async function copyCodicons() {
  for (const file of ['codicon.css', 'codicon.ttf']) {
    await copyFile(path.join(CODICONS, file), path.join(DIST, file));
  }
}

await script(async () => {
  const { values } = parseArgs({ options: { production: { type: 'boolean' }, watch: { type: 'boolean' } } });
  const production = values.production === true;
  const watch = values.watch === true;
  const options = await bundles(production, watch);
  await mkdir(DIST, { recursive: true });
  if (production) await clear();
  // The package is ES modules, the bundles are CommonJS: the form every version of VS Code loads.
  await writeFile(path.join(DIST, 'package.json'), '{ "type": "commonjs" }\n');
  await copyCodicons();
  await copyCapstone();
  await buildCore(ROOT, path.join(DIST, 'core.wasm'));
  if (watch) {
    const contexts = await Promise.all(options.map((one) => esbuild.context(one)));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  try {
    const results = await Promise.all(options.map((one) => esbuild.build(one)));
    const inputs = results.flatMap((result) => Object.keys(result.metafile?.inputs ?? {}));
    const text = await licenceTexts(ROOT, [...inputs, 'node_modules/@vscode/codicons/dist/codicon.css']);
    await writeFile(path.join(DIST, 'THIRD-PARTY-LICENSES.txt'), text);
    console.log(`Built dist/${production ? ' for production' : ''}`);
  } catch (error) {
    // esbuild has already printed what is wrong
    if (error instanceof Error && 'errors' in error) throw new ScriptError('The build failed.');
    throw error;
  }
});
