import type { StopPoint } from '../../rsp/client/stops.ts';
import type { WatchedMemory } from '../machine-guest.ts';

export function overlaps({ address, length }: WatchedMemory, start: bigint, size: number): boolean {
  return address < start + BigInt(size) && start < address + BigInt(length);
}

export function watchOf({ address, length, read, write }: WatchedMemory): StopPoint {
  return { kind: read && write ? 'access' : read ? 'read' : 'write', address, length };
}
