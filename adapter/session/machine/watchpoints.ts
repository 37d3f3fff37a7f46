import { GuestStateError } from '../../guest/guest.ts';
import type { MachineGuest } from '../../guest/machine-guest.ts';
import type { MemoryWatch } from '../face.ts';
import { RequestError } from '../request-error.ts';
import type { Stop } from '../run/stop.ts';

/** Breakpoints on memory: a vCPU stops before it loads from, or stores to, watched bytes. */
export class MachineWatchpoints {
  readonly #guest: MachineGuest;
  #watched: readonly MemoryWatch[] = [];

  constructor(guest: MachineGuest) {
    this.#guest = guest;
  }

  /** Replaces all of them. @throws RequestError for more than there can be */
  set(watched: readonly MemoryWatch[]): void {
    try {
      this.#guest.setWatchpoints(watched);
    } catch (error) {
      throw error instanceof GuestStateError ? new RequestError(error.message) : error;
    }
    this.#watched = watched;
  }

  /** What an access that was stopped before means: a stop, or nothing. */
  arrive(address: bigint, size: number, write: boolean): Stop | null {
    const last = address + BigInt(size) - 1n;
    const hit = this.#watched.filter((one) => {
      const overlaps = one.address <= last && one.address + BigInt(one.length) > address;
      return overlaps && (write ? one.write : one.read) && one.gate.stopsAt(this.#guest.position);
    });
    if (hit.length === 0) return null;
    const description = `Before a ${write ? 'store to' : 'load from'} 0x${address.toString(16)}, ${size} bytes`;
    return { reason: 'data breakpoint', description, text: description, breakpoints: hit.map(({ id }) => id) };
  }
}
