import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { Conversation } from '../../extension/panel/conversation.ts';
import { contentSecurityPolicy, panelHtml } from '../../extension/panel/html.ts';
import type { ToHost, ToWebview } from '../../webview/messages.ts';
import { FakeModel } from './fake-model.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const CODICONS = path.join(ROOT, 'node_modules/@vscode/codicons/dist');

const CHROMIUM = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** A panel in a real browser, under the real content-security policy, talking with the real host side. */
export interface Panel {
  readonly page: Page;
  readonly model: FakeModel;
  readonly conversation: Conversation;
  /** All the webview said, and was told. */
  readonly sent: ToHost[];
  /** Tells the webview something of the test's own making. */
  tell(message: ToWebview): Promise<void>;
  /** Hides the view and shows it again, as VS Code does: by destroying the page and loading it anew. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface PanelOptions {
  theme?: 'dark' | 'light';
  width?: number;
  height?: number;
}

/** Builds the webview once, serves it on the loopback interface, and opens panels. */
export class Harness {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #origin: string;
  /** Size of the minified bundle in bytes. */
  readonly bundleSize: number;

  private constructor(browser: Browser, server: Server, bundleSize: number) {
    this.#browser = browser;
    this.#server = server;
    this.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.bundleSize = bundleSize;
  }

  static async start(): Promise<Harness> {
    const bundle = await build({
      entryPoints: [path.join(ROOT, 'webview/main.ts')],
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      write: false,
    });
    const script = bundle.outputFiles[0]?.contents ?? new Uint8Array();
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      serve(pathname, searchParams, script).then(
        ([type, body]) => response.writeHead(200, { 'content-type': type }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Harness(await chromium.launch(CHROMIUM), server, script.byteLength);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async open(model: FakeModel = new FakeModel(), options: PanelOptions = {}): Promise<Panel> {
    const { theme = 'dark', width = 1180, height = 420 } = options;
    const context: BrowserContext = await this.#browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const sent: ToHost[] = [];
    const tell = (message: ToWebview): Promise<void> =>
      page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
    const conversation = new Conversation(model, (message) => void tell(message).catch(() => {}));
    await page.exposeFunction('toHost', (text: string) => {
      const message = JSON.parse(text) as ToHost;
      sent.push(message);
      conversation.receive(message);
    });
    const url = `${this.#origin}/?theme=${theme}`;
    await page.goto(url);
    const check = async (): Promise<void> => {
      assert.deepEqual(await page.evaluate('window.pageProblems'), []);
      assert.deepEqual(complaints, []);
    };
    return {
      page,
      model,
      conversation,
      sent,
      tell,
      async reopen() {
        await check();
        conversation.pause();
        await page.goto(url);
      },
      async close() {
        // Every test that opens a panel also proves that nothing in it broke the policy or threw.
        await check();
        conversation.dispose();
        await context.close();
      },
    };
  }
}

/** Puts an element's scroll bar where an expression over `element` says. */
export function scrollTo(page: Page, selector: string, top: string): Promise<void> {
  return page.evaluate(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    element.scrollTop = ${top};
  })()`);
}

export function scrollTopOf(page: Page, selector: string): Promise<number> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)}).scrollTop`);
}

async function serve(
  pathname: string,
  parameters: URLSearchParams,
  script: Uint8Array,
): Promise<[type: string, body: string | Uint8Array]> {
  switch (pathname) {
    case '/': {
      const html = panelHtml({ cspSource: "'self'", script: 'webview.js', iconStyles: 'codicon.css' });
      assert.ok(html.includes(contentSecurityPolicy("'self'")));
      const theme = parameters.get('theme') === 'light' ? 'light' : 'dark';
      const extra = `<link rel="stylesheet" href="${theme}.css" /><script src="host.js"></script></head>`;
      return ['text/html; charset=utf-8', html.replace('</head>', extra)];
    }
    case '/webview.js':
      return ['text/javascript; charset=utf-8', script];
    case '/codicon.css':
      return ['text/css', await readFile(path.join(CODICONS, 'codicon.css'))];
    case '/codicon.ttf':
      return ['font/ttf', await readFile(path.join(CODICONS, 'codicon.ttf'))];
    case '/favicon.ico':
      return ['image/x-icon', ''];
    case '/host.js':
      return ['text/javascript', await readFile(path.join(import.meta.dirname, 'page/host.js'))];
    default:
      return ['text/css', await readFile(path.join(import.meta.dirname, 'page', path.basename(pathname)))];
  }
}
