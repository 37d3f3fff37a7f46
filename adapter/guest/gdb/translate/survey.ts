import { Descriptor, Kind, NO_EL0 } from './descriptor.ts';
import type { Level } from './level.ts';
import type { TableRequest } from './read-tables.ts';
import type { Half, Regime } from './regime.ts';
import type { Ranges } from './ranges.ts';
import type { TableStore } from './table-store.ts';

/** A table as it is used at some level. */
export interface SurveyedTable {
  readonly address: number;
  readonly view: DataView;
  /** Something below maps what is looked for. */
  reaches: boolean;
  /** So it does where EL0 has no access, even if no table above takes that access away. */
  reachesKernel: boolean;
}

type Tables = Map<number, SurveyedTable>;

/**
 * The tables of a half, level by level: which are there, and from which of them what is looked for can be reached. A table
 * that is used in many places is looked at once for each level, however many paths there are to it.
 */
export class Survey {
  readonly half: Half;
  readonly notes: string[] = [];
  /** There were more tables at a level than will be read. */
  truncated = false;
  readonly #descriptor: Descriptor;
  readonly #ranges: Ranges;
  readonly #levels: Tables[];
  readonly #most: number;
  #pending: number[];
  #depth = 0;

  /** @param most tables of a level to remember: those of a hostile guest name millions */
  constructor(regime: Regime, half: Half, ranges: Ranges, most: number) {
    this.half = half;
    this.#descriptor = new Descriptor(regime, half);
    this.#ranges = ranges;
    this.#levels = half.levels.map((): Tables => new Map());
    this.#most = most;
    this.#pending = [half.root];
  }

  /** Tables to read before `advance`; none at the end. */
  get wanted(): readonly TableRequest[] {
    const level = this.half.levels[this.#depth];
    return level ? this.#pending.map((address) => ({ address, length: level.bytes })) : [];
  }

  /** Looks at the tables that were wanted, and goes down a level. */
  advance(store: TableStore): void {
    const level = this.half.levels[this.#depth];
    const tables = this.#levels[this.#depth];
    if (!level || !tables) return;
    const unreadable: number[] = [];
    const below = new Set<number>();
    for (const address of this.#pending) {
      const view = store.view(address, level.bytes);
      if (view) tables.set(address, this.#look(address, view, level, below));
      else if (view === null) unreadable.push(address);
    }
    if (unreadable.length > 0) this.notes.push(this.#unreadableNote(unreadable, level));
    this.#pending = [...below];
    this.#depth++;
  }

  #look(address: number, view: DataView, level: Level, below: Set<number>): SurveyedTable {
    const descriptor = this.#descriptor;
    const table: SurveyedTable = { address, view, reaches: false, reachesKernel: false };
    for (let at = 0; at < level.bytes; at += 8) {
      const kind = descriptor.decode(view, at, level);
      if (kind === Kind.Table) this.#remember(descriptor.output, below);
      else if (kind === Kind.Leaf && this.#ranges.touch(descriptor.output, level.size)) {
        table.reaches = true;
        if (!descriptor.isEl0(0)) table.reachesKernel = true;
      }
    }
    return table;
  }

  #remember(address: number, below: Set<number>): void {
    if (below.size < this.#most) below.add(address);
    else this.truncated ||= !below.has(address);
  }

  #unreadableNote(tables: readonly number[], level: Level): string {
    const first = `0x${(tables[0] ?? 0).toString(16)}`;
    const where = `of level ${level.level} below ${this.half.isUpper ? 'TTBR1_EL1' : 'TTBR0_EL1'} cannot be read`;
    if (tables.length === 1) return `The table at ${first} ${where}: what it maps is not known`;
    return `${tables.length} tables, the first at ${first}, ${where}: what they map is not known`;
  }

  /** Once all levels are there: carries up from the leaves what is reached. */
  settle(): void {
    for (let depth = this.half.levels.length - 2; depth >= 0; depth--) {
      const level = this.half.levels[depth];
      const tables = this.#levels[depth];
      const below = this.#levels[depth + 1];
      // Nothing to carry into this level: what leaves it has itself is known.
      if (!level || !tables || !below || !someReach(below)) continue;
      for (const table of tables.values()) this.#carry(table, level, below);
    }
  }

  #carry(table: SurveyedTable, level: Level, below: Tables): void {
    const descriptor = this.#descriptor;
    for (let at = 0; at < level.bytes && !table.reachesKernel; at += 8) {
      if (descriptor.decode(table.view, at, level) !== Kind.Table) continue;
      const child = below.get(descriptor.output);
      if (!child?.reaches) continue;
      table.reaches = true;
      table.reachesKernel = child.reachesKernel || (descriptor.tableLimits & NO_EL0) !== 0;
    }
  }

  /** The table that an entry of the level above leads to. */
  table(depth: number, address: number): SurveyedTable | undefined {
    return this.#levels[depth]?.get(address);
  }
}

function someReach(tables: Tables): boolean {
  for (const table of tables.values()) if (table.reaches) return true;
  return false;
}
