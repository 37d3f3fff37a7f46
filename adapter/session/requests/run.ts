import { RequestError } from '../request-error.ts';
import type { Handler, HandlerTable } from '../request.ts';
import { CONTINUE, REVERSE, STEP, STEP_BACK, type Course, type Motion } from '../run/course.ts';

/** Over entries alone: a recording has nothing to step into or out of. */
function goes(course: Course): Handler {
  return (session, args) => {
    if (args.has('threadId')) args.integer('threadId');
    session.stopped.control.resume(course);
  };
}

/** Movements of a CPU, where the guest has one. */
function moves(course: Course, kind: Motion['kind'], body?: unknown): Handler {
  return (session, args) => {
    const { control, frames } = session.stopped;
    const thread = args.optionalInteger('threadId') ?? frames.currentThread;
    const granularity = args.optionalOneOf('granularity', ['statement', 'line', 'instruction']);
    const unit = granularity === 'instruction' ? 'instruction' : 'line';
    control.resume({ ...course, motion: { kind, unit, thread } });
    return body;
  };
}

/** Run control. All vCPUs go together: time is one line. */
export const RUN: HandlerTable = {
  continue: moves(CONTINUE, 'continue', { allThreadsContinued: true }),
  reverseContinue: goes(REVERSE),
  next: moves(STEP, 'over'),
  stepIn: moves(STEP, 'into'),
  stepOut: moves(STEP, 'out'),
  stepBack: goes(STEP_BACK),

  pause(session) {
    const { runner } = session.debuggee;
    if (!runner.running) throw new RequestError('the guest is not running');
    runner.pause();
  },
};
