import { virtFdt } from '../board/virt-fdt.ts';
import { checkVirtConfig, RAM_BASE, VIRT_MAP, type VirtConfig, type Window } from '../board/virt.ts';
import { isElf, readElf, type ElfImage, type ElfSegment } from './elf-image.ts';
import {
  DEFAULT_TEXT_OFFSET,
  IMAGE_ALIGNMENT,
  imageOffset,
  isLinuxImage,
  packedKind,
  readLinuxImage,
} from './linux-image.ts';
import { hex, LoadError } from './load-error.ts';

export interface NamedBytes {
  /** For messages: a file's name. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ProgramOptions extends NamedBytes, VirtConfig {
  /**
   * Physical address of a raw binary's first byte, or where a position-independent executable or a kernel goes instead
   * of its usual place. In flash (below 128 MB) it is firmware.
   */
  readonly address?: number | null;
  readonly initrd?: NamedBytes | null;
  /** /chosen/bootargs, without zero characters. */
  readonly bootargs?: string | null;
  /** How the tree says PSCI is called. */
  readonly conduit?: 'hvc' | 'smc';
}

/** Bytes that go to an address of RAM or flash, and zeros behind them. */
export interface LoadPiece extends NamedBytes {
  readonly address: number;
  /** End of the zeros: at least `address + bytes.length`. */
  readonly zeroUpTo: number;
}

export type ProgramKind = 'elf' | 'linux image' | 'raw' | 'firmware';

/** What to put where, and how to start. */
export interface LoadPlan {
  readonly kind: ProgramKind;
  /** Disjoint but for segments of an ELF file that overlap, where the later wins. The device tree is one of them. */
  readonly pieces: readonly LoadPiece[];
  /** Physical address of the first instruction. */
  readonly entry: bigint;
  /** x0 to x3 of vCPU 0 at the entry; the other registers are zero, the other vCPUs off until PSCI starts them. */
  readonly registers: readonly [bigint, bigint, bigint, bigint];
  readonly deviceTree: Window;
  readonly initrd: Window | null;
  /** What was added to the program's linked addresses: not 0 for a position-independent executable put elsewhere. */
  readonly bias: bigint;
  /** One line for people. */
  readonly description: string;
}

const PAGE = 0x1000;
const FLASH: Window = { base: VIRT_MAP.flash0.base, size: VIRT_MAP.flash0.size + VIRT_MAP.flash1.size };
/** Kernels unpack themselves below this distance from the start of memory. */
const INITRD_DISTANCE = 128 << 20;

/** Where a program lies and is entered, before anything else is placed. */
interface Placement {
  readonly kind: ProgramKind;
  readonly pieces: readonly LoadPiece[];
  readonly entry: bigint;
  readonly bias: bigint;
  /** How the tree is passed: at the start of memory, or behind the program with its address in x0. */
  readonly treeFirst: boolean;
  readonly what: string;
}

/**
 * Plans the start of a program as QEMU's `virt` machine does it: an ELF executable, a Linux kernel image, a raw binary
 * (`-kernel`), or firmware in flash (`-bios`). Where QEMU leaves x0 of ELF programs zero, here it is the address of the
 * device tree, as the Linux boot protocol has it. Nothing is copied but the device tree.
 * @throws LoadError for a file that cannot be loaded
 * @throws VirtConfigError for a machine that cannot be
 */
export function loadProgram(options: ProgramOptions): LoadPlan {
  checkVirtConfig(options);
  const { name, bootargs, address = null } = options;
  if (options.bytes.length === 0) throw new LoadError(name, 'the file is empty');
  if (bootargs?.includes('\0')) throw new LoadError(name, 'the boot arguments contain a zero character');
  if (address !== null && !(Number.isSafeInteger(address) && address >= 0 && address % 4 === 0)) {
    throw new LoadError(name, `${address} is no address of an instruction`);
  }
  const program = place(options);
  const occupied = program.pieces.map((piece) => ({ base: piece.address, size: piece.zeroUpTo - piece.address }));
  const initrd = options.initrd ? placeInitrd(options.initrd, options, occupied) : null;
  const { window, blob } = placeTree(program, options, occupied, initrd);

  const firmware = inside({ base: Number(program.entry), size: 4 }, FLASH);
  const pieces = [...program.pieces];
  if (options.initrd && initrd) pieces.push(pieceOf(options.initrd, initrd.base));
  pieces.push(pieceOf({ name: 'device tree', bytes: blob }, window.base));
  return {
    kind: program.kind,
    pieces,
    entry: program.entry,
    registers: [firmware ? 0n : BigInt(window.base), 0n, 0n, 0n],
    deviceTree: window,
    initrd,
    bias: program.bias,
    description: `${name}: ${program.what}, entered at ${hex(program.entry)}, device tree at ${hex(window.base)}`,
  };
}

function place(options: ProgramOptions): Placement {
  const { bytes, name } = options;
  if (isElf(bytes)) return placeElf(readElf(bytes, name), options);
  const packed = packedKind(bytes);
  if (packed) throw new LoadError(name, packed, 0);
  return isLinuxImage(bytes) ? placeImage(options) : placeRaw(options);
}

function placeImage(options: ProgramOptions): Placement {
  const image = readLinuxImage(options.bytes, options.name);
  const address = options.address ?? RAM_BASE + imageOffset(image);
  if ((address - image.textOffset) % IMAGE_ALIGNMENT !== 0) {
    throw new LoadError(
      options.name,
      `a kernel with text_offset ${hex(image.textOffset)} cannot start at ${hex(address)}: it needs a multiple of 2 MB plus that`,
    );
  }
  const piece = { ...pieceOf(options, address), zeroUpTo: address + image.imageSize };
  check(piece, options, [ramOf(options)]);
  return {
    kind: 'linux image',
    pieces: [piece],
    entry: BigInt(address),
    bias: 0n,
    treeFirst: false,
    what: `Linux kernel image at ${hex(address)}`,
  };
}

function placeRaw(options: ProgramOptions): Placement {
  const address = options.address ?? RAM_BASE + DEFAULT_TEXT_OFFSET;
  const piece = pieceOf(options, address);
  check(piece, options, [ramOf(options), FLASH]);
  const firmware = inside({ base: address, size: 4 }, FLASH);
  return {
    kind: firmware ? 'firmware' : 'raw',
    pieces: [piece],
    entry: BigInt(address),
    bias: 0n,
    treeFirst: firmware,
    what: firmware ? `firmware in flash at ${hex(address)}` : `raw binary at ${hex(address)}`,
  };
}

function placeElf(image: ElfImage, options: ProgramOptions): Placement {
  const { name } = options;
  const address = options.address ?? placeOfMovable(image);
  const lowest = image.segments.reduce((low, { physical }) => (physical < low ? physical : low), 1n << 64n);
  if (address !== null && !image.movable && BigInt(address) !== lowest) {
    throw new LoadError(name, `the program is linked to lie at ${hex(lowest)} and cannot be put at ${hex(address)}`);
  }
  const bias = address !== null ? BigInt(address) - lowest : 0n;
  const pieces = image.segments.map((segment, n) => elfPiece(segment, n, image, bias, options));

  const holder =
    image.segments.find((one) => one.executable && holds(one, image.entry)) ??
    image.segments.find((one) => holds(one, image.entry));
  if (!holder) throw new LoadError(name, `the entry point ${hex(image.entry)} lies in no segment`, 0x18);
  const entry = image.entry - holder.virtual + holder.physical + bias;
  if (entry % 4n !== 0n) throw new LoadError(name, `the entry point ${hex(image.entry)} is not a multiple of 4`, 0x18);
  const where = pieces.map((piece) => `${hex(piece.address)} to ${hex(piece.zeroUpTo - 1)}`).join(', ');
  return { kind: 'elf', pieces, entry, bias, treeFirst: true, what: `ELF program at ${where}` };
}

/**
 * Where a position-independent program goes that would come to lie in flash with data it writes to, which works nowhere:
 * where binaries go. Firmware, whose data is part of its text, stays in flash. Null: as linked.
 */
function placeOfMovable({ movable, segments }: ElfImage): number | null {
  const stuck = segments.some(({ physical, writable, executable }) => writable && !executable && physical < RAM_BASE);
  return movable && stuck ? RAM_BASE + DEFAULT_TEXT_OFFSET : null;
}

function holds(segment: ElfSegment, address: bigint): boolean {
  return address >= segment.virtual && address < segment.virtual + segment.memorySize;
}

function elfPiece(segment: ElfSegment, n: number, image: ElfImage, bias: bigint, options: ProgramOptions): LoadPiece {
  const start = segment.physical + bias;
  const end = start + segment.memorySize;
  const outside = `segment ${n}, ${hex(start)} to ${hex(end - 1n)}, lies outside RAM (${rangeOf(ramOf(options))}) and flash (${rangeOf(FLASH)})`;
  if (start < 0n || end > BigInt(Number.MAX_SAFE_INTEGER)) {
    const hint = start >= 1n << 63n ? '; for a Linux kernel use Image, not vmlinux' : '';
    throw new LoadError(options.name, outside + hint);
  }
  const cut = headersBelowMemory(segment, Number(start), image);
  const address = Number(start) + cut;
  const piece = { name: options.name, bytes: segment.bytes.subarray(cut), address, zeroUpTo: Number(end) };
  if (![ramOf(options), FLASH].some((window) => inside(windowOf(piece), window)))
    throw new LoadError(options.name, outside);
  return piece;
}

/**
 * Linkers put the file's own headers into the first segment, in front of the text: for text at the start of memory they
 * come to lie below it. Nobody reads them there, so they are left out.
 * @returns how many bytes of the segment to leave out
 */
function headersBelowMemory(segment: ElfSegment, start: number, image: ElfImage): number {
  const below = RAM_BASE - start;
  if (segment.offset !== 0 || below <= 0 || below > 0x1_0000 || below >= segment.bytes.length) return 0;
  return segment.bytes.subarray(image.headersSize, below).every((byte) => byte === 0) ? below : 0;
}

/** As far from the start as half the memory, at most 128 MB, and behind the program: as QEMU has it. */
function farPlace({ memory }: VirtConfig, occupied: readonly Window[]): number {
  const ends = occupied.filter(({ base }) => base >= RAM_BASE).map(({ base, size }) => base + size);
  return alignUp(Math.max(RAM_BASE + Math.min(memory / 2, INITRD_DISTANCE), ...ends), PAGE);
}

function placeInitrd(initrd: NamedBytes, options: ProgramOptions, occupied: readonly Window[]): Window {
  if (initrd.bytes.length === 0) throw new LoadError(initrd.name, 'the file is empty');
  const window = { base: farPlace(options, occupied), size: initrd.bytes.length };
  if (!inside(window, ramOf(options))) {
    throw new LoadError(
      initrd.name,
      `the initial RAM disk of ${initrd.bytes.length} bytes has no room at ${hex(window.base)}: memory ends at ${hex(RAM_BASE + options.memory)}`,
    );
  }
  return window;
}

function placeTree(
  program: Placement,
  options: ProgramOptions,
  occupied: readonly Window[],
  initrd: Window | null,
): { readonly window: Window; readonly blob: Uint8Array } {
  const { gic, vcpus, memory, bootargs = null, conduit = 'hvc' } = options;
  const blob = virtFdt({ gic, vcpus, memory, bootargs, initrd, conduit });
  const taken = initrd ? [...occupied, initrd] : occupied;
  // A kernel may overwrite the rest of the page its RAM disk ends in, and maps the tree in units of 2 MB.
  const far = alignUp(farPlace(options, taken), IMAGE_ALIGNMENT);
  for (const base of program.treeFirst ? [RAM_BASE, far] : [far, RAM_BASE]) {
    const window = { base, size: blob.length };
    if (inside(window, ramOf(options)) && !taken.some((other) => overlap(window, other))) return { window, blob };
  }
  throw new LoadError(
    options.name,
    `there is no room for the device tree of ${blob.length} bytes at ${hex(RAM_BASE)} or ${hex(far)}`,
  );
}

function check(piece: LoadPiece, options: ProgramOptions, windows: readonly Window[]): void {
  if (windows.some((window) => inside(windowOf(piece), window))) return;
  const allowed = windows.map((window) => `${window === FLASH ? 'flash' : 'RAM'} (${rangeOf(window)})`).join(' or ');
  throw new LoadError(
    options.name,
    `it would lie at ${hex(piece.address)} to ${hex(piece.zeroUpTo - 1)}, outside ${allowed}`,
  );
}

function pieceOf({ name, bytes }: NamedBytes, address: number): LoadPiece {
  return { name, bytes, address, zeroUpTo: address + bytes.length };
}

function windowOf(piece: LoadPiece): Window {
  return { base: piece.address, size: piece.zeroUpTo - piece.address };
}

function ramOf({ memory }: VirtConfig): Window {
  return { base: RAM_BASE, size: memory };
}

function rangeOf({ base, size }: Window): string {
  return `${hex(base)} to ${hex(base + size - 1)}`;
}

function inside(inner: Window, outer: Window): boolean {
  return inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size;
}

function overlap(a: Window, b: Window): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}

function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
