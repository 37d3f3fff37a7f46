import type { EditStep } from '../../gic/edit/step.ts';
import { deviceAt, FrameMemoryError, readBytes, writeSteps, type MemoryPlace } from '../../guest/frame-memory.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import type { Arguments } from '../arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { applyEdit } from '../edits.ts';
import { bankOf } from '../frames.ts';
import { parseMemoryReference } from '../memory/reference.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';

/** Bytes answered at most in one piece: more than the largest frame has. */
const MOST_BYTES = 1 << 20;

/** Instructions answered at most. */
const MOST_INSTRUCTIONS = 10_000;

/**
 * The frames as plain memory: reading disturbs nothing; writing is access by access what a guest would do. Everything
 * else is the memory of the guest's program, where there is one, at virtual addresses.
 */
export const MEMORY: HandlerTable = {
  readMemory(session, args) {
    const { debuggee } = session;
    const virtual = virtualPlace(debuggee, args);
    if (virtual !== null) return readVirtual(debuggee, virtual, args);
    const { reference, offset, place } = readPlace(debuggee, args);
    const count = args.integer('count', 0);
    const bytes = place.address < 0 ? new Uint8Array() : readBytes(debuggee.guest, place, Math.min(count, MOST_BYTES));
    if (bytes.length > 0) debuggee.publisher.remember(reference, offset, offset + bytes.length);
    const address = hexOf(Math.max(0, place.address));
    if (bytes.length === 0) return { address, unreadableBytes: count };
    const rest = count - bytes.length;
    return { address, data: Buffer.from(bytes).toString('base64'), ...(rest > 0 ? { unreadableBytes: rest } : {}) };
  },

  async writeMemory(session, args) {
    const debuggee = session.stopped;
    const text = args.string('data');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new RequestError('writeMemory: "data" is not base64');
    const bytes = Buffer.from(text, 'base64');
    const virtual = virtualPlace(debuggee, args);
    const { place } = virtual === null ? readPlace(debuggee, args) : { place: null };
    if (bytes.length === 0) return { bytesWritten: 0 };
    if (place === null) return writeVirtual(debuggee, virtual as bigint, bytes);
    const steps = stepsFor(debuggee, place, bytes);
    await applyEdit(debuggee, steps, `${bytes.length} bytes to ${hexOf(place.address)}`);
    debuggee.publisher.edited(steps);
    return { bytesWritten: bytes.length };
  },

  async disassemble(session, args) {
    const { machine } = session.stopped.face;
    if (machine === null) throw new RequestError('a recording has no instructions');
    const address = virtualPlace(session.debuggee, args);
    if (address === null) throw new RequestError(`no program is at ${args.string('memoryReference')}`);
    const count = Math.min(args.integer('instructionCount', 0), MOST_INSTRUCTIONS);
    return { instructions: await machine.disassemble(address, args.optionalInteger('instructionOffset') ?? 0, count) };
  },

  'gic/input'(session, args) {
    const { machine } = session.debuggee.face;
    if (machine === null) throw new RequestError('a recording takes no input');
    machine.input(new TextEncoder().encode(args.string('text')));
  },
};

/** @throws RequestError where a byte can go nowhere */
function stepsFor({ guest }: Debuggee, place: MemoryPlace, bytes: Uint8Array): EditStep[] {
  try {
    return writeSteps(guest, place, bytes);
  } catch (error) {
    throw error instanceof FrameMemoryError ? new RequestError(error.message) : error;
  }
}

/** Address of memory that is the guest's, and not of a frame; null: it is a frame's, or the guest has none. */
function virtualPlace(debuggee: Debuggee, args: Arguments): bigint | null {
  if (debuggee.face.machine === null) return null;
  const match = /^\s*(0x[0-9a-f]{1,16}|\d{1,20})\s*$/i.exec(args.string('memoryReference'));
  if (match?.[1] === undefined) return null;
  const start = BigInt(match[1]);
  if (start < BigInt(Number.MAX_SAFE_INTEGER) && deviceAt(debuggee.guest.registers, Number(start)) !== null)
    return null;
  return BigInt.asUintN(64, start + BigInt(args.optionalInteger('offset') ?? 0));
}

function readVirtual(debuggee: Debuggee, address: bigint, args: Arguments): unknown {
  const { machine, frames } = debuggee.face;
  const count = args.integer('count', 0);
  const bytes = machine?.readMemory(bankOf(frames.currentFrame), address, Math.min(count, MOST_BYTES));
  const name = `0x${address.toString(16)}`;
  if (bytes === undefined || bytes.length === 0) return { address: name, unreadableBytes: count };
  const rest = count - bytes.length;
  const data = Buffer.from(bytes).toString('base64');
  return { address: name, data, ...(rest > 0 ? { unreadableBytes: rest } : {}) };
}

async function writeVirtual(debuggee: Debuggee, address: bigint, bytes: Uint8Array): Promise<unknown> {
  const { machine, frames } = debuggee.face;
  if ((await machine?.writeMemory(bankOf(frames.currentFrame), address, bytes)) !== true) {
    throw new RequestError(`not all of the ${bytes.length} bytes at 0x${address.toString(16)} are memory`);
  }
  return { bytesWritten: bytes.length };
}

function readPlace(debuggee: Debuggee, args: Arguments): { reference: string; offset: number; place: MemoryPlace } {
  const reference = args.string('memoryReference');
  const offset = args.optionalInteger('offset') ?? 0;
  const { address, vcpu } = parseMemoryReference(reference, debuggee.guest.controller.config.cpus);
  return { reference, offset, place: { address: address + offset, vcpu } };
}
