import { DW_AT_high_pc, DW_AT_low_pc, DW_AT_ranges } from './constants.ts';
import type { Die } from './die-reader.ts';
import { DwarfError } from './errors.ts';
import { readOffset } from './forms.ts';
import { addressAt, addressOf, type Unit } from './units.ts';

/** Addresses from `start` up to, not including, `end`. */
export interface AddressRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** The addresses of an entry: low and high PC, or a list of ranges; none if it has no code. @throws DwarfError */
export function rangesOf(unit: Unit, die: Die): readonly AddressRange[] {
  const list = die.attributes.get(DW_AT_ranges);
  if (list?.kind === 'offset') return readList(unit, list.offset);
  if (list?.kind === 'constant') return readList(unit, Number(list.value));
  if (list?.kind === 'index' && list.of === 'range list') return readList(unit, listAt(unit, list.index));
  const start = addressOf(unit, die.attributes.get(DW_AT_low_pc));
  const high = die.attributes.get(DW_AT_high_pc);
  if (start === null || high === undefined) return [];
  // A number is a length, an address is the end.
  const end = high.kind === 'constant' ? start + high.value : addressOf(unit, high);
  return end !== null && end > start ? [{ start, end }] : [];
}

function readList(unit: Unit, offset: number): readonly AddressRange[] {
  return unit.format.version < 5 ? readOldList(unit, offset) : readNewList(unit, offset);
}

/** Offset of a list by its index in the unit's table (DWARF 5, 7.28). */
function listAt(unit: Unit, index: number): number {
  const { rangeLists } = unit.bases;
  if (rangeLists === null)
    throw new DwarfError(
      '.debug_info',
      unit.start,
      'a range list by its index, but the unit has no DW_AT_rnglists_base',
    );
  const reader = unit.sections.reader('rnglists', rangeLists + index * unit.format.offsetSize);
  return rangeLists + readOffset(reader, unit.format);
}

/*
 * `.debug_ranges` (DWARF 4, 2.17.3): pairs of addresses, relative to the base address. A pair that begins with the
 * highest address sets the base; 0 0 ends the list.
 */
function readOldList(unit: Unit, offset: number): readonly AddressRange[] {
  const size = unit.format.addressSize;
  const highest = (1n << BigInt(8 * size)) - 1n;
  const reader = unit.sections.reader('ranges', offset);
  const ranges: AddressRange[] = [];
  let base = unit.bases.lowPc;
  for (;;) {
    unit.sections.spend('ranges', reader.at, 2 * size);
    const start = reader.unsigned(size);
    const end = reader.unsigned(size);
    if (start === 0n && end === 0n) return ranges;
    if (start === highest) base = end;
    else push(ranges, base + start, base + end);
  }
}

/*
 * `.debug_rnglists` (DWARF 5, 7.25): a kind byte, then what it needs (x: ULEB index into `.debug_addr`, u: ULEB, a: address).
 *
 *     0 end   1 base x   2 start x, end x   3 start x, length u   4 offsets u u   5 base a   6 start a, end a
 *     7 start a, length u
 */
function readNewList(unit: Unit, offset: number): readonly AddressRange[] {
  const size = unit.format.addressSize;
  const reader = unit.sections.reader('rnglists', offset);
  const ranges: AddressRange[] = [];
  let base = unit.bases.lowPc;
  for (;;) {
    const at = reader.at;
    const kind = reader.u8();
    switch (kind) {
      case 0:
        return ranges;
      case 1:
        base = addressAt(unit, reader.uleb());
        break;
      case 2: {
        const start = addressAt(unit, reader.uleb());
        push(ranges, start, addressAt(unit, reader.uleb()));
        break;
      }
      case 3: {
        const start = addressAt(unit, reader.uleb());
        push(ranges, start, start + reader.uleb64());
        break;
      }
      case 4: {
        const start = base + reader.uleb64();
        push(ranges, start, base + reader.uleb64());
        break;
      }
      case 5:
        base = reader.unsigned(size);
        break;
      case 6: {
        const start = reader.unsigned(size);
        push(ranges, start, reader.unsigned(size));
        break;
      }
      case 7: {
        const start = reader.unsigned(size);
        push(ranges, start, start + reader.uleb64());
        break;
      }
      default:
        reader.fail(`unknown kind ${kind} of range`, at);
    }
    unit.sections.spend('rnglists', at, reader.at - at);
  }
}

function push(ranges: AddressRange[], start: bigint, end: bigint): void {
  if (end > start && end <= 1n << 64n) ranges.push({ start, end });
}
