import type { ByteReader } from '../byte-reader.ts';

/** Sizes that a unit's header decides. */
export interface UnitFormat {
  readonly version: number;
  /** Bytes of offsets into sections: 4, or 8 in 64-bit DWARF. */
  readonly offsetSize: 4 | 8;
  /** Bytes of addresses. */
  readonly addressSize: number;
}

/**
 * An attribute's value as it is written. `index` values point into `.debug_addr`, `.debug_str_offsets` or a table of
 * lists; the unit resolves them.
 */
export type AttributeValue =
  | { readonly kind: 'address'; readonly value: bigint }
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'string-at'; readonly table: 'str' | 'line_str'; readonly offset: number }
  | {
      readonly kind: 'index';
      readonly of: 'address' | 'string' | 'range list' | 'location list';
      readonly index: number;
    }
  | { readonly kind: 'offset'; readonly offset: number }
  /** An entry: from the beginning of the unit, or of `.debug_info`. */
  | { readonly kind: 'entry'; readonly from: 'unit' | 'section'; readonly offset: number }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  /** Something in another file, or of a form's kind that nothing here needs. */
  | { readonly kind: 'elsewhere' };

const ELSEWHERE: AttributeValue = { kind: 'elsewhere' };
const TRUE: AttributeValue = { kind: 'flag', value: true };

/*
 * Forms (DWARF 5, 7.5.6), and GNU's extensions of DWARF 4 for split units and shared files.
 */
const FORM = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
  gnuRefAlt: 0x1f20,
  gnuStrpAlt: 0x1f21,
} as const;

/**
 * Reads the value of an attribute.
 * @throws DwarfError if the form is unknown (what follows cannot be found then), or the value goes beyond the end
 */
export function readForm(reader: ByteReader, form: number, format: UnitFormat, implicit: bigint): AttributeValue {
  switch (form) {
    case FORM.addr:
      return { kind: 'address', value: reader.unsigned(format.addressSize) };
    case FORM.data1:
      return constant(BigInt(reader.u8()));
    case FORM.data2:
      return constant(BigInt(reader.u16()));
    case FORM.data4:
      // Before DWARF 4, data4 and data8 are also how offsets into sections are written.
      return format.version < 4 ? { kind: 'offset', offset: reader.u32() } : constant(BigInt(reader.u32()));
    case FORM.data8:
      return constant(reader.u64());
    case FORM.sdata:
      return constant(reader.sleb64());
    case FORM.udata:
      return constant(reader.uleb64());
    case FORM.implicitConst:
      return constant(implicit);
    case FORM.data16:
      return { kind: 'block', bytes: reader.block(16) };
    case FORM.block1:
      return { kind: 'block', bytes: reader.block(reader.u8()) };
    case FORM.block2:
      return { kind: 'block', bytes: reader.block(reader.u16()) };
    case FORM.block4:
      return { kind: 'block', bytes: reader.block(reader.u32()) };
    case FORM.block:
    case FORM.exprloc:
      return { kind: 'block', bytes: reader.block(reader.uleb()) };
    case FORM.flag:
      return { kind: 'flag', value: reader.u8() !== 0 };
    case FORM.flagPresent:
      return TRUE;
    case FORM.string:
      return { kind: 'text', value: reader.string() };
    case FORM.strp:
      return { kind: 'string-at', table: 'str', offset: readOffset(reader, format) };
    case FORM.lineStrp:
      return { kind: 'string-at', table: 'line_str', offset: readOffset(reader, format) };
    case FORM.secOffset:
      return { kind: 'offset', offset: readOffset(reader, format) };
    case FORM.refAddr:
      // In DWARF 2 the size of an address.
      return {
        kind: 'entry',
        from: 'section',
        offset: format.version < 3 ? Number(reader.unsigned(format.addressSize)) : readOffset(reader, format),
      };
    case FORM.ref1:
      return entry(reader.u8());
    case FORM.ref2:
      return entry(reader.u16());
    case FORM.ref4:
      return entry(reader.u32());
    case FORM.ref8:
      return entry(reader.size64());
    case FORM.refUdata:
      return entry(reader.uleb());
    case FORM.strx:
    case FORM.gnuStrIndex:
      return { kind: 'index', of: 'string', index: reader.uleb() };
    case FORM.strx1:
    case FORM.strx2:
    case FORM.strx3:
    case FORM.strx4:
      return { kind: 'index', of: 'string', index: small(reader, form - FORM.strx1 + 1) };
    case FORM.addrx:
    case FORM.gnuAddrIndex:
      return { kind: 'index', of: 'address', index: reader.uleb() };
    case FORM.addrx1:
    case FORM.addrx2:
    case FORM.addrx3:
    case FORM.addrx4:
      return { kind: 'index', of: 'address', index: small(reader, form - FORM.addrx1 + 1) };
    case FORM.rnglistx:
      return { kind: 'index', of: 'range list', index: reader.uleb() };
    case FORM.loclistx:
      return { kind: 'index', of: 'location list', index: reader.uleb() };
    case FORM.refSup4:
      reader.skip(4);
      return ELSEWHERE;
    case FORM.refSup8:
    case FORM.refSig8:
      reader.skip(8);
      return ELSEWHERE;
    case FORM.strpSup:
    case FORM.gnuRefAlt:
    case FORM.gnuStrpAlt:
      readOffset(reader, format);
      return ELSEWHERE;
    case FORM.indirect: {
      const inner = reader.uleb();
      if (inner === FORM.indirect || inner === FORM.implicitConst) reader.fail('a form that leads to itself');
      return readForm(reader, inner, format, 0n);
    }
    default:
      return reader.fail(`unknown form 0x${form.toString(16)}`);
  }
}

/**
 * Moves over a value that nobody asked for.
 * @throws DwarfError as `readForm`
 */
export function skipForm(reader: ByteReader, form: number, format: UnitFormat): void {
  switch (form) {
    case FORM.data1:
    case FORM.ref1:
    case FORM.flag:
      reader.skip(1);
      return;
    case FORM.data2:
    case FORM.ref2:
      reader.skip(2);
      return;
    case FORM.data4:
    case FORM.ref4:
      reader.skip(4);
      return;
    case FORM.data8:
      reader.skip(8);
      return;
    case FORM.strp:
    case FORM.lineStrp:
    case FORM.secOffset:
      reader.skip(format.offsetSize);
      return;
    case FORM.udata:
    case FORM.sdata:
      reader.skipLeb();
      return;
    case FORM.exprloc:
      reader.skip(reader.uleb());
      return;
    case FORM.string:
      reader.skipString();
      return;
    case FORM.flagPresent:
    case FORM.implicitConst:
      return;
    default:
      readForm(reader, form, format, 0n);
  }
}

/** An offset into a section. */
export function readOffset(reader: ByteReader, format: UnitFormat): number {
  return format.offsetSize === 8 ? reader.size64() : reader.u32();
}

/** Length of a unit, and with it whether it is 32-bit or 64-bit DWARF (DWARF 5, 7.4). */
export function readUnitLength(reader: ByteReader): { readonly length: number; readonly offsetSize: 4 | 8 } {
  const length = reader.u32();
  if (length < 0xffff_fff0) return { length, offsetSize: 4 };
  if (length !== 0xffff_ffff) reader.fail(`a unit with the reserved length 0x${length.toString(16)}`, reader.at - 4);
  return { length: reader.size64(), offsetSize: 8 };
}

function constant(value: bigint): AttributeValue {
  return { kind: 'constant', value };
}

function entry(offset: number): AttributeValue {
  return { kind: 'entry', from: 'unit', offset };
}

function small(reader: ByteReader, size: number): number {
  return size === 1 ? reader.u8() : size === 2 ? reader.u16() : size === 3 ? reader.u24() : reader.u32();
}
