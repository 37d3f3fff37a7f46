import type { DivergenceResponse } from '../../../protocol.ts';
import { RequestError } from '../../request-error.ts';
import type { HandlerTable } from '../../request.ts';
import { describeDivergence, VIEW } from '../../views/divergence.ts';

/** Where target and model differ: what was found up to now. It was looked at before, where the target stands. */
export const DIVERGENCE: HandlerTable = {
  'gic/divergence'(session, args): DivergenceResponse {
    const { face, guest, publisher } = session.debuggee;
    const { divergence } = face;
    if (divergence === undefined) {
      throw new RequestError(
        'only targets behind a GDB stub are compared with a model: here the model is what is debugged',
      );
    }
    if (args.has('watch')) divergence.watch(VIEW, args.boolean('watch', false));
    if (args.has('clear') && args.boolean('clear', false)) divergence.clear();
    return { version: publisher.version, ...describeDivergence(divergence, guest.controller.config.cpus) };
  },
};
