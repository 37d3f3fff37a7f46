import { Descriptor, Kind, NO_EL0 } from './descriptor.ts';
import type { Level } from './level.ts';
import type { Half, Regime } from './regime.ts';
import type { Ranges } from './ranges.ts';
import type { Runs } from './runs.ts';
import type { Survey, SurveyedTable } from './survey.ts';

/**
 * Follows a survey down to every mapping, in ascending order of virtual addresses. It goes nowhere in vain: each table it
 * enters yields a mapping at least, so that the bound on mappings bounds the work, whatever paths there are.
 */
export class Collector {
  readonly #half: Half;
  readonly #survey: Survey;
  readonly #ranges: Ranges;
  readonly #kernelOnly: boolean;
  readonly #runs: Runs;
  /** One a level: a level's is still needed when those below are done. */
  readonly #descriptors: readonly Descriptor[];

  constructor(regime: Regime, survey: Survey, ranges: Ranges, kernelOnly: boolean, runs: Runs) {
    this.#half = survey.half;
    this.#survey = survey;
    this.#ranges = ranges;
    this.#kernelOnly = kernelOnly;
    this.#runs = runs;
    this.#descriptors = this.#half.levels.map(() => new Descriptor(regime, this.#half));
  }

  collect(): void {
    this.#enter(0, this.#half.root, 0, 0);
  }

  #enter(depth: number, address: number, offset: number, limits: number): void {
    const table = this.#survey.table(depth, address);
    const level = this.#half.levels[depth];
    const descriptor = this.#descriptors[depth];
    if (!table || !level || !descriptor || !this.#isWanted(table, limits)) return;
    for (let n = 0; n < level.entries && !this.#runs.isFull; n++) {
      const kind = descriptor.decode(table.view, 8 * n, level);
      const start = offset + n * level.size;
      if (kind === Kind.Table) this.#enter(depth + 1, descriptor.output, start, limits | descriptor.tableLimits);
      else if (kind === Kind.Leaf) this.#leaf(descriptor, level, start, limits);
    }
  }

  #isWanted(table: SurveyedTable, limits: number): boolean {
    const isKernel = (limits & NO_EL0) !== 0;
    return this.#kernelOnly && !isKernel ? table.reachesKernel : table.reaches;
  }

  /** The parts of a block or page that are in a range. */
  #leaf(descriptor: Descriptor, level: Level, offset: number, limits: number): void {
    const { output } = descriptor;
    if (!this.#ranges.touch(output, level.size)) return;
    const el0 = descriptor.isEl0(limits);
    if (el0 && this.#kernelOnly) return;
    const isWritable = descriptor.isWritable(limits);
    for (const { address, size } of this.#ranges.list) {
      const from = Math.max(address, output);
      const to = Math.min(address + size, output + level.size);
      if (from < to) this.#runs.add(offset + (from - output), from, to - from, el0, isWritable);
    }
  }
}
