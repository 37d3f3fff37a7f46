import { Collector } from './collect.ts';
import type { ReadTables } from './read-tables.ts';
import type { Half, Regime } from './regime.ts';
import { Ranges, type PhysicalRange } from './ranges.ts';
import { Runs, type Mapping } from './runs.ts';
import { Survey } from './survey.ts';
import { TableStore } from './table-store.ts';

export type { Mapping, PhysicalRange };

export interface FindLimits {
  /** Tables to read at most; 16384 if not given, and never more than 64 MiB of them. */
  readonly tables?: number;
  /** Mappings to find at most; 4096 if not given. */
  readonly mappings?: number;
  /** Leave out what EL0 has access to. */
  readonly kernelOnly?: boolean;
  /** Whose tables to walk; those of both if not given. */
  readonly half?: 'lower' | 'upper';
}

export interface FoundMappings {
  /** In ascending order of virtual addresses, tags not counted. */
  readonly mappings: readonly Mapping[];
  /** There may be more, but a limit was reached. */
  readonly truncated: boolean;
  /** Tables that were read. */
  readonly tables: number;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

const MOST_TABLES = 16384;
const MOST_MAPPINGS = 4096;

/**
 * Finds every virtual address at which an access would reach a byte of some physical ranges. Tables are read breadth first,
 * all of a level in one call, and never from within the ranges: these are devices.
 */
export async function findMappings(
  regime: Regime,
  ranges: readonly PhysicalRange[],
  read: ReadTables,
  limits: FindLimits = {},
): Promise<FoundMappings> {
  const wanted = new Ranges(ranges);
  if (!regime.isOn) return identity(wanted);
  const most = limits.tables ?? MOST_TABLES;
  const store = new TableStore(read, wanted, most);
  // If there are too many tables, those of the kernel are worth more.
  const halves = [regime.upper, regime.lower].filter((half) => isWalked(half, limits));
  const surveys = halves.filter(isUnderstood).map((half) => new Survey(regime, half, wanted, most));
  for (;;) {
    const requests = surveys.flatMap((survey) => survey.wanted);
    if (requests.length === 0) break;
    await store.load(requests);
    for (const survey of surveys) survey.advance(store);
  }

  const mappings: Mapping[] = [];
  let truncated = store.truncated;
  for (const survey of surveys) {
    survey.settle();
    const runs = new Runs((limits.mappings ?? MOST_MAPPINGS) - mappings.length);
    new Collector(regime, survey, wanted, limits.kernelOnly ?? false, runs).collect();
    truncated ||= survey.truncated || runs.isFull;
    mappings.unshift(...runs.mappings(survey.half.base));
  }
  const notes = [...halves.flatMap(notesOf), ...surveys.flatMap((survey) => survey.notes)];
  return { mappings, truncated, tables: store.count, notes };
}

function isWalked(half: Half, limits: FindLimits): boolean {
  return !half.isOff && (limits.half === undefined || (limits.half === 'upper') === half.isUpper);
}

function isUnderstood(half: Half): boolean {
  return half.unsupported === null && half.root < 2 ** half.outputBits;
}

function notesOf(half: Half): readonly string[] {
  if (half.unsupported !== null) return [half.unsupported];
  if (isUnderstood(half)) return [];
  return [
    `TTBR${half.isUpper ? 1 : 0}_EL1 points outside the ${half.outputBits} bits of TCR_EL1.IPS: nothing translates`,
  ];
}

/** MMU off: addresses are physical, and whoever runs may use them. */
function identity(ranges: Ranges): FoundMappings {
  const mappings = ranges.list.map(({ address, size }) => ({
    virtual: BigInt(address),
    physical: address,
    size,
    el0: true,
    writable: true,
  }));
  return { mappings, truncated: false, tables: 0, notes: [] };
}
