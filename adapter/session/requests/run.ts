import { RequestError } from '../request-error.ts';
import type { Handler, HandlerTable } from '../request.ts';
import { CONTINUE, REVERSE, STEP, STEP_BACK, type Course } from '../run/course.ts';

/** Every step, whatever its granularity, is one entry: there is nothing to step into or out of. */
function goes(course: Course, body?: unknown): Handler {
  return (session, args) => {
    if (args.has('threadId')) args.integer('threadId');
    session.stopped.control.resume(course);
    return body;
  };
}

/** Run control. All vCPUs go together: time is one line. */
export const RUN: HandlerTable = {
  continue: goes(CONTINUE, { allThreadsContinued: true }),
  reverseContinue: goes(REVERSE),
  next: goes(STEP),
  stepIn: goes(STEP),
  stepOut: goes(STEP),
  stepBack: goes(STEP_BACK),

  pause(session) {
    const { runner } = session.debuggee;
    if (!runner.running) throw new RequestError('the guest is not running');
    runner.pause();
  },
};
