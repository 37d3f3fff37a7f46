import type { StepResponse } from '../../../protocol.ts';
import type { Debuggee } from '../../debuggee.ts';
import { RequestError } from '../../request-error.ts';
import type { HandlerTable } from '../../request.ts';
import type { Course } from '../../run/course.ts';
import type { Stop } from '../../run/stop.ts';

/** Custom requests that move: they answer when the guest has arrived. */
export const STEP_TO: HandlerTable = {
  async 'gic/step'(session, args): Promise<StepResponse> {
    const debuggee = session.stopped;
    const direction = args.oneOf('direction', ['forward', 'backward']);
    const to = args.optionalInteger('to', 0, debuggee.guest.total);
    const until = args.optionalString('until')?.trim() ?? '';
    let stop: Stop | null;
    if (to !== undefined) stop = await debuggee.control.goTo(to);
    else if (until === '') stop = await debuggee.control.travel({ direction, entries: 1 }, debuggee.traps, null);
    else
      stop = await goUntil(
        debuggee,
        { direction, entries: Infinity, until: debuggee.language.condition(until) },
        until,
      );
    if (stop === null) throw new RequestError('the session has ended');
    return { version: debuggee.publisher.version, position: debuggee.guest.position };
  },
};

/** Goes to a matching access. Where there is none, or the expression fails on the way, the guest stays where it was. */
async function goUntil(debuggee: Debuggee, course: Course, until: string): Promise<Stop | null> {
  const { control, guest, traps } = debuggee;
  const origin = guest.position;
  let told = false;
  const back = (): void => {
    guest.jump(origin);
    if (told) control.arrive({ reason: 'pause', description: `No access matches ${until}` });
  };
  let stop: Stop | null;
  try {
    stop = await control.run(course, traps, () => {
      told = true;
      control.continued();
    });
  } catch (error) {
    back();
    throw error;
  }
  if (stop?.exhausted === true) {
    back();
    throw new RequestError(`no ${course.direction === 'forward' ? 'later' : 'earlier'} access matches ${until}`);
  }
  if (stop !== null) control.arrive(stop);
  return stop;
}
