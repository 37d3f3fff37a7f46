import { Random } from '../../oracle/generate/random.ts';
import type { LiveOptions } from '../live-qemu.ts';
import type { Operation, State } from '../operation.ts';
import { tamed } from './tamed.ts';

/** Interrupts of QEMU's virt: SPIs are 32 to 287. */
const SPIS = 256;
const SPIS_IN_FOCUS = 6;
const PPIS_IN_FOCUS = 2;
const SGIS_IN_FOCUS = 2;

/** Something to be done when the stream has that many operations. */
interface Due {
  readonly at: number;
  readonly make: () => void;
}

/** Operations of one run as they are made up, and what has to be remembered for the next ones to be plausible. */
export class Stream {
  readonly options: LiveOptions;
  readonly random: Random;
  readonly operations: Operation[] = [];
  /** Most operations are about these, so that several of them meet in one interrupt. */
  readonly focus: readonly number[];
  readonly spis: readonly number[];
  readonly ppis: readonly number[];
  readonly sgis: readonly number[];
  /** Most operations are of these CPUs. */
  readonly #cpus: readonly number[];
  readonly #due: Due[] = [];

  constructor(options: LiveOptions, seed: number, stream: number) {
    this.options = options;
    const random = new Random(seed, stream);
    this.random = random;
    // Neighbours: they share registers.
    const first = random.below(SPIS - 32);
    const near = (): number => 32 + first + random.below(random.once(3) ? 32 : 4);
    this.spis = distinct(SPIS_IN_FOCUS, near);
    this.ppis = distinct(PPIS_IN_FOCUS, () => 16 + random.below(16));
    this.sgis = distinct(SGIS_IN_FOCUS, () => random.below(16));
    this.focus = [...this.spis, ...this.ppis, ...this.sgis];
    this.#cpus = distinct(2, () => random.below(options.cpus));
  }

  add(operation: Operation): void {
    this.operations.push(tamed(operation, this.options.gic));
  }

  /** Where the next operation will be: what `answerOf` names. */
  get next(): number {
    return this.operations.length;
  }

  cpu(): number {
    return this.random.once(6) ? this.random.below(this.options.cpus) : this.random.pick(this.#cpus);
  }

  /** Field `state` of an access, for machines that have it. */
  state(): { state?: State } {
    if (!this.options.security) return {};
    return { state: this.random.pick<State>(['el3', 'el3', 's1', 'ns', 'ns', 'ns']) };
  }

  intid(): number {
    if (this.random.once(12)) return this.random.below(32 + SPIS);
    return this.random.pick(this.focus);
  }

  /** Once up to so many more operations have been made. What is due sooner comes first. */
  later(most: number, make: () => void): void {
    this.#due.push({ at: this.operations.length + this.random.below(most + 1), make });
  }

  /** @returns false where nothing is due */
  makeDue(): boolean {
    // What was added last: interrupts end in the opposite order.
    const n = this.#due.findLastIndex(({ at }) => at <= this.operations.length);
    if (n < 0) return false;
    this.#due.splice(n, 1)[0]?.make();
    return true;
  }
}

function distinct(count: number, make: () => number): number[] {
  return [...new Set(Array.from({ length: count }, make))].sort((a, b) => a - b);
}
