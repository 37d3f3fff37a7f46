import { stripVTControlCharacters } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { deferred } from './deferred.ts';

const WORKBENCH_TIMEOUT_MS = 60_000;

interface WorkbenchOptions {
  readonly port: number;
  /** The folder to open. */
  readonly folder: string;
  readonly extensionDevelopmentPath: string;
  /** A CommonJS module with `run(): Promise<void>`, run inside the extension host. Without it the window just opens. */
  readonly extensionTestsPath?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** Called for every line that VS Code logs. */
  readonly onLog?: (line: string) => void;
}

/** A VS Code window in a browser. */
export interface Workbench {
  readonly page: Page;
  /** What the tests ended with; it never settles for a window without tests. */
  readonly exitCode: Promise<number>;
}

/** Opens a VS Code window with the extension loaded from its sources, as "Extension Development Host" does. */
export async function openWorkbench(browser: Browser, options: WorkbenchOptions): Promise<Workbench> {
  const { port, onLog = () => undefined } = options;
  const page = await browser.newPage({ viewport: options.size ?? { width: 1600, height: 1000 } });
  const exit = deferred<number>();
  page.on('crash', () => exit.reject(new Error('The page that shows VS Code has crashed.')));
  await page.exposeFunction('codeAutomationExit', (code: number) => exit.resolve(code));
  await page.exposeFunction('codeAutomationLog', (level: string, args: unknown) =>
    onLog(`[${level}] ${logLine(args)}`),
  );
  page.on('pageerror', (error) => onLog(`[page error] ${error.stack ?? error.message}`));

  const remote = (file: string): string => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [['extensionDevelopmentPath', remote(options.extensionDevelopmentPath)]];
  if (options.extensionTestsPath !== undefined)
    payload.push(['extensionTestsPath', remote(options.extensionTestsPath)]);
  const query = new URLSearchParams({ folder: options.folder, payload: JSON.stringify(payload) });
  await page.goto(`http://127.0.0.1:${port}/?${query.toString()}`);
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: WORKBENCH_TIMEOUT_MS });
  return { page, exitCode: exit.promise };
}

/** Arguments of a `console` call, without the colours it was written for. */
function logLine(args: unknown): string {
  const list: readonly unknown[] = Array.isArray(args) ? args : [args];
  const line = list.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
  return stripVTControlCharacters(line.replaceAll('%c', '')).trimEnd();
}
