import type { FrameAccess, FrameRead } from '../frame-access.ts';
import type { FrameLocator } from '../frame-locator.ts';
import type { Borrower, Loan } from './borrower.ts';

/** LDRB, LDR and STRB, STR of W0 or X0 by the address in X1, by their width. */
const LOADS = { 1: 0x3940_0020, 4: 0xb940_0020, 8: 0xf940_0020 } as const;
const STORES = { 1: 0x3900_0020, 4: 0xb900_0020, 8: 0xf900_0020 } as const;

/** Frames by the CPUs themselves: for controllers whose registers no packet may read, and whose banks are the CPUs'. */
export class BorrowedAccess implements FrameAccess {
  readonly text = 'by its CPUs themselves: each executes one load at a time, and is put back as it was';
  readonly #borrower: Borrower;
  readonly #locator: FrameLocator;

  constructor(borrower: Borrower, locator: FrameLocator) {
    this.#borrower = borrower;
    this.#locator = locator;
  }

  async read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]> {
    const answers: (bigint | Error)[] = reads.map(() => new Error('not read'));
    for (const vcpu of new Set(reads.map((read) => read.vcpu))) {
      const mine = [...reads.entries()].filter(([, read]) => read.vcpu === vcpu);
      const values = await this.#by(
        vcpu,
        mine.map(([, read]) => read),
        (read, x1) => ({ word: LOADS[read.width], x1 }),
      );
      mine.forEach(([at], i) => (answers[at] = values[i] ?? new Error('no answer')));
    }
    return answers;
  }

  async write(access: FrameRead, value: bigint): Promise<void> {
    const make = (one: FrameRead, x1: bigint): Loan => ({ word: STORES[one.width], x0: value, x1 });
    const [answer] = await this.#by(access.vcpu, [access], make);
    if (answer instanceof Error) throw answer;
  }

  async #by(
    vcpu: number,
    accesses: readonly FrameRead[],
    make: (access: FrameRead, x1: bigint) => Loan,
  ): Promise<(bigint | Error)[]> {
    const mappings = await this.#locator.locateFor(vcpu);
    const places = accesses.map(({ address }) => mappings.virtual(address));
    const loans = accesses.flatMap((access, i) => {
      const place = places[i];
      return place === null || place === undefined ? [] : [make(access, place)];
    });
    const values = loans.length === 0 ? [] : await this.#borrower.borrow(vcpu, loans);
    let next = 0;
    return places.map((place) =>
      place === null
        ? new Error(`vCPU ${vcpu} does not map this frame now`)
        : (values[next++] ?? new Error('no answer')),
    );
  }
}
