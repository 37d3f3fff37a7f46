import type { ElfFile } from './elf/elf-file.ts';
import { SHF_EXECINSTR, type Section } from './elf/sections.ts';
import {
  SHN_ABS,
  SHN_UNDEF,
  STT_FUNC,
  STT_GNU_IFUNC,
  STT_NOTYPE,
  STT_OBJECT,
  type ElfSymbol,
} from './elf/symbol-table.ts';

/** A function, or a variable: something with a name that takes up addresses. */
export interface NamedRange {
  readonly name: string;
  readonly start: bigint;
  /** The address after the last one. Where the symbol has no size: where the next one of its section begins. */
  readonly end: bigint;
}

/** Names and addresses, both ways. */
export interface NameIndex {
  /** The innermost range that has `address`. */
  at(address: bigint): NamedRange | null;
  /** All ranges of that name, ascending: two files may each have a static function of it. */
  named(name: string): readonly NamedRange[];
  /** All ranges, ascending by start. */
  readonly all: readonly NamedRange[];
}

/** Functions: FUNC symbols, and labels in code. Mapping symbols and what is undefined or absolute is not among them. */
export function functionIndex(elf: ElfFile): NameIndex {
  return nameIndex(elf, (symbol, section) => {
    if (symbol.type === STT_FUNC || symbol.type === STT_GNU_IFUNC) return true;
    return symbol.type === STT_NOTYPE && isCodeSection(section);
  });
}

/** Variables: OBJECT symbols, and labels in data. */
export function variableIndex(elf: ElfFile): NameIndex {
  return nameIndex(
    elf,
    (symbol, section) => symbol.type === STT_OBJECT || (symbol.type === STT_NOTYPE && !isCodeSection(section)),
  );
}

function isCodeSection(section: Section | undefined): boolean {
  return section !== undefined && (section.flags & SHF_EXECINSTR) !== 0;
}

/** `$x` and `$d`, with or without `.suffix` (ELF for the Arm 64-bit Architecture, "Mapping symbols"). */
function mappingKind(name: string): 'code' | 'data' | null {
  if (!name.startsWith('$') || (name.length > 2 && name[2] !== '.')) return null;
  if (name[1] === 'x') return 'code';
  return name[1] === 'd' ? 'data' : null;
}

function nameIndex(elf: ElfFile, wanted: (symbol: ElfSymbol, section: Section | undefined) => boolean): NameIndex {
  const symbols = elf
    .symbols()
    .filter(
      (s) =>
        s.name !== '' &&
        s.section !== SHN_UNDEF &&
        s.section !== SHN_ABS &&
        mappingKind(s.name) === null &&
        wanted(s, elf.sections[s.section]),
    )
    .sort(byAddress);
  const ends = endsOf(symbols, elf.sections);
  const all = symbols.map((s, index): NamedRange => ({ name: s.name, start: s.value, end: ends[index] as bigint }));
  const names = new Map<string, NamedRange[]>();
  for (const range of all) {
    const same = names.get(range.name);
    if (!same) names.set(range.name, [range]);
    else if (same[same.length - 1]?.start !== range.start) same.push(range);
  }
  const shown = all.filter((_, index) => isShown(symbols, ends, index));
  const find = innermostFinder(shown);
  return { at: find, named: (name) => names.get(name) ?? [], all };
}

/** By address; the best name of an address is the last. */
function byAddress(a: ElfSymbol, b: ElfSymbol): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return goodness(a) - goodness(b) || (a.name < b.name ? 1 : -1);
}

function goodness(symbol: ElfSymbol): number {
  const binding = symbol.binding === 'global' ? 2 : symbol.binding === 'weak' ? 1 : 0;
  return (symbol.type === STT_NOTYPE ? 0 : 8) + (symbol.size > 0n ? 4 : 0) + binding;
}

/** Where each symbol ends. Goes backwards, so that the next address of each section is at hand. */
function endsOf(symbols: readonly ElfSymbol[], sections: readonly Section[]): readonly bigint[] {
  const ends = new Array<bigint>(symbols.length);
  /** Per section, the lowest address so far, and the lowest one above it. */
  const next = new Map<number, { at: bigint; after: bigint }>();
  for (let index = symbols.length - 1; index >= 0; index--) {
    const symbol = symbols[index] as ElfSymbol;
    const section = sections[symbol.section];
    const sectionEnd = section ? section.address + BigInt(section.size) : symbol.value;
    const seen = next.get(symbol.section) ?? { at: sectionEnd, after: sectionEnd };
    const after = seen.at > symbol.value ? seen.at : seen.after;
    next.set(symbol.section, { at: symbol.value, after });
    const end = symbol.size > 0n ? symbol.value + symbol.size : after;
    ends[index] = end > symbol.value ? end : symbol.value;
  }
  return ends;
}

/** A label without a size inside of a function that has one is a place in it, not another function. */
function isShown(symbols: readonly ElfSymbol[], ends: readonly bigint[], index: number): boolean {
  const symbol = symbols[index] as ElfSymbol;
  if (symbol.size > 0n || symbol.type !== STT_NOTYPE) return true;
  for (let before = index - 1, looked = 0; before >= 0 && looked < 64; before--, looked++) {
    const outer = symbols[before] as ElfSymbol;
    if (outer.size === 0n) continue;
    return !(outer.value < symbol.value && (ends[before] as bigint) > symbol.value);
  }
  return true;
}

/**
 * Looks up ranges by address: of those that have it, the last one. They are to be ascending by start. They may be
 * nested, and overlap in any way: a search is over the places where the answer changes.
 */
export function innermostFinder<T extends { readonly start: bigint; readonly end: bigint }>(
  ranges: readonly T[],
): (address: bigint) => T | null {
  const places: bigint[] = [];
  const answers: (T | null)[] = [];
  /** Ranges that have begun, the last one on top. Those below that have ended are taken off when they get there. */
  const open: T[] = [];
  const closeUpTo = (address: bigint): void => {
    for (let top = open[open.length - 1]; top && top.end <= address; top = open[open.length - 1]) {
      const { end } = top;
      for (let ended: T | undefined = top; ended && ended.end <= end; ended = open[open.length - 1]) open.pop();
      places.push(end);
      answers.push(open[open.length - 1] ?? null);
    }
  };
  for (const range of ranges) {
    if (range.end <= range.start) continue;
    closeUpTo(range.start);
    open.push(range);
    places.push(range.start);
    answers.push(range);
  }
  // What ends behind the last address ends nowhere.
  closeUpTo(MAX_U64);
  const starts = BigUint64Array.from(places);
  return (address) => answers[lastAtOrBefore(starts, address)] ?? null;
}

const MAX_U64 = (1n << 64n) - 1n;

/** Index of the last of ascending numbers that is not above `wanted`; -1 if all are. */
export function lastAtOrBefore(ascending: BigUint64Array, wanted: bigint): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as bigint) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Whether there are instructions at an address, rather than data the assembler put between them (literal pools, jump
 * tables). Code where nothing is told.
 */
export function codeMap(elf: ElfFile): (address: bigint) => boolean {
  const marks = elf
    .symbols()
    .filter((s) => s.section !== SHN_UNDEF && isCodeSection(elf.sections[s.section]) && mappingKind(s.name) !== null)
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const starts = BigUint64Array.from(marks, (mark) => mark.value);
  return (address) => {
    const mark = marks[lastAtOrBefore(starts, address)];
    if (!mark) return true;
    const section = elf.sections[mark.section] as Section;
    if (address >= section.address + BigInt(section.size)) return true;
    return mappingKind(mark.name) === 'code';
  };
}
