import type { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import type { ThreadId } from '../../rsp/client/thread-id.ts';
import type { CpuActivity, Cpus, ExceptionRegister } from '../machine-guest.ts';
import { RegisterNames } from './register-names.ts';
import type { TargetMemory } from './target-memory.ts';

/** Bytes fetched at once, and the alignment they have. */
const LINE = 256;
const INSTRUCTION = 4;
const LINE_MASK = ~BigInt(LINE - 1);
/** How often work is done again with what it missed: a deep stack misses a line a frame. */
const MOST_ROUNDS = 400;

interface CpuState {
  readonly registers: Map<number, bigint | null>;
  /** Lines of memory by their address; null: cannot be read. */
  readonly lines: Map<bigint, Uint8Array | null>;
}

/**
 * The CPUs of a target that stands, from what was fetched of them. Whoever looks does so without waiting; what was
 * missing is fetched, and they look again (`withMemory`). All is forgotten as the target goes on.
 */
export class TargetCpus implements Cpus {
  readonly threads: readonly ThreadId[];
  readonly names: RegisterNames;
  readonly #client: RspClient;
  readonly #memory: TargetMemory;
  readonly #states: CpuState[];
  readonly #activities: CpuActivity[];
  readonly #missing = new Set<string>();
  /** Says of memory that it is no memory, but registers that reading changes: it is left alone. */
  guard: ((vcpu: number, address: bigint, length: number) => Promise<boolean>) | null = null;

  constructor(client: RspClient, memory: TargetMemory, threads: readonly ThreadId[], names: RegisterNames) {
    this.#client = client;
    this.#memory = memory;
    this.threads = threads;
    this.names = names;
    this.#states = threads.map(() => ({ registers: new Map(), lines: new Map() }));
    this.#activities = threads.map(() => 'runs');
  }

  /** The vCPU of a thread; -1 where it is none of them. */
  vcpuOf(thread: ThreadId): number {
    return this.threads.findIndex((one) => one.process === thread.process && one.thread === thread.thread);
  }

  thread(vcpu: number): ThreadId {
    return this.threads[vcpu] as ThreadId;
  }

  /** The target has gone on: nothing is known any more. @param moved the one CPU that has; null: all */
  forget(moved: number | null = null): void {
    for (const [vcpu, { registers, lines }] of this.#states.entries()) {
      if (moved === null || moved === vcpu) registers.clear();
      lines.clear();
    }
  }

  /**
   * Fetches what is not known of the CPUs' registers, and the instruction that one of them is at.
   * @throws RspError where the connection is gone
   */
  async fetchAll(at = 0): Promise<void> {
    for (const [vcpu, thread] of this.threads.entries()) {
      const state = this.#states[vcpu] as CpuState;
      if (state.registers.has(this.names.pc)) continue;
      const all = await this.#memory.virtually(() => this.#client.registers.readAll(thread));
      for (const [number, value] of all) state.registers.set(number, value);
    }
    await this.fetchRegisters(['VBAR_EL1', 'ELR_EL1', 'SPSR_EL1', 'SP_EL0']);
    await this.withMemory(() => this.readMemory(at, this.pc(at), INSTRUCTION));
  }

  /** Fetches registers by Arm's names on all CPUs; those the stub has not stay unknown. */
  async fetchRegisters(names: readonly string[]): Promise<void> {
    const numbers = names.map((name) => this.names.numberOf(name)).filter((number) => number !== null);
    for (const [vcpu, thread] of this.threads.entries()) {
      const { registers } = this.#states[vcpu] as CpuState;
      const wanted = numbers.filter((number) => !registers.has(number));
      if (wanted.length === 0) continue;
      const values = await this.#memory.virtually(() => this.#client.registers.readMany(thread, wanted));
      wanted.forEach((number, i) => {
        const value = values[i];
        registers.set(number, typeof value === 'bigint' ? value : null);
      });
    }
  }

  /**
   * Asks what the CPUs do. QEMU says "halted" of one in WFI and of one that is powered off alike: whose registers are as
   * after reset was never on.
   */
  async fetchActivities(): Promise<void> {
    for (const [vcpu, thread] of this.threads.entries()) {
      const said = await this.#memory.virtually(() => this.#client.threads.extraInfo(thread));
      const isHalted = said !== null && /\bhalted\b|\boff\b|\bwaits\b/i.test(said);
      this.setActivity(vcpu, isHalted ? (this.#isFresh(vcpu) ? 'off' : 'waits') : 'runs');
    }
  }

  #isFresh(vcpu: number): boolean {
    if (this.sp(vcpu) !== 0n) return false;
    for (let n = 0; n <= 30; n++) if (this.x(vcpu, n) !== 0n) return false;
    return true;
  }

  /** A register by Arm's name; null: not fetched, or not to be had. */
  register(vcpu: number, name: string): bigint | null {
    const number = this.names.numberOf(name);
    return number === null ? null : this.byNumber(vcpu, number);
  }

  byNumber(vcpu: number, number: number): bigint | null {
    return this.#states[vcpu]?.registers.get(number) ?? null;
  }

  /** @throws RspError */
  async writeRegister(vcpu: number, number: number, value: bigint): Promise<void> {
    const thread = this.thread(vcpu);
    await this.#memory.virtually(() => this.#client.registers.write(thread, number, value));
    const kept = await this.#memory.virtually(() => this.#client.registers.read(thread, number));
    this.#states[vcpu]?.registers.set(number, kept);
  }

  /** What a CPU does, as far as the stub tells it. */
  setActivity(vcpu: number, activity: CpuActivity): void {
    this.#activities[vcpu] = activity;
  }

  activity(vcpu: number): CpuActivity {
    return this.#activities[vcpu] ?? 'runs';
  }

  pc(vcpu: number): bigint {
    return this.byNumber(vcpu, this.names.pc) ?? 0n;
  }

  sp(vcpu: number): bigint {
    return this.byNumber(vcpu, this.names.sp) ?? 0n;
  }

  x(vcpu: number, n: number): bigint {
    return this.byNumber(vcpu, this.names.x(n)) ?? 0n;
  }

  /** Null where the stub does not tell it: 32 bits. */
  pstate(vcpu: number): number | null {
    const value = this.names.cpsr === null ? null : this.byNumber(vcpu, this.names.cpsr);
    return value === null ? null : Number(BigInt.asUintN(32, value));
  }

  exceptionRegister(vcpu: number, name: ExceptionRegister): bigint | null {
    return this.register(vcpu, name);
  }

  /** What was fetched of memory, up to where it was not; what was missing is remembered. */
  readMemory(vcpu: number, address: bigint, count: number): Uint8Array {
    const out = new Uint8Array(count);
    const { lines } = this.#states[vcpu] as CpuState;
    let at = 0;
    let isWhole = true;
    while (at < count) {
      const place = BigInt.asUintN(64, address + BigInt(at));
      const start = place & LINE_MASK;
      const offset = Number(place - start);
      const length = Math.min(LINE - offset, count - at);
      const line = lines.get(start);
      if (line === undefined) {
        this.#missing.add(`${vcpu}:${start.toString(16)}`);
        isWhole = false;
      } else if (isWhole) {
        const piece = line?.subarray(offset, offset + length) ?? new Uint8Array();
        out.set(piece, at);
        if (piece.length < length) return out.subarray(0, at + piece.length);
      }
      at += length;
    }
    return isWhole ? out : new Uint8Array();
  }

  /** Does what reads memory until nothing it reads is missing. */
  async withMemory<T>(work: () => T | Promise<T>): Promise<T> {
    for (let round = 0; ; round++) {
      this.#missing.clear();
      const result = await work();
      if (this.#missing.size === 0 || round === MOST_ROUNDS) return result;
      for (const key of [...this.#missing]) await this.#fetchLine(key);
    }
  }

  async #fetchLine(key: string): Promise<void> {
    const [cpu, line] = key.split(':');
    const vcpu = Number(cpu);
    const start = BigInt(`0x${line ?? '0'}`);
    const state = this.#states[vcpu] as CpuState;
    if ((await this.guard?.(vcpu, start, LINE)) === true) {
      state.lines.set(start, null);
      return;
    }
    const bytes = await this.#memory.virtually(async () => {
      try {
        return await this.#client.memory.read(start, LINE, { thread: this.thread(vcpu) });
      } catch (error) {
        if (error instanceof RspError && (error.kind === 'refused' || error.kind === 'unsupported')) return null;
        throw error;
      }
    });
    state.lines.set(start, bytes);
  }

  /** @returns false where not all of it can be written */
  async writeMemory(vcpu: number, address: bigint, bytes: Uint8Array): Promise<boolean> {
    for (const { lines } of this.#states) lines.clear();
    try {
      const thread = this.thread(vcpu);
      await this.#memory.virtually(() => this.#client.memory.write(address, bytes, { thread }));
      return true;
    } catch (error) {
      if (error instanceof RspError && error.kind === 'refused') return false;
      throw error;
    }
  }
}
