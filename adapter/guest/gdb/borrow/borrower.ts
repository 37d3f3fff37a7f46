import type { RspClient } from '../../../rsp/client/client.ts';
import { RspError } from '../../../rsp/client/errors.ts';
import type { ThreadId } from '../../../rsp/client/thread-id.ts';
import type { TargetCpus } from '../target-cpus.ts';
import type { TargetMemory } from '../target-memory.ts';

/** One instruction that a CPU executes on the debugger's behalf, with X0 and X1 set before. */
export interface Loan {
  readonly word: number;
  readonly x0?: bigint;
  readonly x1?: bigint;
}

/** Milliseconds for one instruction. */
const STEP_LIMIT = 500;
const INSTRUCTION = 4;

/**
 * Lets a CPU that stands execute single instructions: what no debugger's packet reaches, a CPU reads itself. Its state is
 * saved before and restored behind, whatever happens; the others stand still meanwhile.
 */
export class Borrower {
  readonly #client: RspClient;
  readonly #cpus: TargetCpus;
  readonly #memory: TargetMemory;

  constructor(client: RspClient, cpus: TargetCpus, memory: TargetMemory) {
    this.#client = client;
    this.#cpus = cpus;
    this.#memory = memory;
  }

  /** Why a CPU cannot be borrowed now; null: it can. At EL0 it reaches neither the controller nor its registers. */
  refusal(vcpu: number): string | null {
    const pstate = this.#cpus.pstate(vcpu);
    if (pstate === null) return `the stub does not tell PSTATE of vCPU ${vcpu}`;
    if (((pstate >> 2) & 3) === 0) return `vCPU ${vcpu} runs user code: it cannot reach the controller`;
    return null;
  }

  /**
   * Executes instructions, one after the other.
   * @returns what X0 holds behind each, or why there is no answer
   * @throws RspError where the connection is gone, or the CPU could not be left as it was found
   */
  borrow(vcpu: number, loans: readonly Loan[]): Promise<(bigint | Error)[]> {
    const refusal = this.refusal(vcpu);
    if (refusal !== null) return Promise.resolve(loans.map(() => new Error(refusal)));
    return this.#memory.virtually(() => this.#borrow(this.#cpus.thread(vcpu), vcpu, loans));
  }

  async #borrow(thread: ThreadId, vcpu: number, loans: readonly Loan[]): Promise<(bigint | Error)[]> {
    const { registers, memory } = this.#client;
    const { names } = this.#cpus;
    const saved = [names.x(0), names.x(1), names.pc];
    const values = await registers.readMany(thread, saved);
    const known = values.filter((value) => typeof value === 'bigint');
    if (known.length < saved.length) return loans.map(() => new Error(`the registers of vCPU ${vcpu} cannot be read`));
    const place = known[2] as bigint;
    const code = await memory.read(place, INSTRUCTION, { thread });
    const answers: (bigint | Error)[] = [];
    try {
      let written = -1;
      for (const loan of loans) {
        if (loan.word !== written) {
          await memory.write(place, bytesOf(loan.word), { thread });
          written = loan.word;
        }
        const answer = await this.#execute(thread, place, loan, answers.length > 0);
        answers.push(answer);
        // A CPU that did not come back as it should is asked for nothing more.
        if (answer instanceof Error) break;
      }
    } finally {
      await memory.write(place, code, { thread });
      for (const [i, number] of saved.entries()) await registers.write(thread, number, known[i] as bigint);
    }
    const [failure] = answers.filter((answer) => answer instanceof Error);
    while (answers.length < loans.length) answers.push(failure ?? new Error('no answer'));
    return answers;
  }

  async #execute(thread: ThreadId, place: bigint, { x0, x1 }: Loan, again: boolean): Promise<bigint | Error> {
    const { registers, run } = this.#client;
    const { names } = this.#cpus;
    if (x0 !== undefined) await registers.write(thread, names.x(0), x0);
    if (x1 !== undefined) await registers.write(thread, names.x(1), x1);
    if (again) await registers.write(thread, names.pc, place);
    const { stop, interrupted } = await run.step(thread, STEP_LIMIT);
    if (stop.kind !== 'stopped') throw new RspError('closed', 'borrowing a CPU', 'the target has ended');
    if (interrupted !== null) return new Error('the CPU executes nothing: it is off, or waits for an interrupt');
    const [pc, answer] = await registers.readMany(thread, [names.pc, names.x(0)]);
    if (pc !== place + BigInt(INSTRUCTION)) return new Error('the CPU took an exception instead');
    return typeof answer === 'bigint' ? answer : new Error('X0 cannot be read');
  }
}

function bytesOf(word: number): Uint8Array {
  return Uint8Array.of(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
}
