import type { FrameAccess, FrameRead } from '../frame-access.ts';
import type { FrameLocator } from '../frame-locator.ts';
import type { FrameMappings } from '../frame-mapping.ts';
import type { TargetCpus } from '../target-cpus.ts';
import * as A64 from './a64-words.ts';
import { MOST_WORDS, type Block, type Borrower } from './borrower.ts';

/** The first register that takes a value: X0 and X1 are the block's own. */
const FIRST = 2;

/** Reads one behind the other in memory, by one CPU. */
interface Run {
  readonly virtual: bigint;
  readonly width: 1 | 4 | 8;
  /** Places in the list of reads. */
  readonly indices: number[];
}

/** Frames by the CPUs themselves: for controllers whose registers no packet may read, and whose banks are the CPUs'. */
export class BorrowedAccess implements FrameAccess {
  readonly text = 'by its CPUs themselves: each executes a few loads, and is put back as it was';
  readonly #borrower: Borrower;
  readonly #locator: FrameLocator;
  readonly #cpus: TargetCpus;

  constructor(borrower: Borrower, locator: FrameLocator, cpus: TargetCpus) {
    this.#borrower = borrower;
    this.#locator = locator;
    this.#cpus = cpus;
  }

  async read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    const answers: (bigint | Error)[] = reads.map(() => new Error('not read'));
    const carrier = await this.#carrier();
    const by = new Map<number, number[]>();
    reads.forEach(({ vcpu, isBanked }, i) => {
      const who = isBanked ? vcpu : carrier;
      by.set(who, [...(by.get(who) ?? []), i]);
    });
    for (const [vcpu, indices] of by) await this.#readBy(vcpu, reads, indices, answers);
    return answers;
  }

  isPrompt({ vcpu, isBanked }: Pick<FrameRead, 'vcpu' | 'isBanked'>): boolean {
    if (isBanked) return this.#borrower.isReady(vcpu);
    return [...this.#cpus.threads.keys()].some((one) => this.#borrower.isReady(one));
  }

  async #readBy(
    vcpu: number,
    reads: readonly FrameRead[],
    indices: readonly number[],
    answers: (bigint | Error)[],
  ): Promise<void> {
    const refusal = this.#borrower.refusal(vcpu);
    if (refusal !== null) {
      for (const i of indices) answers[i] = new Error(refusal);
      return;
    }
    const mappings = await this.#locator.locateFor(vcpu);
    const runs = runsOf(vcpu, reads, indices, mappings, answers);
    const values = await this.#borrower.borrow(vcpu, runs.map(blockOf));
    runs.forEach((run, n) => {
      const value = values[n] ?? new Error('no answer');
      run.indices.forEach((i, k) => {
        answers[i] = value instanceof Error ? value : BigInt.asUintN(run.width * 8, value[k] ?? 0n);
      });
    });
  }

  async write({ vcpu, isBanked, address, width }: FrameRead, value: bigint): Promise<void> {
    const who = isBanked ? vcpu : await this.#carrier();
    const place = (await this.#locator.locateFor(who)).virtual(address);
    if (place === null) throw notMapped(who);
    const set = new Map([
      [0, value],
      [1, place],
    ]);
    const [answer] = await this.#borrower.borrow(who, [{ words: [A64.store(width, 0)], set, results: [] }]);
    if (answer instanceof Error) throw answer;
  }

  /** Of registers that all CPUs share, any will do: best one that executes at once. */
  async #carrier(): Promise<number> {
    const all = [...this.#cpus.threads.keys()];
    const ready = all.filter((vcpu) => this.#borrower.isReady(vcpu));
    for (const vcpu of ready) if ((await this.#locator.locateFor(vcpu)).all.length > 0) return vcpu;
    return ready[0] ?? all.find((vcpu) => this.#borrower.refusal(vcpu) === null) ?? 0;
  }
}

function notMapped(vcpu: number): Error {
  return new Error(`CPU ${vcpu} does not map this frame where it is now`);
}

/** Reads of words that lie one behind the other are one block; others stand alone. */
function runsOf(
  vcpu: number,
  reads: readonly FrameRead[],
  indices: readonly number[],
  mappings: FrameMappings,
  answers: (bigint | Error)[],
): Run[] {
  const runs: Run[] = [];
  let next = -1n;
  for (const i of [...indices].sort((a, b) => (reads[a]?.address ?? 0) - (reads[b]?.address ?? 0))) {
    const { address, width } = reads[i] as FrameRead;
    const virtual = mappings.virtual(address);
    if (virtual === null) {
      answers[i] = notMapped(vcpu);
      continue;
    }
    const last = runs.at(-1);
    if (
      last !== undefined &&
      width === 4 &&
      last.width === 4 &&
      virtual === next &&
      last.indices.length < MOST_WORDS - 1
    ) {
      last.indices.push(i);
    } else runs.push({ virtual, width, indices: [i] });
    next = virtual + 4n;
  }
  return runs;
}

function blockOf({ virtual, width, indices }: Run): Block {
  const results = indices.map((_, n) => FIRST + n);
  const words = results.map((t) => (width === 4 ? A64.loadNext(t) : A64.load(width, t)));
  return { words, set: new Map([[1, virtual]]), results };
}
