import type { MachineGuest, MachineStop } from '../../guest/machine-guest.ts';
import type { LineRange } from '../../symbols/line-table.ts';
import type { SymbolQueries } from '../../symbols/symbols.ts';
import type { Motion } from '../run/course.ts';
import type { Stop } from '../run/stop.ts';
import type { MachineBreakpoints } from './code-breakpoints.ts';
import { stackOf } from './stack.ts';

/** Single instructions between two looks at what the client wants. */
const STEPS = 20_000;
const SLICE = 2_000_000;
/** Vectors are 2 KiB of 16 entries; interrupts are the second and third of each four. */
const VECTORS = 0x800n;
const VECTOR_KIND = 0x180n;

/** What a stop of the CPUs means to the user; null: nothing, go on. */
export type Meaning = (stop: MachineStop) => Stop | null | Promise<Stop | null>;

/** Where a vCPU is to come back to: an address, with the stack at least as high. */
interface Return {
  readonly address: bigint;
  readonly sp: bigint;
}

/**
 * A step of one vCPU, by instruction or by line, into calls, over them, or out of the function. Others stand still while
 * single instructions are executed, and run along where a call or an interrupt is run through.
 */
export class Stepper {
  readonly #guest: MachineGuest;
  readonly #symbols: SymbolQueries | null;
  readonly #breakpoints: MachineBreakpoints;
  readonly #vcpu: number;
  readonly #motion: Motion;
  readonly #line: { readonly file: string; readonly line: number; readonly function: bigint } | null;
  #range: LineRange | null;
  #return: Return | null = null;
  /** The step is done once the vCPU is back. */
  #last = false;

  constructor(
    guest: MachineGuest,
    symbols: SymbolQueries | null,
    breakpoints: MachineBreakpoints,
    vcpu: number,
    motion: Motion,
  ) {
    this.#guest = guest;
    this.#symbols = symbols;
    this.#breakpoints = breakpoints;
    this.#vcpu = vcpu;
    this.#motion = motion;
    const place = symbols?.lineAt(this.#pc) ?? null;
    this.#line = place && { file: place.file, line: place.line, function: this.#functionAt(this.#pc) };
    this.#range = symbols?.lineRangeAt(this.#pc) ?? null;
    if (motion.kind === 'out') this.#out();
  }

  get #pc(): bigint {
    return this.#guest.cpus.pc(this.#vcpu);
  }

  get #sp(): bigint {
    return this.#guest.cpus.sp(this.#vcpu);
  }

  #functionAt(address: bigint): bigint {
    return this.#symbols?.functionAt(address)?.start ?? -1n;
  }

  /** To the caller's frame. */
  #out(): void {
    const caller = stackOf(this.#guest.cpus, this.#vcpu, this.#symbols).find(({ pc }, n) => n > 0 && pc !== this.#pc);
    // Without a caller there is nothing to go out to: it is a step of an instruction.
    if (caller) this.#comeBack(caller.pc, caller.sp ?? this.#sp, true);
  }

  #comeBack(address: bigint, sp: bigint, last: boolean): void {
    this.#return = { address, sp };
    this.#last = last;
    this.#breakpoints.setTemporary([address]);
  }

  /**
   * Goes on for a while.
   * @param meaning what a stop of the machine means to the user
   * @returns null where there is more to do
   */
  async advance(meaning: Meaning): Promise<Stop | 'arrived' | null> {
    for (let n = 0; n < STEPS; n++) {
      if (this.#return !== null) {
        const stop = await this.#running(meaning);
        if (stop !== 'back') return stop;
        if (this.#last) return 'arrived';
        if (this.#settled()) return 'arrived';
        continue;
      }
      const done = await this.#single(meaning);
      if (done !== null) return done;
    }
    return null;
  }

  /** Runs until the vCPU is back. */
  async #running(meaning: Meaning): Promise<Stop | 'back' | null> {
    const wanted = this.#return as Return;
    const stop = await this.#guest.run(SLICE);
    if (stop.kind === 'breakpoint' && this.#breakpoints.isTemporary(this.#guest.cpus.pc(stop.vcpu))) {
      const back = stop.vcpu === this.#vcpu && this.#pc === wanted.address && this.#sp >= wanted.sp;
      const user = back ? null : await meaning(stop);
      if (back || user !== null) this.#forgetReturn();
      return back ? 'back' : user;
    }
    const end = await meaning(stop);
    if (end !== null) this.#forgetReturn();
    return end;
  }

  #forgetReturn(): void {
    this.#return = null;
    this.#breakpoints.setTemporary([]);
  }

  /** Executes one instruction. @returns null where the step is not done */
  async #single(meaning: Meaning): Promise<Stop | 'arrived' | null> {
    const before = this.#pc;
    const sp = this.#sp;
    const calls = this.#isCall(before);
    const stop = await this.#guest.step(this.#vcpu);
    const end = await meaning(stop);
    if (end !== null) return end;
    const after = this.#pc;
    const interrupted = this.#interruptedAt(after);
    if (interrupted !== null) {
      // An interrupt came in between: it is run through, as a call would be.
      const done = this.#motion.unit === 'instruction' && interrupted !== before;
      this.#comeBack(interrupted, sp, done);
      return null;
    }
    const isCall = calls && after !== before + 4n;
    if (isCall && (this.#motion.kind === 'over' || !this.#hasLines(after)) && this.#motion.kind !== 'out') {
      if (this.#motion.unit === 'line' || this.#motion.kind === 'over') {
        this.#comeBack(before + 4n, sp, this.#motion.unit === 'instruction');
        return null;
      }
    }
    if (isCall && this.#motion.kind === 'into' && this.#motion.unit === 'line') {
      const start = this.#functionAt(after);
      const behind = this.#symbols?.functionBreakpoints(this.#symbols.functionAt(after)?.name ?? '') ?? [];
      const entry = behind.find((address) => this.#functionAt(address) === start);
      if (entry === undefined || entry === after) return 'arrived';
      this.#comeBack(entry, 0n, true);
      return null;
    }
    if (this.#motion.unit === 'instruction' || this.#line === null) return this.#hit() ?? 'arrived';
    return this.#hit() ?? (this.#settled() ? 'arrived' : null);
  }

  /** A user's breakpoint at the place a step has come to. */
  #hit(): Stop | null {
    return this.#breakpoints.arrive(this.#pc);
  }

  /** Whether a step by line has come to another one. */
  #settled(): boolean {
    const pc = this.#pc;
    const range = this.#range;
    if (range && pc >= range.start && pc < range.end) return false;
    const place = this.#symbols?.lineAt(pc) ?? null;
    if (place === null || this.#line === null) return this.#line === null;
    const sameLine = place.file === this.#line.file && place.line === this.#line.line;
    this.#range = this.#symbols?.lineRangeAt(pc) ?? null;
    if (sameLine && this.#functionAt(pc) === this.#line.function) return false;
    // Back in the middle of a caller's line: that line is finished first.
    return this.#range === null || pc === this.#range.start;
  }

  #hasLines(address: bigint): boolean {
    return (this.#symbols?.lineAt(address) ?? null) !== null;
  }

  /** BL and BLR. */
  #isCall(address: bigint): boolean {
    const bytes = this.#guest.cpus.readMemory(this.#vcpu, address, 4);
    if (bytes.length < 4) return false;
    const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return word >>> 26 === 0b100101 || (word & 0xffff_fc1f) >>> 0 === 0xd63f_0000;
  }

  /** Where an interrupt that has just been taken returns to; null where there was none. */
  #interruptedAt(pc: bigint): bigint | null {
    const { cpus } = this.#guest;
    const vectors = cpus.exceptionRegister(this.#vcpu, 'VBAR_EL1');
    if (vectors === null) return null;
    const offset = pc - vectors;
    if (offset < 0n || offset >= VECTORS || (offset & 0x7fn) !== 0n) return null;
    const kind = offset & VECTOR_KIND;
    return kind === 0x080n || kind === 0x100n ? cpus.exceptionRegister(this.#vcpu, 'ELR_EL1') : null;
  }
}
