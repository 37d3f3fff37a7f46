import type { Device, Width } from '../devices/device.ts';

/** An access that found nothing, or nothing of its width: it read zero, or was dropped. */
export interface BusNote {
  readonly reason: 'no device' | 'bad width' | 'misaligned';
  /** The device whose window the access met; null where there is none. */
  readonly device: Device | null;
  readonly address: number;
  readonly width: Width;
  readonly write: boolean;
}

/** Devices that cannot share a bus: which, and where they overlap. */
export class BusError extends Error {
  override readonly name = 'BusError';
}

/**
 * The machine's devices by address. An access that meets none reads zero or is dropped, and is reported: KVM's user
 * space does so too, where bare hardware raises an external abort.
 */
export class Bus {
  readonly devices: readonly Device[];
  readonly #bases: Float64Array;
  readonly #report: (note: BusNote) => void;

  /** @throws BusError where two windows overlap */
  constructor(devices: readonly Device[], report: (note: BusNote) => void = () => {}) {
    this.devices = [...devices].sort((a, b) => a.base - b.base);
    this.devices.forEach((device, index) => {
      const next = this.devices[index + 1];
      if (next && device.base + device.size > next.base) {
        throw new BusError(`${device.name} and ${next.name} overlap at 0x${next.base.toString(16)}`);
      }
    });
    this.#bases = Float64Array.from(this.devices, (device) => device.base);
    this.#report = report;
  }

  /** The device whose window holds the address. */
  find(address: number): Device | null {
    let low = 0;
    let high = this.#bases.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bases[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const device = this.devices[low - 1];
    return device && address < device.base + device.size ? device : null;
  }

  /** @returns the value, unsigned: a number for up to 4 bytes, a bigint for 8 */
  read(address: number, width: Width): number | bigint {
    const device = this.#admit(address, width, false);
    if (!device) return width === 8 ? 0n : 0;
    const offset = address - device.base;
    const piece = pieceOf(device, width);
    if (piece >= width) return fit(device.read(offset, piece), width);
    let value = 0n;
    for (let done = 0; done < width; done += piece) {
      value |= BigInt(fit(device.read(offset + done, piece), piece)) << BigInt(8 * done);
    }
    return fit(value, width);
  }

  /** @param value a number or bigint; bits beyond the width are dropped */
  write(address: number, width: Width, value: number | bigint): void {
    const device = this.#admit(address, width, true);
    if (!device) return;
    const offset = address - device.base;
    const piece = pieceOf(device, width);
    if (piece >= width) {
      const fitting = fit(value, width);
      device.write(offset, piece, piece === 8 ? BigInt(fitting) : fitting);
      return;
    }
    for (let done = 0; done < width; done += piece) {
      device.write(offset + done, piece, fit(BigInt(value) >> BigInt(8 * done), piece));
    }
  }

  #admit(address: number, width: Width, write: boolean): Device | null {
    const device = this.find(address);
    let reason: BusNote['reason'];
    if (!device || address + width > device.base + device.size) reason = 'no device';
    else if (width < device.access.valid[0] || width > device.access.valid[1]) reason = 'bad width';
    else if (address % width !== 0) reason = 'misaligned';
    else return device;
    this.#report({ reason, device: reason === 'no device' ? null : device, address, width, write });
    return null;
  }
}

/** How wide the device is asked for an access of `width`. */
function pieceOf(device: Device, width: Width): Width {
  const [min, max] = device.access.asked;
  if (width > max) return max;
  return width < min ? min : width;
}

function fit(value: number | bigint, width: Width): number | bigint {
  if (width === 8) return BigInt.asUintN(64, BigInt(value));
  const word = typeof value === 'bigint' ? Number(value & 0xffff_ffffn) : value >>> 0;
  return width === 4 ? word : word & (width === 2 ? 0xffff : 0xff);
}
