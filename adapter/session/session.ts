import { DebugSession, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Arguments } from './arguments.ts';
import { Client } from './client.ts';
import { isRefusal, RequestError } from './request-error.ts';
import { REQUESTS } from './requests/table.ts';
import { Session } from './session-state.ts';

/** Number of errors that are the request's or the guest's fault, and of those that are ours. */
const REFUSED = 1;
const BROKEN = 2;

/**
 * A debug session's end of the wire. The base class frames messages and counts them; requests go through a table of
 * handlers, and whatever a handler throws becomes an error response: nothing a client sends ends the adapter.
 */
export class GicDebugSession extends DebugSession {
  readonly #session: Session;

  /** @param onEnd called once, when the client has gone or said goodbye */
  constructor(onEnd: () => void) {
    super(true, true);
    // The base class ends the process at the first malformed message. It can be skipped instead.
    this.removeAllListeners('error');
    this.on('error', () => {});
    this.#session = new Session(new Client(this), onEnd);
    this.on('close', () => this.#session.end());
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      const body: unknown = await this.#handle(request);
      if (body !== undefined) response.body = body;
      this.sendResponse(response);
    } catch (error) {
      this.#refuse(response, error);
    }
    // Only now: a response sent to a closed connection would be lost.
    if (request.command === 'disconnect') this.#session.end();
  }

  async #handle(request: DebugProtocol.Request): Promise<unknown> {
    const { command } = request;
    const handler = typeof command === 'string' && Object.hasOwn(REQUESTS, command) ? REQUESTS[command] : undefined;
    if (handler === undefined) throw new RequestError(`unknown request "${command}"`);
    const args = new Arguments(request.arguments, command);
    const { prepare } = this.#session;
    if (prepare !== undefined) await prepare(command, args);
    return handler(this.#session, args, request);
  }

  #refuse(response: DebugProtocol.Response, error: unknown): void {
    const refused = isRefusal(error);
    const message = error instanceof Error ? error.message : String(error);
    response.success = false;
    response.message = message;
    response.body = {
      error: {
        id: refused ? REFUSED : BROKEN,
        // Braces in the format would be taken for variables.
        format: '{reason}',
        variables: { reason: refused ? message : `internal error: ${message}` },
        showUser: error instanceof RequestError ? error.showUser : false,
      },
    };
    if (!refused && error instanceof Error) process.stderr.write(`${error.stack ?? message}\n`);
    this.sendResponse(response);
  }
}
