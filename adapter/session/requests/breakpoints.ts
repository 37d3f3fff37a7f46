import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../arguments.ts';
import { Gate } from '../breakpoints/gate.ts';
import { parseHitCondition } from '../breakpoints/hit-condition.ts';
import { unverified, type LineBreakpoint } from '../breakpoints/line-breakpoints.ts';
import type { Debuggee } from '../debuggee.ts';
import { parseLogMessage } from '../evaluate/log-message.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';

/** Locations answered at most: a client shows them beside one line. */
const MOST_LOCATIONS = 1000;

/** Breakpoints on lines of the recording. */
export const BREAKPOINTS: HandlerTable = {
  setBreakpoints(session, args) {
    const { debuggee, client } = session;
    const wanted = args.list('breakpoints');
    const ours = debuggee.recording.is(args.object('source'));
    const set: LineBreakpoint[] = [];
    const breakpoints = wanted.map((one): DebugProtocol.Breakpoint => {
      const id = debuggee.nextBreakpointId();
      if (!ours) return unverified(id, 'this file is not the recording that is being debugged');
      try {
        const breakpoint = readBreakpoint(debuggee, one, id, client.fromLine(one.integer('line')));
        set.push(breakpoint);
        return { id, verified: true, line: client.line(breakpoint.line), source: debuggee.recording.source };
      } catch (error) {
        if (error instanceof RequestError) return unverified(id, error.message);
        throw error;
      }
    });
    if (ours) debuggee.lineBreakpoints.set(set);
    return { breakpoints };
  },

  breakpointLocations(session, args) {
    const { debuggee, client } = session;
    if (!debuggee.recording.is(args.object('source'))) return { breakpoints: [] };
    const first = client.fromLine(args.integer('line'));
    const last = args.has('endLine') ? client.fromLine(args.integer('endLine')) : first;
    const lines = debuggee.lines.linesWithEntries(first, last, MOST_LOCATIONS);
    return { breakpoints: lines.map((line) => ({ line: client.line(line), column: client.firstColumn })) };
  },
};

/** @throws RequestError where it cannot be set as it is wanted */
function readBreakpoint(debuggee: Debuggee, args: Arguments, id: number, wanted: number): LineBreakpoint {
  const gate = readGate(debuggee, args);
  const message = args.optionalString('logMessage') ?? '';
  const log = message === '' ? null : parseLogMessage(message, (text) => debuggee.language.text(text));
  const entry = debuggee.lines.entryFrom(wanted);
  if (entry < 0) throw new RequestError('no operation at this line or behind it');
  return { id, line: debuggee.lines.lineOf(entry), gate, log };
}

/** The conditions of any kind of breakpoint. @throws RequestError where they do not parse */
export function readGate(debuggee: Debuggee, args: Arguments): Gate {
  const condition = args.optionalString('condition')?.trim() ?? '';
  const hits = args.optionalString('hitCondition')?.trim() ?? '';
  return new Gate(
    condition === '' ? null : debuggee.language.condition(condition),
    hits === '' ? null : parseHitCondition(hits),
  );
}
