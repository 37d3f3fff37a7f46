import { UP_TO_WORD, type Device, type DeviceState } from './device.ts';

/** A window of a PCI host bridge without devices: configuration space, I/O or memory. Reads all ones, drops writes. */
export class EmptyPcieWindow implements Device {
  readonly access = UP_TO_WORD;
  readonly name: string;
  readonly base: number;
  readonly size: number;

  constructor(name: string, base: number, size: number) {
    this.name = name;
    this.base = base;
    this.size = size;
  }

  read(): number {
    return 0xffff_ffff;
  }

  write(): void {}

  reset(): void {}

  save(): DeviceState {
    return {};
  }

  restore(): void {}
}
