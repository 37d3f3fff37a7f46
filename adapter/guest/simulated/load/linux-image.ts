import { hex, LoadError } from './load-error.ts';

/**
 * Header of an arm64 kernel image (Linux, "Booting AArch64 Linux"), little endian:
 *
 *     0x00  code0, code1 (4 each)  executable: the image is entered at its first byte
 *     0x08  text_offset (8)        from a 2 MB boundary to the first byte; valid where image_size is not 0
 *     0x10  image_size (8)         bytes it occupies from the first one on, zeros included
 *     0x18  flags (8)              bit 0: the kernel is big-endian
 *     0x38  magic (4)              "ARM\x64"
 */
export interface LinuxImage {
  readonly textOffset: number;
  /** Bytes in memory; at least the file's. */
  readonly imageSize: number;
}

const TEXT_OFFSET = 0x08;
const IMAGE_SIZE = 0x10;
const FLAGS = 0x18;
const MAGIC = 0x38;
const HEADER_SIZE = 0x40;
const MAGIC_VALUE = 0x644d_5241;
const FLAG_BIG_ENDIAN = 1n;
/** Where kernels without image_size, and binaries without a header, go. */
export const DEFAULT_TEXT_OFFSET = 0x8_0000;
/** QEMU keeps this much at the start of memory for itself: images that would lie there move up by 2 MB. */
const BOOTLOADER_SIZE = 0x1000n;
export const IMAGE_ALIGNMENT = 0x20_0000;
/** Larger than any memory of this machine. */
const IMPLAUSIBLE = 1n << 40n;

export function isLinuxImage(file: Uint8Array): boolean {
  return file.length >= HEADER_SIZE && word(file, MAGIC) === MAGIC_VALUE;
}

/** @throws LoadError */
export function readLinuxImage(file: Uint8Array, name: string): LinuxImage {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const textOffset = view.getBigUint64(TEXT_OFFSET, true);
  const imageSize = view.getBigUint64(IMAGE_SIZE, true);
  if ((view.getBigUint64(FLAGS, true) & FLAG_BIG_ENDIAN) !== 0n) {
    throw new LoadError(name, 'a big-endian kernel; this machine is little-endian', FLAGS);
  }
  if (imageSize === 0n) return { textOffset: DEFAULT_TEXT_OFFSET, imageSize: file.length };
  if (textOffset > IMPLAUSIBLE) throw new LoadError(name, `text_offset ${hex(textOffset)} is implausible`, TEXT_OFFSET);
  if (imageSize > IMPLAUSIBLE) throw new LoadError(name, `image_size ${hex(imageSize)} is implausible`, IMAGE_SIZE);
  return { textOffset: Number(textOffset), imageSize: Math.max(Number(imageSize), file.length) };
}

/** Offset from the start of memory at which QEMU puts an image. */
export function imageOffset(image: LinuxImage): number {
  return image.textOffset < BOOTLOADER_SIZE ? image.textOffset + IMAGE_ALIGNMENT : image.textOffset;
}

/** What the file is that would have to be unpacked first; null: nothing known. */
export function packedKind(file: Uint8Array): string | null {
  if (file[0] === 0x1f && file[1] === 0x8b) return 'compressed with gzip: unpack it first';
  if (file.length >= 8 && word(file, 4) === 0x676d_697a)
    return 'a compressed EFI kernel (zboot): use the Image it was made from';
  if (file.length < 4) return null;
  switch (word(file, 0)) {
    case 0xfd2f_b528:
      return 'compressed with zstd: unpack it first';
    case 0x184d_2204:
    case 0x184c_2102:
      return 'compressed with lz4: unpack it first';
    case 0x587a_37fd:
      return 'compressed with xz: unpack it first';
    case 0x5619_0527:
      return 'a U-Boot image (uImage): use the binary it was made from';
    case 0xedfe_0dd0:
      return 'a device tree or FIT image: use the binary itself';
    default:
      return null;
  }
}

function word(file: Uint8Array, at: number): number {
  return new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(at, true);
}
