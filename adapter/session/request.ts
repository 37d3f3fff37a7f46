import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from './arguments.ts';
import type { Session } from './session-state.ts';

/** Answers one DAP command: what it returns is the response's body, what it throws its error. */
export type Handler = (session: Session, args: Arguments, request: DebugProtocol.Request) => unknown;

/** Handlers by command name. */
export type HandlerTable = Readonly<Record<string, Handler>>;
