// Runs mocha inside VS Code and reports to the window's side, which prints and counts.
import { format } from 'node:util';
import type Mocha from 'mocha';
import { ask } from './client.ts';
import { GREP_VARIABLE, type TestEvent } from './commands.ts';

const TEST_TIMEOUT_MS = 60_000;

function depthOf(node: Mocha.Suite | Mocha.Test): number {
  let depth = 0;
  for (let parent = node.parent; parent?.parent !== undefined; parent = parent.parent) depth += 1;
  return depth;
}

function causeOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Hands every line that is printed to `print` as well; answers with the way back. */
function copyConsole(print: (line: string) => unknown): () => void {
  const restorers = (['log', 'info', 'warn', 'error'] as const).map((name) => {
    const original = console[name].bind(console);
    const property = Object.getOwnPropertyDescriptor(console, name) ?? { value: original };
    const value = (...args: unknown[]): void => {
      print(format(...args));
      original(...args);
    };
    // VS Code made them its own: an assignment would go unheard.
    Object.defineProperty(console, name, { value, configurable: true });
    return () => Object.defineProperty(console, name, property);
  });
  return () => restorers.forEach((restore) => restore());
}

/**
 * The body of a suite's `run`. Each loader imports one file of tests:
 * `export const run = () => runMocha(() => import('./tree.ts'), () => import('./panel.ts'));`
 */
export async function runMocha(...loaders: readonly (() => Promise<unknown>)[]): Promise<void> {
  const { default: MochaRunner } = await import('mocha');
  const mocha = new MochaRunner({ ui: 'bdd', timeout: TEST_TIMEOUT_MS, slow: Infinity });
  const pattern = process.env[GREP_VARIABLE];
  if (pattern !== undefined && pattern !== '') mocha.grep(new RegExp(pattern));
  // Makes `describe` and `it` known before the files are loaded.
  mocha.suite.emit('pre-require', globalThis, 'suite', mocha);
  for (const load of loaders) await load();

  const sent: Promise<unknown>[] = [];
  const report = (event: TestEvent): unknown => sent.push(ask('report', event));
  // Mocha constructs its reporter, and hands it what runs the tests.
  function Reporter(runner: Mocha.Runner): void {
    runner.on('suite', (suite) => suite.root || report({ event: 'suite', title: suite.title, depth: depthOf(suite) }));
    runner.on('pass', (test) =>
      report({ event: 'pass', title: test.title, depth: depthOf(test), ms: test.duration ?? 0 }),
    );
    runner.on('pending', (test) => report({ event: 'skip', title: test.title, depth: depthOf(test) }));
    runner.on('fail', (test, error) =>
      report({ event: 'fail', title: test.title, depth: depthOf(test), error: causeOf(error) }),
    );
  }
  mocha.reporter(Reporter as unknown as Mocha.ReporterConstructor);
  const restore = copyConsole((line) => report({ event: 'log', line }));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  restore();
  await Promise.all(sent);
  if (failures > 0) throw new Error(`${failures} of the tests inside VS Code failed.`);
}
