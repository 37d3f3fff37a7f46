import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';

/** What frames lie in, as text. */
export const SOURCES: HandlerTable = {
  async source(session, args) {
    const { sources } = session.debuggee.face;
    const text = sources.text(args.optionalInteger('sourceReference') ?? 0, args.object('source'));
    if (text === null) throw new RequestError('there is no such source');
    return { content: await text };
  },

  loadedSources(session) {
    return { sources: session.debuggee.face.sources.loaded };
  },
};
