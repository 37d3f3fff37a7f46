// The suite's side of the bridge. It runs inside VS Code's extension host.
import {
  BRIDGE_VARIABLE,
  DEFAULT_TIMEOUT_MS,
  type CommandName,
  type Commands,
  type Reply,
  type ThemeKind,
} from './commands.ts';

/** The window could not do what a test asked. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
}

interface Patience {
  /** Milliseconds. */
  readonly timeout?: number;
}

interface InWebview extends Patience {
  /** Which webview is meant, where several are shown: the one that holds this CSS selector. */
  readonly having?: string;
}

/** Sends one command to the window. The functions below are its readable forms. */
export async function ask<Name extends CommandName>(
  cmd: Name,
  takes: Commands[Name]['takes'] & Patience,
): Promise<Commands[Name]['gives']> {
  const port = process.env[BRIDGE_VARIABLE];
  if (port === undefined)
    throw new BridgeError(`${BRIDGE_VARIABLE} is not set: run the suite by test/vscode/host/run.ts.`);
  const timeout = takes.timeout ?? DEFAULT_TIMEOUT_MS;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cmd, ...takes }),
    // the other side gives up first, and says why
    signal: AbortSignal.timeout(timeout + 5_000),
  });
  const reply = (await response.json()) as Reply;
  if (!reply.ok) throw new BridgeError(`${cmd}: ${reply.error}`);
  return reply.value;
}

/** Saves a picture of the window (or of one element) and answers with its path. */
export function screenshot(name: string, options: { selector?: string } & Patience = {}): Promise<string> {
  return ask('screenshot', { name, ...options });
}

export function text(selector: string, options: Patience = {}): Promise<string> {
  return ask('text', { selector, ...options });
}

export function texts(selector: string, options: Patience = {}): Promise<string[]> {
  return ask('texts', { selector, ...options });
}

export async function click(
  selector: string,
  options: { button?: 'left' | 'right'; double?: boolean } & Patience = {},
): Promise<void> {
  await ask('click', { selector, ...options });
}

export async function hover(selector: string, options: Patience = {}): Promise<void> {
  await ask('hover', { selector, ...options });
}

/** Waits until an element that matches is visible, or with `gone` until none is. */
export async function wait(selector: string, options: { gone?: boolean } & Patience = {}): Promise<void> {
  await ask('wait', { selector, ...options });
}

/** Presses a key in playwright's notation: `F10`, `Control+Shift+P`. */
export async function key(name: string, options: Patience = {}): Promise<void> {
  await ask('key', { key: name, ...options });
}

export async function type(words: string, options: Patience = {}): Promise<void> {
  await ask('type', { text: words, ...options });
}

export async function theme(kind: ThemeKind, options: Patience = {}): Promise<void> {
  await ask('theme', { kind, ...options });
}

export async function resize(width: number, height: number): Promise<void> {
  await ask('resize', { width, height });
}

/** Evaluates an expression, given as text, in the workbench page. */
export function evaluate(script: string, options: Patience = {}): Promise<unknown> {
  return ask('eval', { script, ...options });
}

export function webviewText(selector: string, options: InWebview = {}): Promise<string> {
  return ask('webviewText', { selector, ...options });
}

export function webviewTexts(selector: string, options: InWebview = {}): Promise<string[]> {
  return ask('webviewTexts', { selector, ...options });
}

export async function webviewClick(selector: string, options: { double?: boolean } & InWebview = {}): Promise<void> {
  await ask('webviewClick', { selector, ...options });
}

/** Puts text into an input, as typing would. */
export async function webviewFill(selector: string, words: string, options: InWebview = {}): Promise<void> {
  await ask('webviewFill', { selector, text: words, ...options });
}

/** Focuses an element and presses a key there. */
export async function webviewKey(selector: string, name: string, options: InWebview = {}): Promise<void> {
  await ask('webviewKey', { selector, key: name, ...options });
}

export async function webviewWait(selector: string, options: { gone?: boolean } & InWebview = {}): Promise<void> {
  await ask('webviewWait', { selector, ...options });
}

/** Evaluates an expression, given as text, in the webview. A promise is waited for. */
export function webviewEval(script: string, options: InWebview = {}): Promise<unknown> {
  return ask('webviewEval', { script, ...options });
}
