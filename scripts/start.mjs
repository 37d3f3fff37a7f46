// `npm start`: opens VS Code with GIC Inspector and the examples.
//   --headless   no window: run the example guest and print what it says, and its interrupts
//   --browser    VS Code in the browser even where the desktop `code` is there
//   --port N     the port for VS Code in the browser (default: a free one)
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { allowTypeScript, ensureBuilt, ensureInstalled, mustRun, ROOT, run, script, ScriptError } from './setup.mjs';

const EXAMPLES = path.join(ROOT, 'examples');

function hasDesktop() {
  return spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
}

/** @param {string | undefined} text */
function portOf(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new ScriptError(`--port takes a number from 1 to 65535, not "${text}".`);
}

await script(async () => {
  const { values } = parseArgs({
    options: { headless: { type: 'boolean' }, browser: { type: 'boolean' }, port: { type: 'string' } },
  });
  const port = portOf(values.port);
  await ensureInstalled();
  await ensureBuilt();
  if (values.headless === true)
    return run(process.execPath, [
      path.join('dist', 'cli.js'),
      'run',
      '--cpus',
      '2',
      '--irqs',
      path.join('examples', 'guest', 'guest.elf'),
    ]);
  if (values.browser !== true && port === undefined && hasDesktop()) {
    await mustRun('code', [`--extensionDevelopmentPath=${ROOT}`, '--new-window', EXAMPLES]);
    return 0;
  }
  await allowTypeScript();
  const { serveInBrowser } = await import('./vscode-server/front.ts');
  return serveInBrowser({ folder: EXAMPLES, ...(port === undefined ? {} : { port }) });
});
