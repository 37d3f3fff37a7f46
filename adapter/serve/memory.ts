import { GuestStateError } from '../guest/guest.ts';
import { PAGE } from '../guest/simulated/core/guest-memory.ts';
import type { SimulatedGuest } from '../guest/simulated/simulated-guest.ts';
import { FrameMemoryError, readBytes, writeSteps } from '../guest/frame-memory.ts';
import { TargetError, type AddressSpace } from '../rsp/stub/target.ts';

/** An address, and whose it is. */
export interface Place {
  readonly vcpu: number;
  readonly space: AddressSpace;
  readonly address: bigint;
}

/**
 * What a vCPU reads, up to where it cannot: memory, and the interrupt controller's frames as they are without side
 * effect. Other devices are not touched: reading them would change them.
 */
export function readMemory(guest: SimulatedGuest, place: Place, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const physical = physicalAt(guest, place, done);
    if (physical === null) break;
    const count = Math.min(length - done, PAGE - (physical % PAGE));
    const piece = guest.machine.core.ram.physical(physical, count) ?? readFrame(guest, place.vcpu, physical, count);
    if (piece.length === 0) break;
    bytes.set(piece, done);
    done += piece.length;
  }
  return bytes.subarray(0, done);
}

/** The physical address some bytes behind a place; null where there is none. */
function physicalAt(
  { machine: { core } }: SimulatedGuest,
  { vcpu, space, address }: Place,
  offset: number,
): number | null {
  const at = BigInt.asUintN(64, address + BigInt(offset));
  if (space === 'virtual') return core.translate(vcpu, at);
  return at <= Number.MAX_SAFE_INTEGER ? Number(at) : null;
}

function readFrame(guest: SimulatedGuest, vcpu: number, address: number, length: number): Uint8Array {
  guest.refresh();
  return readBytes(guest, { address, vcpu }, length);
}

/** The memory at a place, as it is: not a copy; null where not all of it is memory. */
function memoryAt(guest: SimulatedGuest, place: Place, length: number): Uint8Array[] | null {
  const pieces: Uint8Array[] = [];
  for (let done = 0; done < length;) {
    const physical = physicalAt(guest, place, done);
    if (physical === null) return null;
    const piece = guest.machine.core.ram.physical(physical, Math.min(length - done, PAGE - (physical % PAGE)));
    if (piece === null) return null;
    pieces.push(piece);
    done += piece.length;
  }
  return pieces;
}

/** @throws TargetError where nothing can be written; nothing has changed then */
export function writeMemory(guest: SimulatedGuest, place: Place, bytes: Uint8Array): void {
  const pieces = memoryAt(guest, place, bytes.length);
  if (pieces !== null) {
    let done = 0;
    for (const piece of pieces) {
      piece.set(bytes.subarray(done, done + piece.length));
      done += piece.length;
    }
    // It may be code, or translation tables.
    guest.machine.core.forget();
    return;
  }
  const { vcpu } = place;
  const physical = physicalAt(guest, place, 0);
  if (physical === null) throw new TargetError('there is no memory');
  try {
    const steps = writeSteps(guest, { address: physical, vcpu }, bytes);
    guest.edit(steps, `GDB writes ${bytes.length} bytes at 0x${physical.toString(16)}`);
  } catch (error) {
    if (error instanceof FrameMemoryError || error instanceof GuestStateError) throw new TargetError(error.message);
    throw error;
  }
}
