import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Frame } from '../frames.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';
import { childrenOf, type Node } from '../variables/node.ts';
import { toVariable } from '../variables/variable.ts';
import { scopesOf } from '../variables/scopes.ts';

/** Threads, their frames, and what is in them. */
export const STACK: HandlerTable = {
  threads(session) {
    return { threads: session.debuggee.frames.threads };
  },

  stackTrace(session, args) {
    const { frames } = session.stopped;
    const thread = args.integer('threadId');
    if (!frames.hasThread(thread)) throw new RequestError(`there is no thread ${thread}`);
    const start = args.optionalInteger('startFrame', 0) ?? 0;
    const levels = args.optionalInteger('levels', 0) ?? 0;
    const all = frames.stack(thread, session.client);
    return { stackFrames: all.slice(start, levels === 0 ? undefined : start + levels), totalFrames: all.length };
  },

  scopes(session, args) {
    const { guest, handles, frames, face } = session.stopped;
    const frame = frames.frame(args.integer('frameId'));
    if (frame === null) throw new RequestError('there is no such stack frame');
    const scopes = [...face.scopes(frame), ...scopesOf(guest, frame)].map(
      ({ node, expensive, hint }): DebugProtocol.Scope => {
        const scope: DebugProtocol.Scope = { name: node.name, variablesReference: handles.add(node), expensive };
        if (hint !== undefined) scope.presentationHint = hint;
        return scope;
      },
    );
    return { scopes };
  },

  variables(session, args) {
    const { handles } = session.debuggee;
    const node = nodeOf(session.debuggee, args.integer('variablesReference'));
    const filter = args.optionalOneOf('filter', ['indexed', 'named']);
    const start = args.optionalInteger('start', 0) ?? 0;
    const count = args.optionalInteger('count', 0) ?? 0;
    return { variables: childrenOf(node, filter, start, count).map((child) => toVariable(child, handles)) };
  },
};

/** The node of a reference. @throws RequestError where the guest has moved on since */
export function nodeOf(debuggee: Debuggee, reference: number): Node {
  const node = debuggee.handles.get(reference);
  if (node === null) throw new RequestError('these variables are out of date: the guest has moved on');
  return node;
}

/** The frame a request names, or the current one. */
export function frameOf(debuggee: Debuggee, args: Arguments): Frame {
  const id = args.optionalInteger('frameId');
  if (id === undefined) return debuggee.frames.currentFrame;
  return debuggee.frames.frame(id) ?? debuggee.frames.currentFrame;
}
