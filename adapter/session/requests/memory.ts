import { hexOf } from '../../gic/inspect/decode.ts';
import type { Arguments } from '../arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { readBytes, writeSteps } from '../memory/bytes.ts';
import { parseMemoryReference, type MemoryPlace } from '../memory/reference.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';

/** Bytes answered at most in one piece: more than the largest frame has. */
const MOST_BYTES = 1 << 20;

/** The frames as plain memory. Reading disturbs nothing; writing is access by access what a guest would do. */
export const MEMORY: HandlerTable = {
  readMemory(session, args) {
    const { debuggee } = session;
    const { reference, offset, place } = readPlace(debuggee, args);
    const count = args.integer('count', 0);
    const bytes = place.address < 0 ? new Uint8Array() : readBytes(debuggee.guest, place, Math.min(count, MOST_BYTES));
    if (bytes.length > 0) debuggee.publisher.remember(reference, offset, offset + bytes.length);
    const address = hexOf(Math.max(0, place.address));
    if (bytes.length === 0) return { address, unreadableBytes: count };
    const rest = count - bytes.length;
    return { address, data: Buffer.from(bytes).toString('base64'), ...(rest > 0 ? { unreadableBytes: rest } : {}) };
  },

  writeMemory(session, args) {
    const debuggee = session.stopped;
    const { place } = readPlace(debuggee, args);
    const text = args.string('data');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new RequestError('writeMemory: "data" is not base64');
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length === 0) return { bytesWritten: 0 };
    const steps = writeSteps(debuggee.guest, place, bytes);
    debuggee.guest.edit(steps, `${bytes.length} bytes to ${hexOf(place.address)}`);
    debuggee.publisher.edited(steps);
    return { bytesWritten: bytes.length };
  },
};

function readPlace(debuggee: Debuggee, args: Arguments): { reference: string; offset: number; place: MemoryPlace } {
  const reference = args.string('memoryReference');
  const offset = args.optionalInteger('offset') ?? 0;
  const { address, vcpu } = parseMemoryReference(reference, debuggee.guest.controller.config.cpus);
  return { reference, offset, place: { address: address + offset, vcpu } };
}
