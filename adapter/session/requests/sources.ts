import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';

/** The recording as text. */
export const SOURCES: HandlerTable = {
  async source(session, args) {
    const { recording } = session.debuggee;
    const reference = args.optionalInteger('sourceReference') ?? 0;
    const meant = reference !== 0 ? recording.isReference(reference) : recording.is(args.object('source'));
    if (!meant) throw new RequestError('there is no such source');
    return { content: await recording.text() };
  },

  loadedSources(session) {
    return { sources: [session.debuggee.recording.source] };
  },
};
