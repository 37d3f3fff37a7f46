import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DataBreakpoint } from '../breakpoints/data-breakpoints.ts';
import { unverified } from '../breakpoints/line-breakpoints.ts';
import { bankOf } from '../frames.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';
import { childNamed } from '../variables/node.ts';
import { readGate } from '../breakpoints/read-gate.ts';
import { frameOf, nodeOf } from './stack.ts';

/**
 * Breakpoints on registers, fields and properties of interrupts. The id of the data is the expression that means it,
 * with the vCPU spelt out: it holds beyond the stop, and beyond the session.
 */
export const DATA_BREAKPOINTS: HandlerTable = {
  dataBreakpointInfo(session, args) {
    const debuggee = session.stopped;
    const name = args.string('name');
    const reference = args.optionalInteger('variablesReference') ?? 0;
    const expression = reference === 0 ? name : childNamed(nodeOf(debuggee, reference), name).evaluateName;
    if (expression === undefined) return { dataId: null, description: `${name} is nothing that changes by itself` };
    try {
      const watch = debuggee.language.watch(expression, bankOf(frameOf(debuggee, args)));
      return { dataId: watch.text, description: watch.text, accessTypes: ['write'], canPersist: true };
    } catch (error) {
      if (error instanceof RequestError) return { dataId: null, description: error.message };
      throw error;
    }
  },

  setDataBreakpoints(session, args) {
    const { debuggee } = session;
    const set: DataBreakpoint[] = [];
    const breakpoints = args.list('breakpoints').map((one): DebugProtocol.Breakpoint => {
      const id = debuggee.nextBreakpointId();
      try {
        const access = one.optionalString('accessType') ?? 'write';
        if (access !== 'write') throw new RequestError(`only changes can be watched, not "${access}"`);
        set.push({
          id,
          watch: debuggee.language.watch(one.string('dataId'), 0),
          gate: readGate(debuggee.language, one),
        });
        return { id, verified: true };
      } catch (error) {
        if (error instanceof RequestError) return unverified(id, error.message);
        throw error;
      }
    });
    debuggee.dataBreakpoints.set(set);
    return { breakpoints };
  },
};
