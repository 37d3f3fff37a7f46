import * as vscode from 'vscode';
import type { OutputEvent } from '../../adapter/protocol.ts';
import { DEBUG_TYPE } from '../ids.ts';
import type { SessionStore } from './store.ts';

/** The UARTs of simulated guests as terminals: what a guest prints is shown, what is typed reaches it. */
export class GuestTerminals implements vscode.Disposable {
  readonly #store: SessionStore;
  readonly #open = new Map<string, GuestTerminal>();
  readonly #subscription: vscode.Disposable;

  constructor(store: SessionStore) {
    this.#store = store;
    this.#subscription = vscode.Disposable.from(
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === DEBUG_TYPE && event === 'gic/output' && isOutput(body)) this.#print(session, body.text);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.#open.get(session.id)?.end();
        this.#open.delete(session.id);
      }),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const terminal of this.#open.values()) terminal.end();
  }

  #print(session: vscode.DebugSession, text: string): void {
    let terminal = this.#open.get(session.id);
    if (!terminal) {
      terminal = new GuestTerminal(session.name, (typed) => this.#type(session.id, typed));
      this.#open.set(session.id, terminal);
    }
    terminal.print(text);
  }

  /** Typing into the terminal of a session that is gone reaches nobody. */
  #type(id: string, text: string): void {
    const session = this.#store.get(id);
    session?.request('gic/input', { text }).catch((error: unknown) => {
      void vscode.window.showWarningMessage(String(error));
    });
  }
}

/** One terminal. Guests end lines as they like: a bare line feed goes back to the first column, too. */
class GuestTerminal {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #terminal: vscode.Terminal;
  /** Printed before the terminal was ready. */
  #early: string | null = '';
  #last = '';

  constructor(name: string, type: (text: string) => void) {
    this.#terminal = vscode.window.createTerminal({
      name,
      iconPath: new vscode.ThemeIcon('circuit-board'),
      pty: {
        onDidWrite: this.#write.event,
        open: () => {
          const early = this.#early ?? '';
          this.#early = null;
          this.#write.fire(early);
        },
        close: () => {},
        handleInput: type,
      },
    });
    this.#terminal.show(true);
  }

  print(text: string): void {
    const lines = text.replace(/\n/g, (_, at: number) => ((text[at - 1] ?? this.#last) === '\r' ? '\n' : '\r\n'));
    this.#last = text.at(-1) ?? this.#last;
    if (this.#early === null) this.#write.fire(lines);
    else this.#early += lines;
  }

  /** What was printed stays readable. */
  end(): void {
    this.print('\r\n\x1b[2m[the guest has ended]\x1b[0m\r\n');
  }
}

function isOutput(body: unknown): body is OutputEvent {
  return typeof body === 'object' && body !== null && 'text' in body && typeof body.text === 'string';
}
