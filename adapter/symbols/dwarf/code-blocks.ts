import { innermostFinder } from '../functions.ts';
import * as dw from './constants.ts';
import type { Die } from './die-reader.ts';
import { rangesOf, type AddressRange } from './ranges.ts';
import { orWarn } from './sections.ts';
import { entriesOf, entryOf, numberOf, textOf, type Unit } from './units.ts';

/** A function, or a copy of one that was inlined into another. */
export interface CodeBlock {
  readonly kind: 'function' | 'inlined';
  readonly unit: Unit;
  /** Byte of `.debug_info`: what tells it from all others. */
  readonly entry: number;
  /** Where its name is, if it has none itself: the entry it was made from. */
  readonly origin: number | null;
  /** Empty: see `origin`. */
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  /** The block it is in, for one that was inlined. */
  readonly parent: CodeBlock | null;
  /** For one that was inlined: where from. The file is a number of the unit's line program; 0: not told. */
  readonly call: { readonly file: number; readonly line: number; readonly column: number };
}

export interface CodeBlocks {
  readonly all: readonly CodeBlock[];
  /** The innermost one that has `address`. */
  at(address: bigint): CodeBlock | null;
}

const WANTED: ReadonlySet<number> = new Set([
  dw.DW_AT_name,
  dw.DW_AT_low_pc,
  dw.DW_AT_high_pc,
  dw.DW_AT_ranges,
  dw.DW_AT_abstract_origin,
  dw.DW_AT_specification,
  dw.DW_AT_call_file,
  dw.DW_AT_call_line,
  dw.DW_AT_call_column,
]);

/** Functions of a unit that have code, and what was inlined into them. Where entries are malformed, those before. */
export function readCodeBlocks(unit: Unit): CodeBlocks {
  const all: CodeBlock[] = [];
  orWarn(unit.sections.warn, undefined, () => {
    const entries = entriesOf(unit, (tag) =>
      tag === dw.DW_TAG_subprogram || tag === dw.DW_TAG_inlined_subroutine ? WANTED : null,
    );
    /** Blocks around the entry at hand, with their depths. */
    const around: { readonly depth: number; readonly block: CodeBlock }[] = [];
    for (let die = entries.next(); die; die = entries.next()) {
      let outer = around[around.length - 1];
      while (outer && !entries.isInside(outer.block.entry, outer.depth)) {
        around.pop();
        outer = around[around.length - 1];
      }
      const block = blockOf(unit, die, outer?.block ?? null);
      if (!block) continue;
      all.push(block);
      around.push({ depth: die.depth, block });
    }
  });
  const places = all
    .flatMap((block, order) => block.ranges.map(({ start, end }) => ({ start, end, block, order })))
    // Inner ones last: they are written after those around them, and not longer.
    .sort((a, b) => (a.start !== b.start ? (a.start < b.start ? -1 : 1) : a.order - b.order));
  const find = innermostFinder(places);
  return { all, at: (address) => find(address)?.block ?? null };
}

function blockOf(unit: Unit, die: Die, parent: CodeBlock | null): CodeBlock | null {
  const { warn } = unit.sections;
  const ranges = orWarn(warn, [], () => rangesOf(unit, die));
  // A declaration, or the pattern that copies are made from.
  if (ranges.length === 0) return null;
  const number = (name: number): number => Number(numberOf(die.attributes.get(name)) ?? 0n);
  return {
    kind: die.tag === dw.DW_TAG_inlined_subroutine ? 'inlined' : 'function',
    unit,
    entry: die.offset,
    origin:
      entryOf(unit, die.attributes.get(dw.DW_AT_abstract_origin)) ??
      entryOf(unit, die.attributes.get(dw.DW_AT_specification)),
    name: orWarn(warn, '', () => textOf(unit, die.attributes.get(dw.DW_AT_name)) ?? ''),
    ranges,
    parent: die.tag === dw.DW_TAG_inlined_subroutine ? parent : null,
    call: {
      file: number(dw.DW_AT_call_file),
      line: number(dw.DW_AT_call_line),
      column: number(dw.DW_AT_call_column),
    },
  };
}

const NAMING: ReadonlySet<number> = new Set([dw.DW_AT_name, dw.DW_AT_abstract_origin, dw.DW_AT_specification]);
/** Entries refer to each other for their name: a copy to its pattern, that to its declaration. Longer chains are none. */
const LONGEST_CHAIN = 8;

/** Name of a block, its own or that of what it was made from; empty if there is none. */
export function blockName(block: CodeBlock, unitAt: (offset: number) => Unit | null): string {
  if (block.name !== '') return block.name;
  return orWarn(block.unit.sections.warn, '', () => {
    let offset = block.origin;
    for (let hop = 0; offset !== null && hop < LONGEST_CHAIN; hop++) {
      const unit = unitAt(offset);
      const die: Die | null = unit ? entriesOf(unit, () => NAMING, offset).next() : null;
      if (!unit || !die) return '';
      const name = textOf(unit, die.attributes.get(dw.DW_AT_name));
      if (name !== null) return name;
      offset =
        entryOf(unit, die.attributes.get(dw.DW_AT_abstract_origin)) ??
        entryOf(unit, die.attributes.get(dw.DW_AT_specification));
    }
    return '';
  });
}
