import { UP_TO_WORD, type Device, type DeviceState, type Width } from './device.ts';

/** Register offsets (virtio 1.1, 4.2.2). */
const MAGIC = 0x000;
const VERSION = 0x004;
const VENDOR = 0x00c;

/** "virt", read as a little-endian word. */
const MAGIC_VALUE = 0x7472_6976;
/** The legacy interface, which is what QEMU's slots say unless told otherwise. */
const LEGACY = 1;
/** "QEMU". */
const VENDOR_VALUE = 0x554d_4551;

/** A virtio transport nothing is plugged into: device id 0, which drivers take as "skip this slot". */
export class VirtioMmioSlot implements Device {
  readonly name: string;
  readonly base: number;
  readonly size = 0x200;
  readonly access = UP_TO_WORD;

  constructor(base: number, slot: number) {
    this.base = base;
    this.name = `virtio slot ${slot} (empty)`;
  }

  read(offset: number, _width: Width): number {
    if (offset === MAGIC) return MAGIC_VALUE;
    if (offset === VERSION) return LEGACY;
    return offset === VENDOR ? VENDOR_VALUE : 0;
  }

  write(): void {}

  reset(): void {}

  save(): DeviceState {
    return {};
  }

  restore(): void {}
}
