import { CoreError } from './core-error.ts';
import { GuestMemory, PAGE } from './guest-memory.ts';
import * as L from './layout.ts';
import { StopPoints } from './stop-points.ts';
import { SYSTEM_REGISTERS, encodingName } from './system-registers.ts';

/** What the compiled core exports. Numbers of 64 bits are bigint at this edge. */
interface CoreExports {
  initialise(vcpus: number): void;
  select(vcpu: number): void;
  forget(vcpus: number): void;
  run(budget: number, ready: number): number;
  raiseUndefined(): void;
  probe(address: bigint, el0: number): number;
  translated(): bigint;
  permissions(): number;
}

/** Why `run` came back. */
export const CoreExit = {
  Budget: L.EXIT_BUDGET,
  Mmio: L.EXIT_MMIO,
  SystemRegister: L.EXIT_SYSREG,
  Wfi: L.EXIT_WFI,
  Wfe: L.EXIT_WFE,
  Sev: L.EXIT_SEV,
  Hvc: L.EXIT_HVC,
  Smc: L.EXIT_SMC,
  Hlt: L.EXIT_HLT,
  Breakpoint: L.EXIT_BREAKPOINT,
  Watchpoint: L.EXIT_WATCHPOINT,
} as const;
export type CoreExit = (typeof CoreExit)[keyof typeof CoreExit];

const WASM_PAGE = 65536;
const WORD_MASK = 0xffff_ffff_ffff_ffffn;

/**
 * The CPU core: compiled from assembly/, one memory for all its state. It executes one vCPU at a time, and comes back
 * when its budget is used up, or for what is not its own: accesses to devices, registers of timers and of the interrupt
 * controller, calls, and what a debugger wants to see.
 */
export class Core {
  readonly vcpus: number;
  /** The whole memory. Layout: layout.ts. */
  readonly memory: Uint8Array;
  readonly ram: GuestMemory;
  readonly stops: StopPoints;
  readonly #view: DataView;
  readonly #exports: CoreExports;
  #selected = 0;
  #answers = 0;
  /** ID_AA64PFR0_EL1.GIC, in its place. */
  #gicField = 0n;

  private constructor(vcpus: number, memory: WebAssembly.Memory, exports: CoreExports) {
    this.vcpus = vcpus;
    this.memory = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#exports = exports;
    this.ram = new GuestMemory(this.memory, () => this.forget());
    this.stops = new StopPoints(this.memory, () => this.forget());
  }

  /**
   * @param module the core as compiled by the build
   * @param vcpus 1 to 16
   * @param capacity bytes of all regions together
   * @throws CoreError where the memory cannot be had
   */
  static async create(module: WebAssembly.Module, vcpus: number, capacity: number): Promise<Core> {
    if (vcpus < 1 || vcpus > L.MAX_VCPUS) throw new CoreError(`${vcpus} vCPUs: 1 to ${L.MAX_VCPUS} are possible`);
    const initial = Math.ceil((L.RAM + capacity + PAGE) / WASM_PAGE);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial, maximum: WASM_PAGE });
    } catch {
      throw new CoreError(`there are no ${capacity} bytes of memory for the guest`);
    }
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    const core = new Core(vcpus, memory, instance.exports as unknown as CoreExports);
    core.reset();
    return core;
  }

  /** All vCPUs as after power-on. Memory stays, and what `exitOn` asked for is to be asked again. */
  reset(): void {
    this.#view.setUint32(L.UNDEFINED_COUNT, 0, true);
    for (const { encoding, descriptor, offset } of SYSTEM_REGISTERS) {
      const row = (descriptor | (offset >= 0 ? offset : 0)) >>> 0;
      this.#view.setUint32(L.SYSREGS + 4 * (encoding & 0x7fff), row, true);
    }
    this.#exports.initialise(this.vcpus);
    this.#selected = 0;
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) this.resetVcpu(vcpu);
  }

  /** One vCPU as after power-on: EL1h, interrupts masked, MMU off, PC 0. */
  resetVcpu(vcpu: number): void {
    const at = this.#at(vcpu);
    this.memory.fill(0, at, at + L.VCPU_SIZE);
    this.#view.setUint32(at + L.EL, 1, true);
    this.#view.setUint32(at + L.SPSEL, 1, true);
    this.#view.setUint32(at + L.DAIF, 15, true);
    for (const { offset, reset } of SYSTEM_REGISTERS) {
      if (offset >= L.SYSTEM) this.#view.setBigUint64(at + offset, reset, true);
    }
    this.#view.setBigUint64(at + MPIDR_OFFSET, MPIDR_RES1 | BigInt(vcpu), true);
    this.#identifyGic(at);
    if (vcpu === this.#selected) this.#answers = 0;
    this.forget();
  }

  /** Makes a register one that the host answers: `run` comes back with CoreExit.SystemRegister. */
  exitOn(encoding: number): void {
    const descriptor = (L.SYSREG_KNOWN | (L.ACTION_EXIT << L.SYSREG_ACTION)) >>> 0;
    this.#view.setUint32(L.SYSREGS + 4 * (encoding & 0x7fff), descriptor, true);
  }

  /** Says in ID_AA64PFR0_EL1 that the interrupt controller has system registers. */
  announceGicRegisters(): void {
    this.#gicField = PFR0_GIC;
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) this.#identifyGic(this.#at(vcpu));
  }

  #identifyGic(at: number): void {
    const rest = this.#view.getBigUint64(at + PFR0_OFFSET, true) & ~PFR0_GIC;
    this.#view.setBigUint64(at + PFR0_OFFSET, rest | this.#gicField, true);
  }

  /** Memory or translation was changed from outside. */
  forget(): void {
    this.#exports.forget(this.vcpus);
  }

  /** The vCPU that `run` executes. */
  get selected(): number {
    return this.#selected;
  }

  select(vcpu: number): void {
    if (vcpu === this.#selected) return;
    this.#exports.select(vcpu);
    this.#selected = vcpu;
    this.#answers = 0;
  }

  /**
   * Executes the selected vCPU.
   * @param budget instructions at most, up to 2^31 - 1
   * @returns instructions executed; `exit` tells why it came back
   */
  run(budget: number): number {
    const ready = this.#answers;
    const executed = this.#exports.run(budget, ready);
    const { exit } = this;
    const again = exit === L.EXIT_MMIO || exit === L.EXIT_SYSREG || exit === L.EXIT_HLT;
    if (!again || executed > 0) this.#answers = 0;
    return executed;
  }

  get exit(): CoreExit {
    return this.#view.getUint32(L.EXIT_REASON, true) as CoreExit;
  }

  /** Bytes of the access that left the core. */
  get exitSize(): number {
    return this.#view.getUint32(L.EXIT_SIZE, true);
  }

  get exitWrites(): boolean {
    return this.#view.getUint32(L.EXIT_WRITE, true) !== 0;
  }

  /** Encoding of the system register; immediate of HVC, SMC or HLT. */
  get exitCode(): number {
    return this.#view.getUint32(L.EXIT_CODE, true);
  }

  /** Physical address of the access. */
  get exitAddress(): number {
    return this.#view.getUint32(L.EXIT_ADDRESS, true) + this.#view.getUint32(L.EXIT_ADDRESS + 4, true) * 0x1_0000_0000;
  }

  get exitVirtual(): bigint {
    return this.#view.getBigUint64(L.EXIT_VIRTUAL, true);
  }

  get exitLow(): number {
    return this.#view.getInt32(L.EXIT_VALUE, true);
  }

  get exitHigh(): number {
    return this.#view.getInt32(L.EXIT_VALUE + 4, true);
  }

  /** Both words of what is written. */
  get exitWide(): bigint {
    return this.#view.getBigUint64(L.EXIT_VALUE, true);
  }

  /** What the access reads; for a write, that it is done. The next `run` executes the instruction again with it. */
  answer(low: number, high: number): void {
    const at = L.ANSWERS + 8 * this.#answers;
    this.#view.setInt32(at, low, true);
    this.#view.setInt32(at + 4, high, true);
    this.#answers++;
  }

  answerWide(value: bigint): void {
    this.answer(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** Whether the selected vCPU's instruction has begun: devices have answered, and it has still to be executed. */
  get begun(): boolean {
    return this.#answers > 0;
  }

  /** Undefined instructions met since reset, by all vCPUs. */
  get undefinedCount(): number {
    return this.#view.getUint32(L.UNDEFINED_COUNT, true);
  }

  get undefinedWord(): number {
    return this.#view.getUint32(L.UNDEFINED_WORD, true);
  }

  get undefinedPc(): bigint {
    return this.#view.getBigUint64(L.UNDEFINED_PC, true);
  }

  /** The register or call that left the core does not exist: the instruction is undefined. */
  answerUndefined(): void {
    this.#answers = 0;
    this.#exports.raiseUndefined();
  }

  /** The next `run` executes its first instruction whatever breakpoints and watchpoints say. */
  skipOnce(): void {
    this.#view.setUint32(L.SKIP, 1, true);
  }

  /** The system counter at the next `run`. */
  setTicks(ticks: number): void {
    this.#view.setUint32(L.TICKS, ticks % 0x1_0000_0000, true);
    this.#view.setUint32(L.TICKS + 4, Math.floor(ticks / 0x1_0000_0000), true);
  }

  /** Interrupt inputs of a vCPU. */
  setLines(vcpu: number, irq: boolean, fiq: boolean): void {
    this.#view.setUint32(this.#at(vcpu) + L.LINES, (irq ? 1 : 0) | (fiq ? 2 : 0), true);
  }

  lines(vcpu: number): number {
    return this.#view.getUint32(this.#at(vcpu) + L.LINES, true);
  }

  setEvent(vcpu: number): void {
    this.#view.setUint32(this.#at(vcpu) + L.EVENT, 1, true);
  }

  /** Where a vCPU's state lies now. */
  #at(vcpu: number): number {
    return vcpu === this.#selected ? L.LIVE : L.BANKS + vcpu * L.VCPU_SIZE;
  }

  /** @param n 0 to 30 */
  x(vcpu: number, n: number): bigint {
    return this.#view.getBigUint64(this.#at(vcpu) + L.X + 8 * n, true);
  }

  setX(vcpu: number, n: number, value: bigint): void {
    this.#view.setBigUint64(this.#at(vcpu) + L.X + 8 * n, value & WORD_MASK, true);
  }

  sp(vcpu: number): bigint {
    return this.#view.getBigUint64(this.#at(vcpu) + L.SP, true);
  }

  setSp(vcpu: number, value: bigint): void {
    this.#view.setBigUint64(this.#at(vcpu) + L.SP, value & WORD_MASK, true);
  }

  pc(vcpu: number): bigint {
    return this.#view.getBigUint64(this.#at(vcpu) + L.PC, true);
  }

  /** An instruction that waits for answers is forgotten. */
  setPc(vcpu: number, value: bigint): void {
    this.#view.setBigUint64(this.#at(vcpu) + L.PC, value & WORD_MASK, true);
    if (vcpu === this.#selected) this.#answers = 0;
  }

  /** PSTATE in the form of SPSR_EL1: NZCV, IL, DAIF, exception level and stack selection. */
  pstate(vcpu: number): number {
    const at = this.#at(vcpu);
    const word = (offset: number): number => this.#view.getUint32(at + offset, true);
    const mode = word(L.EL) === 0 ? 0 : 4 | word(L.SPSEL);
    return ((word(L.NZCV) << 28) | (word(L.IL) << 20) | (word(L.DAIF) << 6) | mode) >>> 0;
  }

  /**
   * Sets PSTATE.
   * @returns false where the mode is none of EL0t, EL1t and EL1h; nothing is changed then
   */
  setPstate(vcpu: number, value: number): boolean {
    const mode = value & 31;
    if (mode !== 0 && mode !== 4 && mode !== 5) return false;
    const at = this.#at(vcpu);
    const before = this.pstate(vcpu) & 31;
    if ((before === 5) !== (mode === 5)) {
      const other = this.#view.getBigUint64(at + L.SP_OTHER, true);
      this.#view.setBigUint64(at + L.SP_OTHER, this.#view.getBigUint64(at + L.SP, true), true);
      this.#view.setBigUint64(at + L.SP, other, true);
    }
    this.#view.setUint32(at + L.NZCV, value >>> 28, true);
    this.#view.setUint32(at + L.IL, (value >>> 20) & 1, true);
    this.#view.setUint32(at + L.DAIF, (value >>> 6) & 15, true);
    this.#view.setUint32(at + L.EL, mode === 0 ? 0 : 1, true);
    this.#view.setUint32(at + L.SPSEL, mode & 1, true);
    if (vcpu === this.#selected) this.forget();
    return true;
  }

  el(vcpu: number): number {
    return this.#view.getUint32(this.#at(vcpu) + L.EL, true);
  }

  /** SP_EL0 or SP_EL1, whichever SP is now. */
  spOf(vcpu: number, level: 0 | 1): bigint {
    const current = (this.pstate(vcpu) & 31) === 5 ? 1 : 0;
    return this.#view.getBigUint64(this.#at(vcpu) + (current === level ? L.SP : L.SP_OTHER), true);
  }

  setSpOf(vcpu: number, level: 0 | 1, value: bigint): void {
    const current = (this.pstate(vcpu) & 31) === 5 ? 1 : 0;
    this.#view.setBigUint64(this.#at(vcpu) + (current === level ? L.SP : L.SP_OTHER), value & WORD_MASK, true);
  }

  /** @param n 0 to 31 */
  v(vcpu: number, n: number): bigint {
    const at = this.#at(vcpu) + L.V + 16 * n;
    return this.#view.getBigUint64(at, true) | (this.#view.getBigUint64(at + 8, true) << 64n);
  }

  setV(vcpu: number, n: number, value: bigint): void {
    const at = this.#at(vcpu) + L.V + 16 * n;
    this.#view.setBigUint64(at, value & WORD_MASK, true);
    this.#view.setBigUint64(at + 8, (value >> 64n) & WORD_MASK, true);
  }

  /** A word of a vCPU's state, by its offset: layout.ts, system-registers.ts. */
  word(vcpu: number, offset: number): bigint {
    return this.#view.getBigUint64(this.#at(vcpu) + offset, true);
  }

  /** Translation registers included: what was remembered is forgotten. */
  setWord(vcpu: number, offset: number, value: bigint): void {
    this.#view.setBigUint64(this.#at(vcpu) + offset, value & WORD_MASK, true);
    this.forget();
  }

  /**
   * Translates a virtual address as a vCPU would, at its exception level.
   * @returns the physical address, or null where there is a fault
   */
  translate(vcpu: number, address: bigint): number | null {
    const before = this.#selected;
    const answers = this.#answers;
    this.select(vcpu);
    const fault = this.#exports.probe(address & WORD_MASK, this.el(vcpu) === 0 ? 1 : 0);
    const physical = fault === 0 ? Number(this.#exports.translated()) : null;
    this.select(before);
    this.#answers = answers;
    return physical;
  }

  /** Name of a system register's encoding, for people. */
  static registerName(encoding: number): string {
    return NAMES.get(encoding) ?? encodingName(encoding);
  }
}

/** Bit 31 of MPIDR_EL1. */
const MPIDR_RES1 = 0x8000_0000n;
const MPIDR_OFFSET = offsetOf('MPIDR_EL1');
/** ID_AA64PFR0_EL1.GIC, bits 27:24: 1 where there are the system registers of GICv3. */
const PFR0_GIC = 1n << 24n;
const PFR0_OFFSET = offsetOf('ID_AA64PFR0_EL1');

function offsetOf(name: string): number {
  const row = SYSTEM_REGISTERS.find((one) => one.name === name);
  if (!row) throw new Error(`there is no system register ${name}`);
  return row.offset;
}

const NAMES: ReadonlyMap<number, string> = new Map(SYSTEM_REGISTERS.map((row) => [row.encoding, row.name]));
