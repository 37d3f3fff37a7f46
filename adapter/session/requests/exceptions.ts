import type { DebugProtocol } from '@vscode/debugprotocol';
import { Gate } from '../breakpoints/gate.ts';
import { filterLabel, isFilter, type ExceptionFilter } from '../breakpoints/filters.ts';
import { unverified } from '../breakpoints/line-breakpoints.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';
import { remarkOf } from '../variables/access.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import { readGate } from '../breakpoints/read-gate.ts';

/** Exception filters: stops before an access that is not as it should be. */
export const EXCEPTIONS: HandlerTable = {
  setExceptionBreakpoints(session, args) {
    const { debuggee } = session;
    const set: ExceptionFilter[] = [];
    const breakpoints: DebugProtocol.Breakpoint[] = [];
    const add = (filter: string, gate: () => Gate): void => {
      const id = debuggee.nextBreakpointId();
      try {
        if (!isFilter(filter)) throw new RequestError(`there is no exception filter "${filter}"`);
        set.push({ id, filter, gate: gate() });
        breakpoints.push({ id, verified: true });
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        breakpoints.push(unverified(id, error.message));
      }
    };
    for (const filter of args.strings('filters')) add(filter, () => new Gate(null, null));
    for (const option of args.list('filterOptions'))
      add(option.string('filterId'), () => readGate(debuggee.language, option));
    debuggee.exceptionFilters.set(set);
    debuggee.face.divergence?.watch('filter', debuggee.exceptionFilters.divergence);
    return { breakpoints };
  },

  exceptionInfo(session, args) {
    args.integer('threadId');
    const { guest, control, frames } = session.stopped;
    const { filter, text } = control.lastStop;
    if (filter === 'divergence') {
      const details = { typeName: filterLabel(filter), ...(text === undefined ? {} : { message: text }) };
      return { exceptionId: filter, description: text ?? filterLabel(filter), breakMode: 'always', details };
    }
    const frame = frames.currentFrame;
    if (filter === undefined || frame.entry >= guest.total)
      throw new RequestError('the guest did not stop at an exception');
    const operation = guest.operation(frame.entry);
    const remark = remarkOf(guest, frame);
    const facts = [
      operation.text,
      ...(remark === null ? [] : [remark]),
      ...(operation.register === null ? [] : [`register: ${operation.register}`]),
      ...(operation.address === null ? [] : [`address: ${hexOf(operation.address)}, ${operation.length} bytes`]),
      ...(operation.line === null ? [] : [`line: ${operation.line}`]),
    ];
    return {
      exceptionId: filter,
      description: remark ?? operation.text,
      breakMode: 'always',
      details: { typeName: filterLabel(filter), message: facts.join('\n') },
    };
  },
};
