import type { RspClient } from '../../../rsp/client/client.ts';
import { RspError } from '../../../rsp/client/errors.ts';
import type { StopPoint } from '../../../rsp/client/stops.ts';
import type { ThreadId } from '../../../rsp/client/thread-id.ts';
import type { TargetCpus } from '../target-cpus.ts';
import type { TargetMemory } from '../target-memory.ts';
import type { Regime } from '../translate/regime.ts';
import { translate } from '../translate/translate.ts';
import * as A64 from './a64-words.ts';

/** A few instructions that a CPU executes on the debugger's behalf. */
export interface Block {
  readonly words: readonly number[];
  /** Registers X0 to X28 set before, by number. */
  readonly set: ReadonlyMap<number, bigint>;
  /** Registers X0 to X28 whose values are wanted behind it. */
  readonly results: readonly number[];
}

/** Instructions of a block at most: they are written over code, where a page may end. */
export const MOST_WORDS = 27;

/** Milliseconds for a block of a CPU that executes, and of one that first has to be woken by an interrupt. */
const LIMIT = 500;
const WAKING_LIMIT = 4000;
const WORD = 4;
const REGISTERS = 29;
const MASK_ALL = 0x3c0n;
/** Of VBAR_EL1: synchronous exceptions of the current level, with SP_EL0 and with SP_EL1, and of the level below. */
const VECTORS = { sp0: 0x000n, spx: 0x200n, lower: 0x400n } as const;

/** What a CPU is put back to: X0 to X28, PC and PSTATE. */
interface CpuState {
  readonly x: readonly bigint[];
  readonly pc: bigint;
  readonly cpsr: bigint;
}

/** Where a CPU stands at EL1 or above, and code is put. */
interface Site {
  readonly state: CpuState;
  /** Bytes there is room for. */
  readonly room: number;
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/**
 * Lets a CPU that stands execute instructions: what no debugger's packet reaches, a CPU reads itself. Interrupts are masked
 * meanwhile and the other CPUs stand; its state is saved before and put back behind, whatever happens. A CPU that runs user
 * code is brought to EL1 by an exception of its own, and returned from there.
 */
export class Borrower {
  readonly #client: RspClient;
  readonly #cpus: TargetCpus;
  readonly #memory: TargetMemory;
  readonly #regimeOf: (vcpu: number) => Regime | null;
  /** CPUs that were seen to execute nothing, until the target goes on. */
  readonly #idle = new Map<number, string>();

  /** @param regimeOf how a CPU's kernel translates, as far as the stub tells */
  constructor(client: RspClient, cpus: TargetCpus, memory: TargetMemory, regimeOf: (vcpu: number) => Regime | null) {
    this.#regimeOf = regimeOf;
    this.#client = client;
    this.#cpus = cpus;
    this.#memory = memory;
  }

  /** The target has gone on. */
  forget(): void {
    this.#idle.clear();
  }

  /** Why a CPU cannot be borrowed now; null: it can, as far as is known. */
  refusal(vcpu: number): string | null {
    const idle = this.#idle.get(vcpu);
    if (idle !== undefined) return idle;
    if (this.#cpus.activity(vcpu) === 'off') return `CPU ${vcpu} is powered off: it has never executed anything`;
    if (this.#cpus.pstate(vcpu) === null) return `the stub does not tell PSTATE of CPU ${vcpu}`;
    return null;
  }

  /** True where a CPU executes as soon as it is let: it does not wait for an interrupt. */
  isReady(vcpu: number): boolean {
    return this.refusal(vcpu) === null && this.#cpus.activity(vcpu) === 'runs';
  }

  /**
   * Executes blocks, one after the other.
   * @returns what the registers asked for hold behind each, or why there is no answer
   * @throws RspError where the connection is gone
   */
  borrow(vcpu: number, blocks: readonly Block[]): Promise<(readonly bigint[] | Error)[]> {
    const refusal = this.refusal(vcpu);
    if (refusal !== null) return Promise.resolve(blocks.map(() => new Error(refusal)));
    return this.#memory.virtually(() => this.#borrow(this.#cpus.thread(vcpu), vcpu, blocks));
  }

  async #borrow(thread: ThreadId, vcpu: number, blocks: readonly Block[]): Promise<(readonly bigint[] | Error)[]> {
    const fail = (error: Error): Error[] => blocks.map(() => error);
    const before = await this.#stateOf(thread);
    if (before === null) return fail(new Error(`the registers of CPU ${vcpu} cannot be read`));
    const { names } = this.#cpus;
    const vbar = names.numberOf('VBAR_EL1');
    const vectors = vbar === null ? null : await this.#client.registers.read(thread, vbar);
    const traps = vectors === null ? [] : [vectors + VECTORS.sp0, vectors + VECTORS.spx];
    if (((before.cpsr >> 2n) & 3n) === 0n) return this.#borrowUser(thread, vcpu, vectors, before, traps, blocks);
    const code = await this.#client.memory.read(before.pc, MOST_WORDS * WORD, { thread });
    const write = (bytes: Uint8Array): Promise<void> => this.#client.memory.write(before.pc, bytes, { thread });
    try {
      return await this.#executeAll(thread, vcpu, { state: before, room: code.length, write }, traps, blocks);
    } finally {
      await write(code);
      await this.#putBack(thread, before);
    }
  }

  /** A CPU that runs user code: the kernel's memory is out of its reach, and is written at physical addresses. */
  async #borrowUser(
    thread: ThreadId,
    vcpu: number,
    vectors: bigint | null,
    before: CpuState,
    traps: readonly bigint[],
    blocks: readonly Block[],
  ): Promise<(readonly bigint[] | Error)[]> {
    const fail = (why: string): Error[] => blocks.map(() => new Error(`CPU ${vcpu} runs user code, and ${why}`));
    if (vectors === null) return fail('the stub does not tell VBAR_EL1');
    const place = vectors + VECTORS.lower;
    const physical = await this.#physicalAt(vcpu, place);
    if (physical === null) return fail('where its vectors are in memory cannot be told');
    const entered = await this.#enter(thread, vcpu, vectors);
    if (entered !== null) {
      await this.#putBack(thread, before);
      return blocks.map(() => entered);
    }
    const state = await this.#stateOf(thread);
    const code = await this.#physically((memory) => memory.read(physical, MOST_WORDS * WORD));
    const write = (bytes: Uint8Array): Promise<void> => this.#physically((memory) => memory.write(physical, bytes));
    try {
      if (state === null) return fail('its registers cannot be read');
      return await this.#executeAll(thread, vcpu, { state, room: code.length, write }, traps, blocks);
    } finally {
      await this.#leave(thread, place, before, write);
      await write(code);
      await this.#putBack(thread, before);
    }
  }

  /** Back to user code: ELR and SPSR cannot be written from outside, so the CPU does it, and returns by them. */
  async #leave(
    thread: ThreadId,
    place: bigint,
    user: CpuState,
    write: (bytes: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const { names } = this.#cpus;
    const { registers, run } = this.#client;
    await write(A64.bytesOf(A64.RETURN));
    await registers.write(thread, names.x(0), user.pc);
    await registers.write(thread, names.x(1), user.cpsr);
    await registers.write(thread, names.pc, place);
    for (let n = 0; n < A64.RETURN.length; n++) await run.step(thread, LIMIT);
  }

  /** The CPU's own way into the kernel: it has no right to execute its vectors, and takes an exception for trying. */
  async #enter(thread: ThreadId, vcpu: number, vectors: bigint): Promise<Error | null> {
    const { names } = this.#cpus;
    await this.#client.registers.write(thread, names.pc, vectors);
    const { stop, interrupted } = await this.#client.run.step(thread, LIMIT);
    if (stop.kind !== 'stopped') throw new RspError('closed', 'borrowing a CPU', 'the target has ended');
    if (interrupted !== null) return this.#isIdle(vcpu);
    const [pc] = await this.#client.registers.readMany(thread, [names.pc]);
    return pc === vectors + VECTORS.lower ? null : new Error(`CPU ${vcpu} could not be brought out of user code`);
  }

  async #executeAll(
    thread: ThreadId,
    vcpu: number,
    { state, room, write }: Site,
    traps: readonly bigint[],
    blocks: readonly Block[],
  ): Promise<(readonly bigint[] | Error)[]> {
    const answers: (readonly bigint[] | Error)[] = [];
    const { names } = this.#cpus;
    if (names.cpsr !== null) await this.#client.registers.write(thread, names.cpsr, state.cpsr | MASK_ALL);
    let written = '';
    for (const block of blocks) {
      if (block.words.length * WORD > room) {
        answers.push(new Error(`there is no room for ${block.words.length} instructions where CPU ${vcpu} stands`));
        continue;
      }
      const code = block.words.join();
      if (code !== written) await write(A64.bytesOf(block.words));
      written = code;
      const answer = await this.#execute(thread, vcpu, state.pc, traps, block);
      answers.push(answer);
      // A CPU that did not come back as it should is asked for nothing more.
      if (answer instanceof Error) break;
    }
    const last = answers.at(-1);
    while (answers.length < blocks.length) answers.push(last instanceof Error ? last : new Error('no answer'));
    return answers;
  }

  async #execute(
    thread: ThreadId,
    vcpu: number,
    place: bigint,
    traps: readonly bigint[],
    { words, set, results }: Block,
  ): Promise<readonly bigint[] | Error> {
    const { registers, run, stops } = this.#client;
    const { names } = this.#cpus;
    for (const [n, value] of set) await registers.write(thread, names.x(n), value);
    await registers.write(thread, names.pc, place);
    const end = place + BigInt(words.length * WORD);
    const points = [end, ...traps].map((address): StopPoint => ({ kind: 'software', address, length: WORD }));
    for (const point of points) await stops.insert(point);
    try {
      const limit = this.#cpus.activity(vcpu) === 'runs' ? LIMIT : WAKING_LIMIT;
      const { ended } = await run.resume([{ kind: 'continue', thread }], limit);
      const { stop } = await ended;
      if (stop.kind !== 'stopped') throw new RspError('closed', 'borrowing a CPU', 'the target has ended');
    } finally {
      for (const point of points) await stops.remove(point);
    }
    const all = await registers.readAll(thread);
    const pc = all.get(names.pc) ?? null;
    if (pc === place) return this.#isIdle(vcpu);
    if (pc !== end) return new Error(`CPU ${vcpu} took an exception instead`);
    // It was woken.
    this.#cpus.setActivity(vcpu, 'runs');
    const values = results.map((n) => all.get(names.x(n)) ?? null);
    return values.includes(null) ? new Error('the stub does not tell its registers') : (values as bigint[]);
  }

  #isIdle(vcpu: number): Error {
    const why = `CPU ${vcpu} executes nothing: it waits for an interrupt, or is powered off`;
    this.#idle.set(vcpu, why);
    return new Error(why);
  }

  async #stateOf(thread: ThreadId): Promise<CpuState | null> {
    const { names } = this.#cpus;
    const all = await this.#client.registers.readAll(thread);
    const x = Array.from({ length: REGISTERS }, (_, n) => all.get(names.x(n)) ?? null);
    const pc = all.get(names.pc) ?? null;
    const cpsr = names.cpsr === null ? null : (all.get(names.cpsr) ?? null);
    if (pc === null || cpsr === null || x.includes(null)) return null;
    return { x: x as bigint[], pc, cpsr };
  }

  /** Where the kernel's memory at a virtual address is; null where nothing is mapped, or the stub tells too little. */
  async #physicalAt(vcpu: number, address: bigint): Promise<bigint | null> {
    const regime = this.#regimeOf(vcpu);
    if (regime === null || !this.#memory.hasPhysical) return null;
    const found = await translate(regime, address, (requests) =>
      this.#physically(async (memory) => {
        const pieces: (Uint8Array | null)[] = [];
        for (const one of requests) pieces.push(await memory.read(BigInt(one.address), one.length).catch(() => null));
        return pieces;
      }),
    );
    return found.fault === null ? BigInt(found.physical) : null;
  }

  async #physically<T>(work: (memory: RspClient['memory']) => Promise<T>): Promise<T> {
    const { memory } = this.#client;
    await memory.setPhysical(true);
    try {
      return await work(memory);
    } finally {
      await memory.setPhysical(false);
    }
  }

  async #putBack(thread: ThreadId, { x, pc, cpsr }: CpuState): Promise<void> {
    const { names } = this.#cpus;
    const { registers } = this.#client;
    const now = await registers.readAll(thread);
    const write = async (number: number | null, value: bigint): Promise<void> => {
      if (number !== null && now.get(number) !== value) await registers.write(thread, number, value);
    };
    for (const [n, value] of x.entries()) await write(names.x(n), value);
    await write(names.cpsr, cpsr);
    await write(names.pc, pc);
  }
}
