import { InitializedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { Client } from './client.ts';
import type { Debuggee } from './debuggee.ts';
import type { Arguments } from './arguments.ts';
import { RequestError } from './request-error.ts';
import { CONTINUE } from './run/course.ts';

/** One debug session, from the client's `initialize` to its `disconnect`. */
export class Session {
  readonly client: Client;
  /** Called at the session's end. */
  readonly #onEnd: () => void;
  #debuggee: Debuggee | null = null;
  #stopOnEntry = true;
  #launching: { readonly request: number; cancelled: boolean } | null = null;
  #configured = false;
  #begun = false;
  #ended = false;
  /** The client knows that there is nothing to debug any more. */
  #terminated = false;
  #leave: ((terminate: boolean | null) => Promise<void>) | null = null;

  constructor(client: Client, onEnd: () => void) {
    this.client = client;
    this.#onEnd = onEnd;
  }

  /** What is debugged. @throws RequestError before a launch has succeeded */
  get debuggee(): Debuggee {
    if (this.#debuggee === null) throw new RequestError('nothing is being debugged yet: launch a recording first');
    return this.#debuggee;
  }

  /** Fetches what a request will look at, where that is elsewhere. */
  get prepare(): ((command: string, args: Arguments) => Promise<void>) | undefined {
    const debuggee = this.#debuggee;
    const prepare = debuggee?.face.prepare;
    if (!debuggee || !prepare) return undefined;
    return (command, args) => prepare(command, args, debuggee);
  }

  /** The same, standing still. @throws RequestError while it runs */
  get stopped(): Debuggee {
    const { debuggee } = this;
    debuggee.runner.requireStopped();
    return debuggee;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Starts a launch. Answers whether it has been cancelled since. @throws RequestError where there was one before */
  beginLaunch(request: number): () => boolean {
    if (this.#ended) throw new RequestError('the session has ended');
    if (this.#debuggee !== null || this.#launching !== null) {
      throw new RequestError('this session debugs a recording already');
    }
    const launch = { request, cancelled: false };
    this.#launching = launch;
    return () => launch.cancelled || this.#ended;
  }

  endLaunch(): void {
    this.#launching = null;
  }

  /** Cancels a launch under way; false where it is not that request's. */
  cancelLaunch(request: number): boolean {
    if (this.#launching?.request !== request) return false;
    this.#launching.cancelled = true;
    return true;
  }

  /** The launch has succeeded: the client may set its breakpoints. */
  launched(debuggee: Debuggee, stopOnEntry: boolean): void {
    this.#debuggee = debuggee;
    this.#stopOnEntry = stopOnEntry;
    this.client.send(new InitializedEvent());
    this.#begin();
  }

  /** The client has set them. */
  configured(): void {
    this.#configured = true;
    this.#begin();
  }

  #begin(): void {
    const debuggee = this.#debuggee;
    if (debuggee === null || !this.#configured || this.#begun) return;
    this.#begun = true;
    // In a turn of its own: the responses that are due go first.
    setImmediate(() => {
      if (this.#ended || this.#terminated) return;
      if (this.#stopOnEntry) debuggee.control.begin();
      else debuggee.control.resume(CONTINUE);
    });
  }

  /** Tells the client that there is nothing to debug any more. */
  terminate(): void {
    this.#debuggee?.end();
    if (!this.#terminated) this.client.send(new TerminatedEvent());
    this.#terminated = true;
  }

  /** What is debugged is gone, and nobody asked for that. */
  lost(reason: string): void {
    if (this.#ended || this.#terminated) return;
    this.client.output(reason, 'important');
    this.terminate();
  }

  /** @param leave how what is debugged is left; told whether to end it, null: as is usual for it */
  onLeave(leave: (terminate: boolean | null) => Promise<void>): void {
    this.#leave = leave;
  }

  /** The client goes. */
  async leave(terminate: boolean | null): Promise<void> {
    this.#debuggee?.end();
    await this.#leave?.(terminate);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#debuggee?.end();
    // A client that is gone without a goodbye leaves a target all the same.
    void (this.#leave?.(null) ?? Promise.resolve()).finally(() => this.#onEnd());
  }
}
