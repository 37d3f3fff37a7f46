import { RAM_BASE, VIRT_MAP } from '../board/virt.ts';
import { isElf, readElfImage } from './elf-image.ts';
import { LoadError } from './errors.ts';
import type { LoadPlan, Piece } from './plan.ts';

export interface LoadOptions {
  /** Bytes of RAM. */
  readonly memory: number;
  /** Where a raw binary goes and begins; null: where its kind goes. */
  readonly address: number | null;
  /** Bytes the device tree takes. */
  readonly deviceTreeSize: number;
}

const MIB = 1024 * 1024;
/** Where a kernel goes that does not say. */
const KERNEL_OFFSET = 0x8_0000;
/** QEMU keeps this much for what starts a kernel. */
const BOOTLOADER_SIZE = 4096;
const DEVICE_TREE_ALIGNMENT = 2 * MIB;
/** A device tree is at most this far above the RAM's base, where there is room. */
const HIGHEST_INITRD = 128 * MIB;

/** "ARM\x64" of an Image header (Documentation/arch/arm64/booting). */
const IMAGE_MAGIC = 0x644d_5241;
const IMAGE_HEADER_SIZE = 64;
const GZIP_MAGIC = 0x8b1f;

/**
 * Where a program goes, as QEMU's -kernel has it: an ELF file to its physical addresses, a kernel Image or another flat
 * binary behind the base of RAM with the device tree in x0; with an address, a raw binary to just there.
 * @throws LoadError for what cannot be loaded
 */
export function planLoad(bytes: Uint8Array, options: LoadOptions): LoadPlan {
  if (bytes.length === 0) throw new LoadError('the file is empty');
  const plan = isElf(bytes) ? planElf(bytes, options) : planBinary(bytes, options);
  for (const piece of plan.pieces) requireMemory(piece, options.memory);
  return plan;
}

function planElf(bytes: Uint8Array, options: LoadOptions): LoadPlan {
  if (options.address !== null) throw new LoadError('an ELF file says itself where it goes: leave the address out');
  const { entry, pieces } = readElfImage(bytes);
  return {
    description: `ELF, entry 0x${entry.toString(16)}`,
    pieces,
    entry,
    deviceTree: below(pieces, options),
    linux: false,
  };
}

function planBinary(bytes: Uint8Array, options: LoadOptions): LoadPlan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 2 && view.getUint16(0, true) === GZIP_MAGIC) {
    throw new LoadError('the file is compressed with gzip: unpack it first');
  }
  if (options.address !== null) {
    const piece = { address: options.address, bytes, size: bytes.length };
    return {
      description: `binary at 0x${options.address.toString(16)}`,
      pieces: [piece],
      entry: options.address,
      deviceTree: below([piece], options),
      linux: false,
    };
  }
  const isImage = bytes.length >= IMAGE_HEADER_SIZE && view.getUint32(56, true) === IMAGE_MAGIC;
  const imageSize = isImage ? Number(view.getBigUint64(16, true)) : 0;
  let offset = imageSize === 0 ? KERNEL_OFFSET : Number(view.getBigUint64(8, true));
  if (offset < BOOTLOADER_SIZE) offset += 2 * MIB;
  const address = RAM_BASE + offset;
  const size = Math.max(bytes.length, imageSize);
  const free = Math.max(RAM_BASE + Math.min(options.memory / 2, HIGHEST_INITRD), address + size);
  const deviceTree = Math.ceil(free / DEVICE_TREE_ALIGNMENT) * DEVICE_TREE_ALIGNMENT;
  if (deviceTree + options.deviceTreeSize > RAM_BASE + options.memory) {
    throw new LoadError(`${size} bytes of program leave no room for the device tree in ${options.memory} of RAM`);
  }
  return {
    description: `${isImage ? 'kernel image' : 'binary'} at 0x${address.toString(16)}`,
    pieces: [{ address, bytes, size }],
    entry: address,
    deviceTree,
    linux: true,
  };
}

/** The base of RAM, where the device tree goes unless the program is there. */
function below(pieces: readonly Piece[], options: LoadOptions): number | null {
  const lowest = Math.min(...pieces.map((piece) => (piece.address + piece.size > RAM_BASE ? piece.address : Infinity)));
  return lowest < RAM_BASE + options.deviceTreeSize ? null : RAM_BASE;
}

function requireMemory({ address, size }: Piece, memory: number): void {
  const { flash0 } = VIRT_MAP;
  const inside = (base: number, length: number): boolean => address >= base && address + size <= base + length;
  if (inside(RAM_BASE, memory) || inside(flash0.base, flash0.size)) return;
  const range = `0x${address.toString(16)} to 0x${(address + size - 1).toString(16)}`;
  const ram = `0x${RAM_BASE.toString(16)} to 0x${(RAM_BASE + memory - 1).toString(16)}`;
  throw new LoadError(`${range} is neither RAM (${ram}) nor the first flash bank`);
}
