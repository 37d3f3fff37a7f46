import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DataBreakpoint } from '../breakpoints/data-breakpoints.ts';
import { unverified } from '../breakpoints/line-breakpoints.ts';
import type { Gate } from '../breakpoints/gate.ts';
import type { Debuggee } from '../debuggee.ts';
import type { MemoryWatch } from '../face.ts';
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
    if (args.boolean('asAddress', false)) return memoryInfo(debuggee, name, args.optionalInteger('bytes', 1) ?? 1);
    if (!debuggee.guest.capabilities.seesAll) return { dataId: null, description: UNSEEN };
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
    const watched: MemoryWatch[] = [];
    const breakpoints = args.list('breakpoints').map((one): DebugProtocol.Breakpoint => {
      const id = debuggee.nextBreakpointId();
      try {
        const access = one.optionalString('accessType') ?? 'write';
        const memory = MEMORY_ID.exec(one.string('dataId'));
        if (memory !== null && debuggee.face.machine !== null) {
          watched.push(memoryWatch(memory, access, id, readGate(debuggee.language, one)));
          return { id, verified: true };
        }
        if (!debuggee.guest.capabilities.seesAll) throw new RequestError(UNSEEN);
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
    debuggee.face.machine?.watch(watched);
    return { breakpoints };
  },
};

const UNSEEN =
  'a target’s controller changes unseen while it runs: step to the next access that matches, as access.register == GICD_CTLR';

/** Memory by address: the id holds beyond the session. */
const MEMORY_ID = /^memory:(0x[0-9a-f]{1,16}):(\d{1,6})$/;
const MOST_BYTES = 65_536;

function memoryInfo(debuggee: Debuggee, name: string, bytes: number): unknown {
  if (debuggee.face.machine === null) return { dataId: null, description: 'a recording has no memory to watch' };
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(name)) return { dataId: null, description: `${name} is not an address` };
  if (bytes > MOST_BYTES) return { dataId: null, description: `${bytes} bytes are too many: at most ${MOST_BYTES}` };
  const address = `0x${BigInt.asUintN(64, BigInt(name)).toString(16)}`;
  const description = `${bytes} ${bytes === 1 ? 'byte' : 'bytes'} at ${address}`;
  return {
    dataId: `memory:${address}:${bytes}`,
    description,
    accessTypes: ['read', 'write', 'readWrite'],
    canPersist: true,
  };
}

function memoryWatch(match: RegExpExecArray, access: string, id: number, gate: Gate): MemoryWatch {
  return {
    id,
    address: BigInt(match[1] ?? 0),
    length: Number(match[2]),
    read: access !== 'write',
    write: access !== 'read',
    gate,
  };
}
