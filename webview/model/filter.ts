import type { IrqRow } from '../../adapter/protocol.ts';
import { COLUMNS, type Column, type ColumnId } from './columns.ts';

/** A filter's text, understood. */
export interface Filter {
  /** Whether a row passes all terms. Malformed terms are left out. */
  matches(row: IrqRow): boolean;
  /** What is wrong with the malformed terms, a sentence each. */
  readonly problems: readonly string[];
  /** True where no term narrows anything. */
  readonly isEmpty: boolean;
}

type Test = (row: IrqRow) => boolean;
type Parsed = { test: Test } | { problem: string };

const WORDS: Readonly<Record<string, Test>> = {
  idle: (row) => row.state === 'idle',
  pending: (row) => row.pending,
  active: (row) => row.active,
  enabled: (row) => row.enabled,
  disabled: (row) => !row.enabled,
  changed: (row) => row.changed,
  queued: (row) => row.queuedOn !== null,
  high: (row) => row.line,
  low: (row) => !row.line,
  level: (row) => row.trigger === 'level',
  edge: (row) => row.trigger === 'edge',
  nobody: (row) => row.target === null,
  sgi: (row) => row.type === 'SGI',
  ppi: (row) => row.type === 'PPI',
  spi: (row) => row.type === 'SPI',
  lpi: (row) => row.type === 'LPI',
};

/** Words that hold of rows that could not be read, too. */
const TYPES: ReadonlySet<string> = new Set(['sgi', 'ppi', 'spi', 'lpi']);

/** The words a filter knows, for its help text. */
export const FILTER_WORDS: readonly string[] = Object.keys(WORDS);

/** Words and quantities that are a column's. */
const COLUMN_OF: Readonly<Record<string, ColumnId>> = { queued: 'queued', high: 'line', low: 'line', lr: 'queued' };

type Compare = (a: number, b: number) => boolean;

const COMPARE: Readonly<Record<string, Compare>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  ':': (a, b) => a === b,
};

/** Quantities that can be compared. A row matches if any of its values does. */
const FIELDS: Readonly<Record<string, (row: IrqRow) => readonly (number | null)[]>> = {
  cpu: (row) => [row.vcpu, row.target, row.queuedOn],
  vcpu: (row) => [row.vcpu, row.target, row.queuedOn],
  target: (row) => [row.target],
  prio: (row) => [row.priority],
  priority: (row) => [row.priority],
  intid: (row) => [row.intid],
  group: (row) => [row.group],
  lr: (row) => [row.listRegister],
};

/** Quantities of rows that could not be read, too. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set(['cpu', 'vcpu', 'intid']);

/** Understands a filter: terms separated by blanks, all of which a row must meet; `!` in front turns one around. */
export function parseFilter(text: string, columns: readonly Column[] = COLUMNS): Filter {
  const parsed = text
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((term) => parseTerm(term, columns));
  const tests = parsed.flatMap((term) => ('test' in term ? [term.test] : []));
  return {
    matches: (row) => tests.every((test) => test(row)),
    problems: parsed.flatMap((term) => ('problem' in term ? [term.problem] : [])),
    isEmpty: tests.length === 0,
  };
}

function parseTerm(term: string, columns: readonly Column[]): Parsed {
  if (!term.startsWith('!')) return parsePlain(term.toLowerCase(), columns);
  const inner = term.slice(1);
  if (inner === '') return { problem: 'A term is missing after “!”.' };
  const parsed = parseTerm(inner, columns);
  return 'problem' in parsed ? parsed : { test: (row) => !parsed.test(row) };
}

function parsePlain(term: string, columns: readonly Column[]): Parsed {
  const [name = ''] = /^[a-z]+/.exec(term) ?? [];
  const column = Object.hasOwn(COLUMN_OF, name) ? COLUMN_OF[name] : undefined;
  if (column !== undefined && !columns.some(({ id }) => id === column)) {
    return { problem: `“${term}”: that is not known of this target.` };
  }
  const word = Object.hasOwn(WORDS, term) ? WORDS[term] : undefined;
  if (word) return { test: (row) => (row.unavailable === undefined || TYPES.has(term)) && word(row) };
  const comparison = /^([a-z]+)(<=|>=|==|!=|[<>=:])(.*)$/.exec(term);
  if (comparison) return parseComparison(term, comparison[1] ?? '', comparison[2] ?? '', comparison[3] ?? '');
  const range = /^(\w+)(?:-|\.\.)(\w*)$/.exec(term);
  if (range && /^\d/.test(term)) return parseRange(term, range[1] ?? '', range[2] ?? '');
  if (/^\d/.test(term)) {
    const intid = parseNumber(term);
    return intid === undefined ? { problem: `“${term}” is not a number.` } : { test: (row) => row.intid === intid };
  }
  return { test: (row) => searchText(row, columns).includes(term) };
}

function parseComparison(term: string, name: string, operator: string, operand: string): Parsed {
  const values = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  const compare = COMPARE[operator];
  if (!values || !compare) {
    return { problem: `“${term}”: there is no “${name}” to compare. Known: ${Object.keys(FIELDS).join(', ')}.` };
  }
  if (operand === '') return { problem: `“${term}”: a number is missing at the end.` };
  const number = parseNumber(operand);
  if (number === undefined) return { problem: `“${term}”: “${operand}” is not a number.` };
  const isKnown = (row: IrqRow): boolean => row.unavailable === undefined || ALWAYS_KNOWN.has(name);
  return { test: (row) => isKnown(row) && values(row).some((value) => value !== null && compare(value, number)) };
}

function parseRange(term: string, first: string, last: string): Parsed {
  const low = parseNumber(first);
  const high = parseNumber(last);
  if (low === undefined || high === undefined) {
    return { problem: `“${term}”: a range needs two numbers, such as 32-47.` };
  }
  if (low > high) return { problem: `“${term}”: the range ends before it begins.` };
  return { test: (row) => row.intid >= low && row.intid <= high };
}

function parseNumber(text: string): number | undefined {
  return /^(0x[0-9a-f]+|0b[01]+|\d+)$/.test(text) ? Number(text) : undefined;
}

/** Free text is looked for in what the row shows. */
function searchText(row: IrqRow, columns: readonly Column[]): string {
  return columns
    .map((column) => column.text(row))
    .join(' ')
    .toLowerCase();
}
