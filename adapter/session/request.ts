import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from './arguments.ts';
import type { Session } from './session-state.ts';

/**
 * A request that cannot be carried out, for a reason worth telling. `showUser` asks the client to say it aloud;
 * without it the message stays where the request came from (a hover that means nothing, a watch that does not parse).
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly showUser: boolean;

  constructor(message: string, showUser = false) {
    super(message);
    this.showUser = showUser;
  }
}

/** Answers one DAP command: what it returns is the response's body, what it throws its error. */
export type Handler = (session: Session, args: Arguments, request: DebugProtocol.Request) => unknown;

/** Handlers by command name. */
export type HandlerTable = Readonly<Record<string, Handler>>;
