import { CoreError } from './core-error.ts';
import * as L from './layout.ts';

/** Guest memory: what lies where. */
export interface Region {
  /** Guest physical address; a multiple of 4096. */
  readonly base: number;
  /** Bytes; a multiple of 4096. */
  readonly size: number;
  /** Stores to memory that is not writable leave the core, as accesses to a device do. */
  readonly writable: boolean;
}

export const PAGE = 4096;

/** The guest's memory: regions of the core's own, one behind the other from `L.RAM` on, at their physical addresses. */
export class GuestMemory {
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #changed: () => void;
  readonly #regions: { region: Region; offset: number; readable: boolean }[] = [];
  #free: number = L.RAM;

  /**
   * @param memory the core's, whole
   * @param changed told when what was translated to is no more what it was
   */
  constructor(memory: Uint8Array, changed: () => void) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
    this.#changed = changed;
  }

  /**
   * Adds guest memory, filled with zeros.
   * @throws CoreError where it does not fit
   */
  add(region: Region): void {
    if (region.base % PAGE !== 0 || region.size % PAGE !== 0 || region.size <= 0) {
      throw new CoreError(`memory at 0x${region.base.toString(16)} is not a number of whole pages`);
    }
    if (this.#regions.length === L.MAX_REGIONS || this.#free + region.size > this.#memory.length) {
      throw new CoreError(`no room for ${region.size} bytes at 0x${region.base.toString(16)}`);
    }
    this.#regions.push({ region, offset: this.#free, readable: true });
    this.#free += region.size;
    this.#write();
  }

  /** Whether loads and fetches of a region find memory; while not, loads leave the core as to a device. */
  setReadable(base: number, readable: boolean): void {
    const found = this.#regions.find((one) => one.region.base === base);
    if (!found || found.readable === readable) return;
    found.readable = readable;
    this.#write();
    this.#changed();
  }

  #write(): void {
    this.#regions.forEach(({ region, offset, readable }, n) => {
      const at = L.REGIONS + n * L.REGION_SIZE;
      this.#view.setBigUint64(at, BigInt(region.base), true);
      this.#view.setBigUint64(at + 8, BigInt(region.size), true);
      this.#view.setUint32(at + 16, offset, true);
      this.#view.setUint32(at + 20, (readable ? L.REGION_READ : 0) | (region.writable ? L.REGION_WRITE : 0), true);
    });
    this.#view.setUint32(L.REGION_COUNT, this.#regions.length, true);
  }

  /**
   * Guest memory at a physical address, as it is: not a copy.
   * @returns null where not all of it is memory
   */
  physical(address: number, length: number): Uint8Array | null {
    for (const { region, offset } of this.#regions) {
      if (address < region.base || address + length > region.base + region.size) continue;
      const at = offset + (address - region.base);
      return this.#memory.subarray(at, at + length);
    }
    return null;
  }
}
