// What has to be in place before anything else can run. Plain Node, because it runs before `npm ci` does.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const LOCK = path.join(ROOT, 'package-lock.json');
const MODULES = path.join(ROOT, 'node_modules');
const STAMP = path.join(MODULES, '.gic-inspector-stamp');

/** A problem whose message is all a person needs; no stack trace. */
export class ScriptError extends Error {
  name = 'ScriptError';
}

/**
 * Runs a command in the checkout, its output shown as it comes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code; a signal counts as 1
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: options.env ?? process.env,
      stdio: 'inherit',
      // npm and code are batch files there
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    child.on('error', (error) => reject(new ScriptError(`Cannot run ${command}: ${error.message}`)));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * As `run`, but anything except success is an error.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 */
export async function mustRun(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new ScriptError(`${path.basename(command)} ${args.join(' ')} failed with exit code ${code}.`);
}

function isInstalled() {
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === lockHash();
  // Installed by hand, with plain `npm ci`: npm's own record then is at least as new as the lock file.
  const record = path.join(MODULES, '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(LOCK).mtimeMs;
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK)).digest('hex');
}

/** Installs the dependencies that package-lock.json pins, if they are not there or not these. */
export async function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new ScriptError(`Node 20.19 or newer is needed, this is ${process.versions.node}.`);
  }
  if (!isInstalled()) {
    // `npm ci` empties the directory first, and through a link that is another checkout's.
    if (lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw new ScriptError(`${MODULES} is a symbolic link and does not match package-lock.json. Remove the link.`);
    }
    console.log('Installing dependencies (npm ci)');
    await mustRun('npm', ['ci', '--include=dev']);
    writeFileSync(STAMP, lockHash());
  }
}

/** Builds `dist/`. It takes about a second, so there is no clever check whether it is needed. */
export async function ensureBuilt() {
  await mustRun(process.execPath, [path.join(ROOT, 'scripts', 'build.mjs')]);
}

/** Lets the scripts from here on import TypeScript. Only after `ensureInstalled`. */
export async function allowTypeScript() {
  const { register } = await import('tsx/esm/api');
  register();
}

/**
 * The frame of every script: an expected problem is told in one line, and the exit code says how it went.
 * @param {() => Promise<number | void>} main
 */
export async function script(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const isExpected =
      error instanceof Error &&
      (['ScriptError', 'SetupError'].includes(error.name) || String(error.code).startsWith('ERR_PARSE_ARGS'));
    console.error(isExpected ? error.message : error);
    process.exitCode = 1;
  }
}
