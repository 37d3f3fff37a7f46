/** What a test wants of an ELF file; sizes and offsets follow. */
export interface ElfSpec {
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: bigint;
  readonly segments: readonly {
    readonly kind?: number;
    readonly virtual: bigint;
    readonly physical?: bigint;
    readonly bytes: Uint8Array;
    readonly memorySize?: bigint;
    /** Bit 0: executable. */
    readonly flags?: number;
  }[];
}

/** Builds a little-endian 64-bit ELF file: header, program headers, contents of the segments one after the other. */
export function elf({ type = 2, machine = 183, entry, segments }: ElfSpec): Uint8Array {
  const start = 64 + 56 * segments.length;
  const file = new Uint8Array(start + segments.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(0x10, type, true);
  view.setUint16(0x12, machine, true);
  view.setUint32(0x14, 1, true);
  view.setBigUint64(0x18, entry ?? segments[0]?.virtual ?? 0n, true);
  view.setBigUint64(0x20, 64n, true);
  view.setUint16(0x34, 64, true);
  view.setUint16(0x36, 56, true);
  view.setUint16(0x38, segments.length, true);
  let offset = start;
  segments.forEach(({ kind = 1, virtual, physical, bytes, memorySize, flags = 5 }, n) => {
    const at = 64 + 56 * n;
    view.setUint32(at, kind, true);
    view.setUint32(at + 4, flags, true);
    view.setBigUint64(at + 0x08, BigInt(offset), true);
    view.setBigUint64(at + 0x10, virtual, true);
    view.setBigUint64(at + 0x18, physical ?? virtual, true);
    view.setBigUint64(at + 0x20, BigInt(bytes.length), true);
    view.setBigUint64(at + 0x28, memorySize ?? BigInt(bytes.length), true);
    file.set(bytes, offset);
    offset += bytes.length;
  });
  return file;
}

/** An arm64 kernel image of `length` bytes. */
export function linuxImage(length: number, textOffset: bigint, imageSize: bigint, flags = 0xan): Uint8Array {
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x1400_0010, true);
  view.setBigUint64(0x08, textOffset, true);
  view.setBigUint64(0x10, imageSize, true);
  view.setBigUint64(0x18, flags, true);
  view.setUint32(0x38, 0x644d_5241, true);
  return file;
}
