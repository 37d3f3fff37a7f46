import type { Delivery } from '../delivery/delivery.ts';
import type { GicState } from '../state/state.ts';
import type { FoundRegister, RegionTable, Verdict } from './region-table.ts';

/** A frame at its place in the guest's address map. */
export interface Device {
  /** Unique: "GICD", "GICC", "GICR0.RD". */
  readonly id: string;
  readonly title: string;
  readonly base: number;
  readonly size: number;
  /** The byte after its last. */
  readonly end: number;
  readonly regions: RegionTable;
  /** The vCPU a redistributor belongs to, whichever vCPU accesses it; -1: the accessing vCPU counts. */
  readonly owner: number;
}

/** Where an access goes, for showing it. */
export interface Located {
  readonly device: Device;
  /** Bytes from the frame's base. */
  readonly offset: number;
  readonly register: FoundRegister | null;
  readonly verdict: Verdict;
}

/** Two frames in one place, or a frame outside 52 bits of address. */
export class FrameMapError extends Error {
  override readonly name = 'FrameMapError';
}

const MAX_ADDRESS = 2 ** 52;

/**
 * The one way in: every access of guest, user or recording to a frame passes `read` and `write`. The bus is
 * little-endian; a miss, a bad width and a misaligned access read zero and drop writes, and never fail.
 *
 * What every access passes is kept short, the rest apart: V8 then inlines reading and writing whole into their callers.
 */
export class Dispatcher {
  readonly #delivery: Delivery;
  readonly #state: GicState;
  readonly devices: readonly Device[];
  /** The device last found, as accesses come in runs. */
  #last: Device;

  /**
   * @param devices at least one
   * @throws FrameMapError where frames overlap or lie outside the address space
   */
  constructor(delivery: Delivery, devices: readonly [Device, ...Device[]]) {
    this.#delivery = delivery;
    this.#state = delivery.state;
    this.devices = [...devices].sort((a, b) => a.base - b.base);
    checkMap(this.devices);
    this.#last = devices[0];
  }

  /**
   * @param length bytes: 1, 2, 4 or 8
   * @returns the low word as int32; the upper word of an 8-byte read is in `state.hi`
   */
  read(vcpu: number, address: number, length: number): number {
    let device = this.#last;
    if (address < device.base || address >= device.end) {
      const found = this.#search(address);
      if (found === null) return this.#nothing();
      device = found;
    }
    const owner = device.owner < 0 ? vcpu : device.owner;
    return device.regions.take(this.#state, owner, (address - device.base) | 0, length);
  }

  /** @param hi upper word of an 8-byte write */
  write(vcpu: number, address: number, length: number, lo: number, hi: number): void {
    let device = this.#last;
    if (address < device.base || address >= device.end) {
      const found = this.#search(address);
      if (found === null) return;
      device = found;
    }
    const owner = device.owner < 0 ? vcpu : device.owner;
    device.regions.write(this.#delivery, owner, (address - device.base) | 0, length, lo, hi);
  }

  #nothing(): number {
    this.#state.hi = 0;
    return 0;
  }

  /** False where a write of `value` is refused: it would change nothing and its answer is an error. */
  accepts(vcpu: number, address: number, length: number, value: number): boolean {
    const device = this.#find(address);
    const region = device?.regions.find((address - device.base) | 0, length);
    if (device === null || region === null || region === undefined || region.accepts === null) return true;
    return region.accepts(this.#state, device.owner < 0 ? vcpu : device.owner, value);
  }

  /** Reads bytes as the bus delivers them, least significant first. */
  readBytes(vcpu: number, address: number, into: Uint8Array): void {
    const lo = this.read(vcpu, address, into.length);
    const { hi } = this.#state;
    for (let i = 0; i < into.length; i++) into[i] = (i < 4 ? lo >> (i << 3) : hi >> ((i - 4) << 3)) & 0xff;
  }

  /** Writes bytes as they are on the bus, least significant first. */
  writeBytes(vcpu: number, address: number, bytes: Uint8Array): void {
    let lo = 0;
    let hi = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (i < 4) lo |= byte << (i << 3);
      else hi |= byte << ((i - 4) << 3);
    }
    this.write(vcpu, address, bytes.length, lo, hi);
  }

  /** Where an access goes and what becomes of it; null where no frame is. */
  locate(address: number, length: number): Located | null {
    const device = this.#find(address);
    if (device === null) return null;
    const offset = (address - device.base) | 0;
    const { regions } = device;
    return { device, offset, register: regions.register(offset), verdict: regions.verdict(offset, length) };
  }

  #find(address: number): Device | null {
    const last = this.#last;
    return address >= last.base && address < last.end ? last : this.#search(address);
  }

  #search(address: number): Device | null {
    let low = 0;
    let high = this.devices.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const device = this.devices[middle] as Device;
      if (address < device.base) high = middle - 1;
      else if (address >= device.end) low = middle + 1;
      else return (this.#last = device);
    }
    return null;
  }
}

function checkMap(devices: readonly Device[]): void {
  let before: Device | null = null;
  for (const one of devices) {
    if (!Number.isSafeInteger(one.base) || one.base < 0 || one.base + one.size > MAX_ADDRESS) {
      throw new FrameMapError(`${one.id} at ${hex(one.base)} lies outside 52 bits of address`);
    }
    if (one.base % 0x1000 !== 0) throw new FrameMapError(`${one.id} at ${hex(one.base)} is not aligned to 4 KiB`);
    if (before !== null && before.base + before.size > one.base) {
      throw new FrameMapError(
        `${before.id} (${hex(before.base)}, ${hex(before.size)} bytes) overlaps ${one.id} (${hex(one.base)})`,
      );
    }
    before = one;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
