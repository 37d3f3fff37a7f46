import { GuestStateError } from '../../guest/guest.ts';
import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import { FrameMemoryError, readBytes, writeSteps } from '../../guest/frame-memory.ts';
import { TargetError } from '../stub/target.ts';

const PAGE = 4096;

/**
 * What a vCPU reads at a virtual address, up to where it cannot: memory, and the interrupt controller's frames as they
 * are without side effect. Other devices are not touched: reading them would change them.
 */
export function readMemory(guest: SimulatedGuest, vcpu: number, address: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const at = BigInt.asUintN(64, address + BigInt(done));
    let piece = guest.machine.readVirtual(vcpu, at, length - done);
    if (piece.length === 0) piece = readFrame(guest, vcpu, at, length - done);
    if (piece.length === 0) break;
    bytes.set(piece, done);
    done += piece.length;
  }
  return bytes.subarray(0, done);
}

function readFrame(guest: SimulatedGuest, vcpu: number, address: bigint, length: number): Uint8Array {
  const physical = guest.machine.core.translate(vcpu, address);
  if (physical === null) return new Uint8Array();
  guest.refresh();
  return readBytes(guest, { address: physical, vcpu }, Math.min(length, PAGE - (physical % PAGE)));
}

/** @throws TargetError where nothing can be written; nothing has changed then */
export function writeMemory(guest: SimulatedGuest, vcpu: number, address: bigint, bytes: Uint8Array): void {
  const { machine } = guest;
  if (machine.writeVirtual(vcpu, address, bytes)) {
    // It may be code, or translation tables.
    machine.core.forget();
    return;
  }
  const physical = machine.core.translate(vcpu, address);
  if (physical === null) throw new TargetError('there is no memory');
  try {
    const steps = writeSteps(guest, { address: physical, vcpu }, bytes);
    guest.edit(steps, `GDB writes ${bytes.length} bytes at 0x${physical.toString(16)}`);
  } catch (error) {
    if (error instanceof FrameMemoryError || error instanceof GuestStateError) throw new TargetError(error.message);
    throw error;
  }
}
