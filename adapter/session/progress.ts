import { ProgressEndEvent, ProgressStartEvent, ProgressUpdateEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client.ts';

/** Work shorter than this is not worth a word. */
const SHOW_AFTER_MS = 500;
const UPDATE_EVERY_MS = 200;

/** Progress of a request that may take long, for clients that show it. */
export class Progress {
  readonly id: string;
  readonly #client: Client;
  readonly #title: string;
  readonly #request: number;
  readonly #began = Date.now();
  readonly #cancellable: boolean;
  #shown = false;
  #updated = 0;

  /** @param cancellable the client may ask for an end of it */
  constructor(client: Client, title: string, request: number, cancellable = true) {
    this.#cancellable = cancellable;
    this.#client = client;
    this.#title = title;
    this.#request = request;
    this.id = `request-${request}`;
  }

  /** @param part how much is done, 0 to 1; null where nobody knows */
  update(part: number | null, message: string): void {
    const now = Date.now();
    if (!this.#client.showsProgress || now - this.#began < SHOW_AFTER_MS || now - this.#updated < UPDATE_EVERY_MS)
      return;
    this.#updated = now;
    const percentage = part === null ? {} : { percentage: Math.min(100, Math.round(part * 100)) };
    if (!this.#shown) {
      this.#shown = true;
      const start: DebugProtocol.ProgressStartEvent = new ProgressStartEvent(this.id, this.#title, message);
      Object.assign(start.body, { cancellable: this.#cancellable, requestId: this.#request, ...percentage });
      this.#client.send(start);
      return;
    }
    const update: DebugProtocol.ProgressUpdateEvent = new ProgressUpdateEvent(this.id, message);
    Object.assign(update.body, percentage);
    this.#client.send(update);
  }

  /** To be called whatever came of it. */
  end(): void {
    if (this.#shown) this.#client.send(new ProgressEndEvent(this.id));
  }
}
