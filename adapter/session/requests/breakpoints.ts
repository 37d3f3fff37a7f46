import type { HandlerTable } from '../request.ts';

/** Breakpoints in code: on lines, functions and instructions. */
export const BREAKPOINTS: HandlerTable = {
  setBreakpoints(session, args) {
    const { breakpoints } = session.debuggee.face;
    return { breakpoints: breakpoints.set(args.object('source'), args.list('breakpoints')) };
  },

  setFunctionBreakpoints(session, args) {
    return { breakpoints: session.debuggee.face.breakpoints.setFunctions(args.list('breakpoints')) };
  },

  setInstructionBreakpoints(session, args) {
    return { breakpoints: session.debuggee.face.breakpoints.setInstructions(args.list('breakpoints')) };
  },

  breakpointLocations(session, args) {
    const { debuggee, client } = session;
    const first = client.fromLine(args.integer('line'));
    const last = args.has('endLine') ? client.fromLine(args.integer('endLine')) : first;
    const lines = debuggee.face.breakpoints.locations(args.object('source'), first, last);
    return { breakpoints: lines.map((line) => ({ line: client.line(line), column: client.firstColumn })) };
  },
};
