// What the suite, inside VS Code, can ask of the window it runs in. Types only: both sides of the bridge share them.

/** Which webview is meant, where several are shown: the one that holds this CSS selector. */
interface InWebview {
  readonly having?: string;
}

interface Selected {
  readonly selector: string;
}

/** Every command with what it takes and what it answers. */
export interface Commands {
  /** Saves a picture of the window, or of the first element that matches, and answers with its path. */
  screenshot: { takes: { readonly name: string; readonly selector?: string }; gives: string };
  /** The text of the first element that matches in the workbench, waiting until it is there. */
  text: { takes: Selected; gives: string };
  /** The texts of all visible elements that match in the workbench, at once. */
  texts: { takes: Selected; gives: string[] };
  click: { takes: Selected & { readonly button?: 'left' | 'right'; readonly double?: boolean }; gives: null };
  hover: { takes: Selected; gives: null };
  /** Waits until an element that matches is visible, or none is. */
  wait: { takes: Selected & { readonly gone?: boolean }; gives: null };
  /** A key in playwright's notation: `F10`, `Control+Shift+P`. */
  key: { takes: { readonly key: string }; gives: null };
  type: { takes: { readonly text: string }; gives: null };
  /** Switches the colour theme and waits until the window shows it. */
  theme: { takes: { readonly kind: ThemeKind }; gives: null };
  resize: { takes: { readonly width: number; readonly height: number }; gives: null };
  /** Evaluates an expression in the workbench page. */
  eval: { takes: { readonly script: string }; gives: unknown };

  webviewText: { takes: Selected & InWebview; gives: string };
  webviewTexts: { takes: Selected & InWebview; gives: string[] };
  webviewClick: { takes: Selected & InWebview & { readonly double?: boolean }; gives: null };
  webviewFill: { takes: Selected & InWebview & { readonly text: string }; gives: null };
  /** A key, after the element has been given the focus. */
  webviewKey: { takes: Selected & InWebview & { readonly key: string }; gives: null };
  webviewWait: { takes: Selected & InWebview & { readonly gone?: boolean }; gives: null };
  /** Evaluates an expression in the webview; a promise is waited for. */
  webviewEval: { takes: { readonly script: string } & InWebview; gives: unknown };

  /** How the tests fare, for the report and the totals. */
  report: { takes: TestEvent; gives: null };
}

export type ThemeKind = 'dark' | 'light' | 'highContrast';

/** One line of the report; `log` is something printed to the console meanwhile. */
export type TestEvent =
  | { readonly event: 'log'; readonly line: string }
  | { readonly event: 'suite'; readonly title: string; readonly depth: number }
  | { readonly event: 'pass'; readonly title: string; readonly depth: number; readonly ms: number }
  | { readonly event: 'skip'; readonly title: string; readonly depth: number }
  | { readonly event: 'fail'; readonly title: string; readonly depth: number; readonly error: string };

export type CommandName = keyof Commands;

/** What is sent over the bridge; `timeout` in milliseconds. */
export type Request = {
  [Name in CommandName]: { readonly cmd: Name; readonly timeout?: number } & Commands[Name]['takes'];
}[CommandName];

export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

/** The environment variable that tells the suite the bridge's port. */
export const BRIDGE_VARIABLE = 'GIC_TEST_BRIDGE';

/** The environment variable that holds a pattern: only tests whose full title matches it are run. */
export const GREP_VARIABLE = 'GIC_TEST_GREP';

/** How long a command may take unless it says otherwise. */
export const DEFAULT_TIMEOUT_MS = 10_000;
