import { numberOf, type Device, type DeviceState, type Width } from './device.ts';

/**
 * QEMU's firmware configuration device, as memory-mapped registers:
 *
 *     0x00  data      8 bytes, read only: the next bytes of the selected item, first byte lowest in memory
 *     0x08  selector  2 bytes, write only, big endian
 *     0x10  DMA       8 bytes, big endian: reads "QEMU CFG"; writing the low half starts the transfer it points at
 */
const DATA = 0x00;
const SELECTOR = 0x08;
const DMA = 0x10;
const SIZE = 0x18;

/** Items every guest may expect. */
export const FwCfgItem = {
  Signature: 0x00,
  Id: 0x01,
  RamSize: 0x03,
  NoGraphic: 0x04,
  Cpus: 0x05,
  KernelAddress: 0x07,
  KernelSize: 0x08,
  InitrdSize: 0x0b,
  MaxCpus: 0x0f,
  KernelData: 0x11,
  InitrdData: 0x12,
  CommandLineSize: 0x14,
  CommandLine: 0x15,
  FileDirectory: 0x19,
  FirstFile: 0x20,
} as const;

/** Bits of item Id: the traditional interface, and DMA. */
const ID_TRADITIONAL = 1;
const ID_DMA = 2;

/** Bits of the control word of a DMA access. */
const DMA_ERROR = 1 << 0;
const DMA_READ = 1 << 1;
const DMA_SKIP = 1 << 2;
const DMA_SELECT = 1 << 3;
const DMA_WRITE = 1 << 4;
/** Control, length, address: big endian words of 4, 4 and 8 bytes. */
const DMA_ACCESS_SIZE = 16;

const NAME_LENGTH = 56;
const DMA_SIGNATURE = text('QEMU CFG');

export interface FwCfgFile {
  /** Up to 55 ASCII characters: "etc/boot-menu-wait". */
  readonly name: string;
  readonly content: Uint8Array;
}

export interface FwCfgOptions {
  readonly base: number;
  /** Items below FirstFile by key, besides signature, id and directory. */
  readonly items: ReadonlyMap<number, Uint8Array>;
  readonly files: readonly FwCfgFile[];
  /** Guest physical memory for DMA: a live view, or null where there is none. Without it there is no DMA. */
  readonly memory?: (address: number, length: number) => Uint8Array | null;
}

/** fw_cfg: named and numbered items the machine's builder leaves for the firmware. */
export class FwCfg implements Device {
  readonly name = 'fw_cfg';
  readonly size = SIZE;
  readonly access = { valid: [1, 8], asked: [1, 8] } as const;
  readonly base: number;
  readonly #items: ReadonlyMap<number, Uint8Array>;
  readonly #memory: FwCfgOptions['memory'];
  #selected: number = FwCfgItem.Signature;
  #position = 0;
  /** Upper half of the DMA address, until the lower one starts the transfer. */
  #dmaHigh = 0;

  constructor(options: FwCfgOptions) {
    this.base = options.base;
    this.#memory = options.memory;
    this.#items = new Map([
      ...options.items,
      [FwCfgItem.Signature, text('QEMU')],
      [FwCfgItem.Id, littleEndian(options.memory ? ID_TRADITIONAL | ID_DMA : ID_TRADITIONAL, 4)],
      [FwCfgItem.FileDirectory, directory(options.files)],
      ...options.files.map((file, n): [number, Uint8Array] => [FwCfgItem.FirstFile + n, file.content]),
    ]);
  }

  read(offset: number, width: Width): number | bigint {
    let value = 0n;
    if (offset === DATA) {
      for (let n = 0; n < width; n++) value |= BigInt(this.#next()) << BigInt(8 * n);
    } else if (offset >= DMA && this.#memory) {
      for (let n = 0; n < width; n++) value |= BigInt(DMA_SIGNATURE[offset - DMA + n] ?? 0) << BigInt(8 * n);
    }
    return width === 8 ? value : Number(value);
  }

  write(offset: number, width: Width, value: number | bigint): void {
    if (offset === SELECTOR && width === 2) {
      this.#select(Number(swapped(value, 2)));
    } else if (!this.#memory) return;
    else if (offset === DMA && width === 8) {
      this.#transfer(swapped(value, 8));
    } else if (offset === DMA && width === 4) {
      this.#dmaHigh = Number(swapped(value, 4));
    } else if (offset === DMA + 4 && width === 4) {
      this.#transfer((BigInt(this.#dmaHigh) << 32n) | swapped(value, 4));
      this.#dmaHigh = 0;
    }
  }

  reset(): void {
    this.#select(FwCfgItem.Signature);
    this.#dmaHigh = 0;
  }

  save(): DeviceState {
    return { selected: this.#selected, position: this.#position, dmaHigh: this.#dmaHigh };
  }

  restore(state: DeviceState): void {
    this.#selected = numberOf(state, 'selected');
    this.#position = numberOf(state, 'position');
    this.#dmaHigh = numberOf(state, 'dmaHigh');
  }

  #select(key: number): void {
    this.#selected = key;
    this.#position = 0;
  }

  /** The next byte of the selected item; zero beyond its end and where there is no such item. */
  #next(): number {
    const byte = this.#items.get(this.#selected)?.[this.#position];
    if (byte === undefined) return 0;
    this.#position += 1;
    return byte;
  }

  #transfer(descriptor: bigint): void {
    const bytes = this.#memory?.(Number(descriptor), DMA_ACCESS_SIZE);
    if (!bytes || bytes.length < DMA_ACCESS_SIZE) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, DMA_ACCESS_SIZE);
    const control = view.getUint32(0);
    if ((control & DMA_SELECT) !== 0) this.#select(control >>> 16);
    const length = view.getUint32(4);
    let failed = (control & DMA_WRITE) !== 0;
    if ((control & DMA_READ) !== 0) failed ||= !this.#copy(Number(view.getBigUint64(8)), length);
    else if ((control & DMA_SKIP) !== 0) this.#skip(length);
    view.setUint32(0, failed ? DMA_ERROR : 0);
  }

  /** Copies the next bytes into guest memory, zeros beyond the item's end. */
  #copy(address: number, length: number): boolean {
    if (length === 0) return true;
    const target = this.#memory?.(address, length);
    if (!target || target.length < length) return false;
    const item = this.#items.get(this.#selected) ?? new Uint8Array();
    const piece = item.subarray(this.#position, this.#position + length);
    target.fill(0, piece.length, length);
    target.set(piece);
    this.#position += piece.length;
    return true;
  }

  #skip(length: number): void {
    const end = this.#items.get(this.#selected)?.length ?? 0;
    this.#position = Math.min(end, this.#position + length);
  }
}

/**
 * The file directory, big endian.
 *
 *     u32 number of files, then for each, sorted by name:
 *     u32 size, u16 key, u16 reserved, name of 56 bytes ended by zero
 */
function directory(files: readonly FwCfgFile[]): Uint8Array {
  const entry = 8 + NAME_LENGTH;
  const bytes = new Uint8Array(4 + files.length * entry);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, files.length);
  files
    .map((file, n) => ({ file, key: FwCfgItem.FirstFile + n }))
    .sort((a, b) => (a.file.name < b.file.name ? -1 : 1))
    .forEach(({ file, key }, n) => {
      view.setUint32(4 + n * entry, file.content.length);
      view.setUint16(8 + n * entry, key);
      bytes.set(text(file.name).subarray(0, NAME_LENGTH - 1), 12 + n * entry);
    });
  return bytes;
}

/** An item's number in the form the device serves it. @param width bytes, 1 to 8 */
export function littleEndian(value: number, width: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes.slice(0, width);
}

/** An item's text, without a terminator. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function swapped(value: number | bigint, width: 2 | 4 | 8): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return view.getBigUint64(0) >> BigInt(64 - 8 * width);
}
