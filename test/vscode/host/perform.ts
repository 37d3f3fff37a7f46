import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { DEFAULT_TIMEOUT_MS, type Request } from './commands.ts';
import type { SettingsFile } from './settings-file.ts';
import { switchTheme } from './themes.ts';
import { findWebview } from './webviews.ts';

/** The window that commands are carried out in. */
export interface Window {
  readonly page: Page;
  readonly settings: SettingsFile;
  /** Where screenshots go. */
  readonly screenshots: string;
}

type Asked = Exclude<Request, { readonly cmd: 'report' }>;

/** Carries out one command of the suite and answers with its value. */
export async function perform(window: Window, request: Asked): Promise<unknown> {
  const { page } = window;
  const timeout = request.timeout ?? DEFAULT_TIMEOUT_MS;
  const patience = { timeout };
  const first = (selector: string): Locator => page.locator(selector).locator('visible=true').first();
  switch (request.cmd) {
    case 'screenshot':
      return takeScreenshot(window, request.name, request.selector, timeout);
    case 'text':
      return first(request.selector).innerText(patience);
    case 'texts':
      return page.locator(request.selector).locator('visible=true').allInnerTexts();
    case 'click': {
      const target = first(request.selector);
      const options = { ...patience, button: request.button ?? 'left' };
      return request.double === true ? target.dblclick(options) : target.click(options);
    }
    case 'hover':
      return first(request.selector).hover(patience);
    case 'wait':
      return waitFor(first(request.selector), request.gone, timeout);
    case 'key':
      return page.keyboard.press(request.key);
    case 'type':
      return page.keyboard.type(request.text);
    case 'theme':
      return switchTheme(page, window.settings, request.kind, timeout);
    case 'resize':
      return page.setViewportSize({ width: request.width, height: request.height });
    case 'eval':
      return page.evaluate(request.script);
    default:
      return performInWebview(page, request, timeout);
  }
}

type AskedInWebview = Extract<Asked, { readonly cmd: `webview${string}` }>;

async function performInWebview(page: Page, request: AskedInWebview, timeout: number): Promise<unknown> {
  const deadline = Date.now() + timeout;
  // An element that must be there identifies its webview; one that must go, or several, cannot.
  const mayBeAbsent =
    request.cmd === 'webviewEval' || request.cmd === 'webviewTexts' || (request.cmd === 'webviewWait' && request.gone);
  const having = request.having ?? (mayBeAbsent ? undefined : request.selector);
  const frame = await findWebview(page, having, deadline);
  const patience = { timeout: Math.max(1, deadline - Date.now()) };
  const first = (selector: string): Locator => visible(frame, selector).first();
  switch (request.cmd) {
    case 'webviewText':
      return first(request.selector).innerText(patience);
    case 'webviewTexts':
      return visible(frame, request.selector).allInnerTexts();
    case 'webviewClick': {
      const target = first(request.selector);
      return request.double === true ? target.dblclick(patience) : target.click(patience);
    }
    case 'webviewFill':
      return first(request.selector).fill(request.text, patience);
    case 'webviewKey':
      return first(request.selector).press(request.key, patience);
    case 'webviewWait':
      return waitFor(first(request.selector), request.gone, patience.timeout);
    case 'webviewEval':
      return frame.evaluate(request.script);
  }
}

function visible(frame: Frame, selector: string): Locator {
  return frame.locator(selector).locator('visible=true');
}

function waitFor(target: Locator, gone: boolean | undefined, timeout: number): Promise<void> {
  return target.waitFor({ state: gone === true ? 'hidden' : 'visible', timeout });
}

async function takeScreenshot(
  window: Window,
  name: string,
  selector: string | undefined,
  timeout: number,
): Promise<string> {
  if (!/^[\w.-]+$/.test(name))
    throw new Error(`A screenshot's name is made of letters, digits, ".", "_" and "-", not "${name}".`);
  await mkdir(window.screenshots, { recursive: true });
  const file = path.join(window.screenshots, `${name}.png`);
  const options = { path: file, timeout, animations: 'disabled', caret: 'hide' } as const;
  if (selector === undefined) await window.page.screenshot(options);
  else await window.page.locator(selector).first().screenshot(options);
  return file;
}
