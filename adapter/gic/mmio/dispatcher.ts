import type { Delivery } from '../delivery/delivery.ts';
import type { FrameTable } from '../registers/row.ts';
import { RegionTable, type FoundRegister, type Verdict } from './region-table.ts';

/** A frame at its place in the guest's address map. */
export interface Device {
  /** Unique: "GICD", "GICC", "GICR0.RD". */
  readonly id: string;
  readonly title: string;
  readonly base: number;
  readonly size: number;
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
 */
export class Dispatcher {
  readonly #delivery: Delivery;
  readonly devices: readonly Device[];
  /** Base of each device and the byte after it, ascending. */
  readonly #base: Float64Array;
  readonly #end: Float64Array;
  readonly #owner: Int32Array;
  readonly #regions: readonly RegionTable[];
  /** The device last found: accesses come in runs. */
  #last = 0;

  /** @throws FrameMapError where frames overlap or lie outside the address space */
  constructor(delivery: Delivery, devices: readonly Device[]) {
    this.#delivery = delivery;
    this.devices = [...devices].sort((a, b) => a.base - b.base);
    checkMap(this.devices);
    this.#base = Float64Array.from(this.devices, (d) => d.base);
    this.#end = Float64Array.from(this.devices, (d) => d.base + d.size);
    this.#owner = Int32Array.from(this.devices, (d) => d.owner);
    this.#regions = this.devices.map((d) => d.regions);
  }

  /**
   * @param length bytes: 1, 2, 4 or 8
   * @returns the low word as int32; the upper word of an 8-byte read is in `state.hi`
   */
  read(vcpu: number, address: number, length: number): number {
    const { state } = this.#delivery;
    const found = this.#find(address);
    if (found < 0) {
      state.hi = 0;
      return 0;
    }
    const owner = this.#owner[found] as number;
    const regions = this.#regions[found] as RegionTable;
    return regions.read(state, owner < 0 ? vcpu : owner, address - (this.#base[found] as number), length);
  }

  /** @param hi upper word of an 8-byte write */
  write(vcpu: number, address: number, length: number, lo: number, hi: number): void {
    const found = this.#find(address);
    if (found < 0) return;
    const regions = this.#regions[found] as RegionTable;
    const offset = address - (this.#base[found] as number);
    const region = regions.writable(this.#delivery.state, offset, length);
    if (region < 0) return;
    const owner = this.#owner[found] as number;
    const write = regions.writeHandler(region);
    write(this.#delivery, owner < 0 ? vcpu : owner, offset - regions.rowOffset(region), length, lo, hi);
  }

  /** Reads bytes as the bus delivers them, least significant first. */
  readBytes(vcpu: number, address: number, into: Uint8Array): void {
    const lo = this.read(vcpu, address, into.length);
    const { hi } = this.#delivery.state;
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
    const found = this.#find(address);
    if (found < 0) return null;
    const device = this.devices[found] as Device;
    const offset = address - device.base;
    return {
      device,
      offset,
      register: device.regions.register(offset),
      verdict: device.regions.verdict(this.#delivery.state, offset, length),
    };
  }

  #find(address: number): number {
    const last = this.#last;
    if (address >= (this.#base[last] as number) && address < (this.#end[last] as number)) return last;
    let low = 0;
    let high = this.#base.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (address < (this.#base[middle] as number)) high = middle - 1;
      else if (address >= (this.#end[middle] as number)) low = middle + 1;
      else {
        this.#last = middle;
        return middle;
      }
    }
    return -1;
  }
}

/** A device for a frame, at its base. */
export function device(id: string, frame: FrameTable, base: number, owner = -1, title = frame.title): Device {
  return { id, title, base, size: frame.size, regions: regionsOf(frame), owner };
}

const compiled = new WeakMap<FrameTable, RegionTable>();

/** One compiled table a frame, however many redistributors use it. */
function regionsOf(frame: FrameTable): RegionTable {
  let regions = compiled.get(frame);
  if (regions === undefined) compiled.set(frame, (regions = new RegionTable(frame)));
  return regions;
}

function checkMap(devices: readonly Device[]): void {
  let before: Device | null = null;
  for (const one of devices) {
    if (!Number.isSafeInteger(one.base) || one.base < 0 || one.base + one.size > MAX_ADDRESS) {
      throw new FrameMapError(`${one.id} at ${hex(one.base)} lies outside 52 bits of address`);
    }
    if (one.base % 0x1000 !== 0) throw new FrameMapError(`${one.id} at ${hex(one.base)} is not aligned to 4 KiB`);
    if (before !== null && before.base + before.size > one.base) {
      throw new FrameMapError(`${before.id} (${hex(before.base)}, ${hex(before.size)} bytes) overlaps ${one.id} (${hex(one.base)})`);
    }
    before = one;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
