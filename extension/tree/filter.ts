import type { RegisterInfo } from '../../adapter/protocol.ts';
import { partsIn, type Family, type TreeNode } from './nodes.ts';
import { intidsOf, type Part } from './parts.ts';
import { parseHex } from './values.ts';

/** One word of a filter. All words have to match. */
type Term =
  { kind: 'text'; text: string } | { kind: 'number'; value: number; text: string } | { kind: 'address'; value: bigint };

/** A filter the user typed. */
export interface Filter {
  readonly text: string;
  readonly terms: readonly Term[];
}

/** Reads a filter; undefined where it is empty. "INTID 33" is the same as "33". */
export function parseFilter(text: string): Filter | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const terms = words.filter((word, i) => !(isIntidWord(word) && /^\d+$/.test(words[i + 1] ?? ''))).map(parseTerm);
  return { text: text.trim(), terms };
}

function isIntidWord(word: string): boolean {
  return word === 'intid' || word === 'irq' || word === 'interrupt';
}

function parseTerm(word: string): Term {
  if (/^0x[0-9a-f]+$/.test(word)) return { kind: 'address', value: BigInt(word) };
  if (/^\d+$/.test(word)) return { kind: 'number', value: Number(word), text: word };
  return { kind: 'text', text: word };
}

/** True where the register itself matches: then everything below it does. */
export function matchesRegister(filter: Filter, family: Family, register: RegisterInfo): boolean {
  return filter.terms.every((term) => termMatchesRegister(term, family, register));
}

/** True where the register or a piece of it matches: then the register stays in the tree. */
export function keepsRegister(filter: Filter, family: Family, register: RegisterInfo): boolean {
  return (
    matchesRegister(filter, family, register) ||
    partsIn(family, register).some((part) => keepsPart(filter, family, register, part))
  );
}

/** True where the words match the piece together with its register. */
export function keepsPart(filter: Filter, family: Family, register: RegisterInfo, part: Part): boolean {
  return filter.terms.every((term) => {
    if (term.kind === 'number') {
      // A number names an interrupt: of its register's pieces only that one is wanted.
      return part.intid !== undefined && coversIntid(register, term.value)
        ? part.intid === term.value
        : termMatchesRegister(term, family, register);
    }
    return (
      termMatchesRegister(term, family, register) ||
      (term.kind === 'text' && part.field.name.toLowerCase().includes(term.text))
    );
  });
}

/** True where the node stays in the tree. Session and pin nodes always do. */
export function keepsNode(filter: Filter, node: TreeNode): boolean {
  switch (node.kind) {
    case 'session':
    case 'pinned':
    case 'message':
      return true;
    case 'family':
      return node.family.registers.some((register) => keepsRegister(filter, node.family, register));
    case 'group':
      return node.registers.some((register) => keepsRegister(filter, node.family, register));
    case 'register':
    case 'bank':
      return keepsRegister(filter, node.family, node.register);
    case 'part':
      return keepsPart(filter, node.family, node.register, node.part);
  }
}

/** Where the filter's words occur in a label, for highlighting. */
export function highlightsIn(filter: Filter, label: string): [number, number][] {
  const lower = label.toLowerCase();
  const ranges: [number, number][] = [];
  for (const term of filter.terms) {
    if (term.kind === 'address') continue;
    const at = lower.indexOf(term.text);
    if (at >= 0) ranges.push([at, at + term.text.length]);
  }
  return merged(ranges.sort((a, b) => a[0] - b[0]));
}

function merged(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function termMatchesRegister(term: Term, family: Family, register: RegisterInfo): boolean {
  switch (term.kind) {
    case 'text':
      return (
        register.name.toLowerCase().includes(term.text) ||
        family.id.toLowerCase().includes(term.text) ||
        family.title.toLowerCase().includes(term.text)
      );
    case 'number':
      return register.index === term.value || coversIntid(register, term.value);
    case 'address':
      return holdsAddress(term.value, family, register);
  }
}

function coversIntid(register: RegisterInfo, intid: number): boolean {
  const range = intidsOf(register);
  return range !== undefined && intid >= range.first && intid <= range.last;
}

/** An offset in the frame or an address in the guest's memory; any byte of the register counts. */
function holdsAddress(address: bigint, family: Family, register: RegisterInfo): boolean {
  const bytes = BigInt(register.bits / 8);
  const starts = [BigInt(register.offset), ...family.frames.map((f) => parseHex(f.base) + BigInt(register.offset))];
  return starts.some((start) => address >= start && address < start + bytes);
}
