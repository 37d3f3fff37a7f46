import type { Core } from '../core/core.ts';
import { PAGE } from '../core/guest-memory.ts';

/** What a vCPU reads at a virtual address, up to where it cannot. Devices are not touched. */
export function readVirtual(core: Core, vcpu: number, address: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const found = piece(core, vcpu, address + BigInt(done), length - done);
    if (!found) break;
    bytes.set(found, done);
    done += found.length;
  }
  return bytes.subarray(0, done);
}

/** @returns false where not all of it is memory; nothing is written then */
export function writeVirtual(core: Core, vcpu: number, address: bigint, bytes: Uint8Array): boolean {
  const pieces: { found: Uint8Array; at: number }[] = [];
  for (let done = 0; done < bytes.length;) {
    const found = piece(core, vcpu, address + BigInt(done), bytes.length - done);
    if (!found) return false;
    pieces.push({ found, at: done });
    done += found.length;
  }
  for (const { found, at } of pieces) found.set(bytes.subarray(at, at + found.length));
  return true;
}

/** Memory from an address to the end of its page at most. */
function piece(core: Core, vcpu: number, address: bigint, length: number): Uint8Array | null {
  const physical = core.translate(vcpu, BigInt.asUintN(64, address));
  return physical === null ? null : core.ram.physical(physical, Math.min(length, PAGE - (physical % PAGE)));
}
