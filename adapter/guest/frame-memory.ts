import type { RegisterMap } from '../gic/inspect/register-map.ts';
import type { Device } from '../gic/mmio/dispatcher.ts';
import { W32, W64, W8 } from '../gic/registers/row.ts';
import type { EditStep } from '../gic/edit/step.ts';
import type { Guest } from './guest.ts';
import { hexOf } from '../gic/inspect/decode.ts';

/** An address, as a vCPU sees it. */
export interface MemoryPlace {
  readonly address: number;
  readonly vcpu: number;
}

/** Bytes that can go nowhere: says where, and why. */
export class FrameMemoryError extends Error {
  override readonly name = 'FrameMemoryError';
}

/** The frame at an address, or null. */
export function deviceAt(registers: RegisterMap, address: number): Device | null {
  return registers.devices.find(({ base, size }) => address >= base && address < base + size) ?? null;
}

/**
 * Bytes of a frame as a vCPU sees them, without side effect: at most `count`, fewer where the frame ends.
 * Holes read as zero, as they do on the bus.
 */
export function readBytes(guest: Guest, { address, vcpu }: MemoryPlace, count: number): Uint8Array {
  const device = deviceAt(guest.registers, address);
  if (device === null) return new Uint8Array();
  const bytes = new Uint8Array(Math.min(count, device.base + device.size - address));
  const { state } = guest.controller;
  const bank = device.owner < 0 ? vcpu : device.owner;
  let word = 0;
  for (let i = 0; i < bytes.length; i++) {
    const offset = address - device.base + i;
    if (i === 0 || offset % 4 === 0) word = device.regions.read(state, bank, offset - (offset % 4), 4);
    bytes[i] = (word >> ((offset % 4) * 8)) & 0xff;
  }
  return bytes;
}

/**
 * The bus accesses that write bytes: words where they are whole, single bytes where the register takes them.
 * @throws FrameMemoryError where a byte can go nowhere
 */
export function writeSteps(guest: Guest, { address, vcpu }: MemoryPlace, bytes: Uint8Array): EditStep[] {
  const device = deviceAt(guest.registers, address);
  if (device === null) throw new FrameMemoryError(`no GIC frame is at ${hexOf(address)}`);
  if (address + bytes.length > device.base + device.size) {
    throw new FrameMemoryError(`${bytes.length} bytes at ${hexOf(address)} reach beyond ${device.id}`);
  }
  const steps: EditStep[] = [];
  for (let done = 0; done < bytes.length;) {
    const offset = address - device.base + done;
    const length = widthAt(device, offset, bytes.length - done);
    const part = bytes.subarray(done, done + length);
    const value = part.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    // User space alone reaches the CPU interface's registers: for a guest they are the hardware's.
    const kind = device.regions.frame.kind === 'GICC' ? 'uwrite' : 'write';
    steps.push({ kind, vcpu: device.owner < 0 ? vcpu : device.owner, address: address + done, length, value });
    done += length;
  }
  return steps;
}

/** Width of the access that writes the byte at an offset, of `left` bytes to write. */
function widthAt(device: Device, offset: number, left: number): number {
  const found = device.regions.register(offset);
  const where = `${hexOf(device.base + offset)}${found === null ? '' : ` (${found.name})`}`;
  const widths = found?.row.handlers === undefined ? W32 : found.row.widths;
  if ((widths & W32) !== 0 && offset % 4 === 0 && left >= 4) return 4;
  if ((widths & W64) !== 0 && (widths & W32) === 0 && offset % 8 === 0 && left >= 8) return 8;
  if ((widths & W8) !== 0) return 1;
  throw new FrameMemoryError(
    `${where} takes whole, aligned words only: ${left < 4 ? `${left} of 4 bytes are given` : 'the address is not aligned'}`,
  );
}
