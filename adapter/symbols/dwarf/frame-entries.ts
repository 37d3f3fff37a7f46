import { ByteReader } from '../byte-reader.ts';
import { innermostFinder } from '../functions.ts';
import { DwarfError, dwarfComplaint } from './errors.ts';
import { orWarn, type Warn } from './sections.ts';

/** What entries of call frame information have in common (DWARF 5, 6.4.1, "CIE"). */
export interface FrameCommon {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  /** Number of the register with the return address: 30 on AArch64. */
  readonly returnRegister: number;
  readonly addressSize: number;
  /** Frames that an interrupt or signal made: the PC in them is exact. */
  readonly isSignal: boolean;
  /** Byte of the section, and behind the last one. */
  readonly instructions: readonly [start: number, end: number];
  readonly pointerEncoding: number;
  readonly hasAugmentationData: boolean;
}

/** How to unwind in some addresses ("FDE"). */
export interface FrameEntry {
  readonly start: bigint;
  readonly end: bigint;
  readonly common: FrameCommon;
  readonly instructions: readonly [start: number, end: number];
  readonly section: FrameSection;
}

/** `.debug_frame` or `.eh_frame`, inflated. */
export interface FrameSection {
  readonly name: '.debug_frame' | '.eh_frame';
  readonly bytes: Uint8Array;
  /** Where it is loaded; 0 for `.debug_frame`. */
  readonly address: bigint;
}

const PE_ABSOLUTE = 0x00;
const PE_OMIT = 0xff;
const PE_PC_RELATIVE = 0x10;

/** Entries by address. Malformed ones are left out, and told of. */
export function frameFinder(sections: readonly FrameSection[], warn: Warn): (address: bigint) => FrameEntry | null {
  const finders = sections.map((section) => {
    const entries = readFrameEntries(section, warn);
    entries.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    return innermostFinder(entries);
  });
  return (address) => {
    for (const find of finders) {
      const entry = find(address);
      if (entry) return entry;
    }
    return null;
  };
}

/*
 * Both sections are entries behind each other (off: 4 bytes, or 8 in 64-bit DWARF):
 *
 *     length (4, or 4 + 8), id (off), contents
 *     .debug_frame: id all ones: common part; else the offset of the common part
 *     .eh_frame:    id 0: common part; else how far before the id it is. A length of 0 ends.
 */
function readFrameEntries(section: FrameSection, warn: Warn): FrameEntry[] {
  const entries: FrameEntry[] = [];
  const commons = new Map<number, FrameCommon | null>();
  const complain = dwarfComplaint(section.name);
  const commonAt = (offset: number): FrameCommon => {
    let common = commons.get(offset);
    if (common === undefined) {
      common = orWarn(warn, null, () => readCommon(section, offset));
      commons.set(offset, common);
    }
    if (!common) throw new DwarfError(section.name, offset, 'no common part that can be used');
    return common;
  };
  const reader = new ByteReader(section.bytes, complain);
  orWarn(warn, undefined, () => {
    while (reader.left > 0) {
      const head = readHead(reader, section);
      if (!head) return;
      if (!head.isCommon)
        orWarn(warn, undefined, () => {
          const common = commonAt(head.commonAt);
          const entry = readEntry(section, new ByteReader(section.bytes, complain, head.from, head.end), common);
          if (entry) entries.push(entry);
        });
      reader.at = head.end;
    }
  });
  return entries;
}

interface Head {
  readonly isCommon: boolean;
  readonly commonAt: number;
  readonly from: number;
  readonly end: number;
}

function readHead(reader: ByteReader, section: FrameSection): Head | null {
  let length = reader.u32();
  const is64 = length === 0xffff_ffff;
  if (is64) length = reader.size64();
  if (length === 0)
    return section.name === '.eh_frame' ? null : { isCommon: true, commonAt: 0, from: reader.at, end: reader.at };
  const idAt = reader.at;
  const end = reader.skip(length) + length;
  reader.at = idAt;
  const id = is64 ? reader.u64() : BigInt(reader.u32());
  const from = reader.at;
  if (section.name === '.eh_frame') return { isCommon: id === 0n, commonAt: idAt - Number(id), from, end };
  const isCommon = id === (is64 ? (1n << 64n) - 1n : 0xffff_ffffn);
  return { isCommon, commonAt: Number(id), from, end };
}

/*
 * A common part behind its id:
 *
 *     version (1)   augmentation (string)   version 4: address size (1), segment size (1)
 *     code alignment (ULEB)   data alignment (SLEB)   return address register (1 in version 1, else ULEB)
 *     augmentation 'z...': length (ULEB), then by letter: R pointer encoding (1), L encoding (1), P encoding (1) and pointer
 *     instructions
 */
function readCommon(section: FrameSection, offset: number): FrameCommon {
  const reader = new ByteReader(section.bytes, dwarfComplaint(section.name), Math.max(0, offset));
  if (offset < 0) reader.fail('a common part before the section');
  const head = readHead(reader, section);
  if (!head?.isCommon) return reader.fail('no common part where one is told to be', offset);
  const body = new ByteReader(section.bytes, dwarfComplaint(section.name), head.from, head.end);
  const version = body.u8();
  if (version !== 1 && version !== 3 && version !== 4) body.fail(`unknown version ${version}`, head.from);
  const augmentation = body.string();
  let addressSize = 8;
  if (version === 4) {
    addressSize = body.u8();
    if (body.u8() !== 0) body.fail('segment selectors are not understood');
  }
  const codeAlignment = body.uleb();
  const dataAlignment = body.sleb();
  const returnRegister = version === 1 ? body.u8() : body.uleb();
  let pointerEncoding = PE_ABSOLUTE;
  let isSignal = false;
  const hasAugmentationData = augmentation.startsWith('z');
  if (hasAugmentationData) {
    const length = body.uleb();
    const dataEnd = body.skip(length) + length;
    body.at = dataEnd - length;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') pointerEncoding = body.u8();
      else if (letter === 'L') body.skip(1);
      else if (letter === 'P') readPointer(body, body.u8(), section, addressSize);
      else if (letter === 'S') isSignal = true;
      // B: return addresses are signed with the other key. G: tagged stacks. Neither has data.
      else if (letter !== 'B' && letter !== 'G') break;
    }
    body.at = dataEnd;
  } else if (augmentation !== '') body.fail(`unknown augmentation "${augmentation.slice(0, 16)}"`);
  return {
    codeAlignment,
    dataAlignment,
    returnRegister,
    addressSize,
    isSignal,
    instructions: [body.at, head.end],
    pointerEncoding,
    hasAugmentationData,
  };
}

function readEntry(section: FrameSection, reader: ByteReader, common: FrameCommon): FrameEntry | null {
  const { pointerEncoding, addressSize } = common;
  const start = readPointer(reader, pointerEncoding, section, addressSize);
  // The length is written like the address, but is relative to nothing.
  const length = readPointer(reader, pointerEncoding & 0x0f, section, addressSize);
  if (start === null || length === null || length <= 0n) return null;
  if (common.hasAugmentationData) reader.skip(reader.uleb());
  return { start, end: start + length, common, instructions: [reader.at, reader.end], section };
}

/** A pointer as `.eh_frame` encodes it (Linux Standard Base, "DWARF Extensions"); null: omitted. */
function readPointer(reader: ByteReader, encoding: number, section: FrameSection, addressSize: number): bigint | null {
  if (encoding === PE_OMIT) return null;
  const at = section.address + BigInt(reader.at);
  const value = readEncoded(reader, encoding & 0x0f, addressSize);
  const base = encoding & 0x70;
  if (base !== 0 && base !== PE_PC_RELATIVE)
    reader.fail(`pointers of encoding 0x${encoding.toString(16)} are not understood`);
  return BigInt.asUintN(64, value + (base === PE_PC_RELATIVE ? at : 0n));
}

function readEncoded(reader: ByteReader, format: number, addressSize: number): bigint {
  switch (format) {
    case 0x0:
      return reader.unsigned(addressSize);
    case 0x1:
      return reader.uleb64();
    case 0x2:
      return reader.unsigned(2);
    case 0x3:
      return reader.unsigned(4);
    case 0x4:
      return reader.u64();
    case 0x9:
      return reader.sleb64();
    case 0xa:
      return BigInt.asIntN(16, reader.unsigned(2));
    case 0xb:
      return BigInt(reader.i32());
    case 0xc:
      return BigInt.asIntN(64, reader.u64());
    default:
      return reader.fail(`unknown pointer format ${format}`);
  }
}
