import type { Profile } from '../../../gic/profiles/profile.ts';
import { FIQ, IRQ } from '../../../gic/physical/inputs.ts';
import { psciCall, type PowerState, type VcpuPower } from '../board/psci.ts';
import { affinityOf, checkVirtConfig, RAM_BASE, VIRT_MAP, type VirtConfig } from '../board/virt.ts';
import { createBoard, type Board } from '../board/virt-board.ts';
import { Core, CoreExit } from '../core/core.ts';
import type { Width } from '../devices/device.ts';
import { SEMIHOSTING_HLT, semihostingCall, type SemihostingHost } from '../devices/semihosting.ts';
import { createGuestGic } from '../gic/create-gic.ts';
import type { GuestGic } from '../gic/guest-gic.ts';
import type { GicAccess } from './access.ts';
import { Firmware } from './firmware.ts';
import { GicPort } from './gic-port.ts';
import type { MachineStop } from '../../machine-guest.ts';
import type { Remark } from './remark.ts';
import { Timers } from './timers.ts';
import { Turns } from './turns.ts';
import { readVirtual, writeVirtual } from './virtual-memory.ts';

export interface MachineConfig extends VirtConfig {
  readonly profile: Profile;
  /** List registers of each vCPU: 1 to 16. */
  readonly lrs: number;
}

/** What a machine tells the world around it. */
export interface MachineHost {
  /** A byte out of the UART. */
  output(byte: number): void;
  /** Bytes a guest writes by semihosting. */
  semihosting(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** An access to the interrupt controller is about to be made. The object is the machine's: copy what is kept. */
  accessing(access: GicAccess): void;
  /** It has been made: true stops behind its instruction. */
  accessed(access: GicAccess): boolean;
  /** A wire is about to change. @param vcpu of a private interrupt; 0 for SPIs */
  wire(intid: number, vcpu: number, level: boolean): void;
  remark(remark: Remark): void;
}

/** Ticks that pass where every vCPU that runs has said it waits for an event. */
const EVENT_WAIT = 100;

/** op0 is 2 or 3: its upper bit is none of the core's encoding. */
const OP0_HIGH = 0x8000;

/**
 * An AArch64 machine with the memory map of QEMU's `virt`. vCPUs take turns of a fixed number of instructions; time is
 * the number of instructions executed, one tick of 16 ns each, and skips what all of them sleep through. So the same run
 * is the same run, to the instruction.
 */
export class Machine {
  readonly config: MachineConfig;
  readonly core: Core;
  readonly gic: GuestGic;
  readonly hardware: Board;
  readonly firmware: Firmware;
  readonly timers: Timers;
  /** Accesses to the interrupt controller. */
  readonly port: GicPort;
  readonly #host: MachineHost;
  readonly #turns: Turns;
  readonly #psci: VcpuPower;
  readonly #semihosting: { -readonly [Name in keyof SemihostingHost]: SemihostingHost[Name] };
  #ticks = 0;
  #instructions = 0;
  #undefined = 0;
  readonly #typed: number[] = [];
  #readsBySemihosting = false;
  /** The vCPU that stopped before a breakpoint or watchpoint, and where: it goes on from there. */
  #stopped: { vcpu: number; pc: bigint } | null = null;
  /** Someone wants to stop behind the instruction that has begun. */
  #halted = false;

  private constructor(config: MachineConfig, core: Core, host: MachineHost) {
    this.config = config;
    this.core = core;
    this.#host = host;
    const { vcpus } = config;
    this.gic = createGuestGic(config);
    this.port = new GicPort(core, this.gic, {
      accessing: (access) => host.accessing(access),
      accessed: (access) => {
        this.#signal();
        if (host.accessed(access)) this.#halted = true;
      },
    });
    this.timers = new Timers(vcpus, (intid, vcpu, level) => this.#drive(intid, vcpu, level));
    this.hardware = createBoard({
      config,
      hooks: {
        uartOutput: (byte) => host.output(byte),
        line: (intid, level) => this.#drive(intid, 0, level),
        now: () => BigInt(this.#ticks),
        memory: (address, length) => this.core.ram.physical(address, length),
        unanswered: (note) =>
          host.remark({
            kind: 'no device',
            vcpu: this.turn,
            pc: this.core.pc(this.turn),
            address: note.address,
            size: note.width,
            write: note.write,
            reason: note.reason,
          }),
        flashContents: (bank, offset, length) => this.firmware.copy(bank, offset, length),
        flashArrayMode: (bank, array) => {
          if (bank === 0) this.firmware.setReadable(array);
        },
      },
    });
    this.firmware = new Firmware(core, this.hardware.flash);
    this.#turns = new Turns(vcpus, this.gic);
    for (let vcpu = 1; vcpu < vcpus; vcpu++) this.gic.setPower(vcpu, false);
    this.#psci = {
      count: vcpus,
      affinity: affinityOf,
      state: (vcpu) => this.#turns.power(vcpu),
      start: (vcpu, entry, context) => this.#start(vcpu, entry, context),
    };
    this.#semihosting = {
      free: { start: BigInt(RAM_BASE), end: BigInt(RAM_BASE + config.memory) },
      commandLine: '',
      readMemory: (address, length) => this.readVirtual(this.turn, address, length),
      writeMemory: (address, bytes) => this.writeVirtual(this.turn, address, bytes),
      output: (bytes, stream) => host.semihosting(bytes, stream),
      input: () => {
        this.#readsBySemihosting = true;
        return this.#typed.shift() ?? null;
      },
      now: () => BigInt(this.#ticks),
      seconds: () => this.hardware.rtc.seconds,
    };
    this.port.open();
  }

  /**
   * @param module the compiled CPU core
   * @throws VirtConfigError, GicConfigError, CoreError for a machine that cannot be
   */
  static async create(module: WebAssembly.Module, config: MachineConfig, host: MachineHost): Promise<Machine> {
    checkVirtConfig(config);
    const firmware = VIRT_MAP.flash0;
    const core = await Core.create(module, config.vcpus, config.memory + firmware.size);
    core.ram.add({ base: RAM_BASE, size: config.memory, writable: true });
    return new Machine(config, core, host);
  }

  /** What a guest may ask for by semihosting: where its heap and stack go, and its command line. */
  setProgram(free: SemihostingHost['free'], commandLine: string): void {
    this.#semihosting.free = free;
    this.#semihosting.commandLine = commandLine;
  }

  /** The system counter: ticks of 16 ns. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Instructions executed by all vCPUs. */
  get instructions(): number {
    return this.#instructions;
  }

  power(vcpu: number): PowerState {
    return this.#turns.power(vcpu);
  }

  /** True where a vCPU sleeps in WFI. */
  sleeps(vcpu: number): boolean {
    return this.#turns.sleeps(vcpu);
  }

  /** The vCPU whose turn it is. */
  get turn(): number {
    return this.#turns.vcpu;
  }

  /** Bytes typed: for the UART, unless the guest reads its console by semihosting. */
  input(bytes: Iterable<number>): void {
    if (!this.#readsBySemihosting) this.hardware.uart.input(bytes);
    else this.#typed.push(...bytes);
  }

  /**
   * Runs the vCPUs by turns.
   * @param limit instructions at most, all vCPUs together
   */
  run(limit: number): MachineStop {
    let left = limit;
    while (left > 0 || this.core.begun) {
      if (!this.core.begun && (this.#turns.left <= 0 || !this.#turns.runs(this.turn))) {
        if (!this.#turns.next()) {
          if (!this.#sleep()) return { kind: 'idle', listens: this.hardware.uart.listens };
          continue;
        }
      }
      const before = this.#instructions;
      const stop = this.#execute(this.#halted ? 1 : Math.min(left, this.#turns.left));
      left -= this.#instructions - before;
      if (stop) return stop;
      if (this.#halted && !this.core.begun) {
        this.#halted = false;
        return { kind: 'halted', vcpu: this.turn };
      }
    }
    return { kind: 'budget' };
  }

  /** Executes one instruction of one vCPU; one that sleeps is woken, as WFI may at any time. */
  step(vcpu: number): MachineStop {
    if (this.core.begun) {
      const stop = this.#execute(1);
      if (stop) return stop;
    }
    if (this.power(vcpu) !== 'on') return { kind: 'budget' };
    this.#turns.take(vcpu);
    const before = this.#instructions;
    while (this.#instructions === before || this.core.begun) {
      const stop = this.#execute(1);
      if (stop) return stop;
    }
    return { kind: 'budget' };
  }

  /** Runs the current vCPU for up to `limit` instructions, or until it leaves the core. */
  #execute(limit: number): MachineStop | null {
    const { core } = this;
    const vcpu = this.turn;
    if (this.#deadline() <= this.#ticks) this.#expire();
    const untilTimer = this.#deadline() - this.#ticks;
    core.select(vcpu);
    core.setTicks(this.#ticks);
    this.#skip(vcpu);
    const executed = core.run(Math.max(1, Math.min(limit, untilTimer > 0 ? untilTimer : limit)));
    this.#ticks += executed;
    this.#instructions += executed;
    this.#turns.left -= executed;
    if (core.undefinedCount !== this.#undefined) this.#remarkUndefined(vcpu);
    return this.#handle(vcpu);
  }

  /** Going on from where a debugger stopped: this once, neither breakpoint nor watchpoint counts. */
  #skip(vcpu: number): void {
    const stopped = this.#stopped;
    if (stopped?.vcpu !== vcpu) return;
    this.#stopped = null;
    if (stopped.pc === this.core.pc(vcpu)) this.core.skipOnce();
  }

  #remarkUndefined(vcpu: number): void {
    this.#undefined = this.core.undefinedCount;
    this.#host.remark({
      kind: 'undefined instruction',
      vcpu,
      pc: this.core.undefinedPc,
      word: this.core.undefinedWord,
    });
  }

  #handle(vcpu: number): MachineStop | null {
    const { core } = this;
    switch (core.exit) {
      case CoreExit.Budget:
        return null;
      case CoreExit.Mmio:
        return this.#memoryAccess(vcpu);
      case CoreExit.SystemRegister:
        return this.#systemRegister(vcpu);
      case CoreExit.Wfi:
        this.#turns.wait(vcpu);
        return null;
      case CoreExit.Wfe:
        this.#turns.left = 0;
        if (!this.#turns.othersRun(vcpu)) this.#pass(EVENT_WAIT);
        return null;
      case CoreExit.Sev:
        for (let each = 0; each < this.config.vcpus; each++) core.setEvent(each);
        return null;
      case CoreExit.Hvc:
      case CoreExit.Smc:
        return this.#call(vcpu);
      case CoreExit.Hlt:
        return this.#halt(vcpu);
      case CoreExit.Breakpoint:
        this.#stopped = { vcpu, pc: core.pc(vcpu) };
        return { kind: 'breakpoint', vcpu };
      case CoreExit.Watchpoint:
        this.#stopped = { vcpu, pc: core.pc(vcpu) };
        return {
          kind: 'watchpoint',
          vcpu,
          address: core.exitVirtual,
          size: core.exitSize,
          write: core.exitWrites,
        };
    }
  }

  #memoryAccess(vcpu: number): MachineStop | null {
    const address = this.core.exitAddress;
    const size = this.core.exitSize;
    if (this.port.has(address)) return this.port.memory(vcpu, address, size);
    this.#deviceAccess(address, size as Width);
    return null;
  }

  #deviceAccess(address: number, size: Width): void {
    const { core } = this;
    const { bus } = this.hardware;
    if (core.exitWrites) {
      bus.write(address, size, size === 8 ? core.exitWide : core.exitLow >>> 0);
      core.answer(0, 0);
      return;
    }
    const value = bus.read(address, size);
    if (typeof value === 'number') core.answer(value | 0, 0);
    else core.answerWide(value);
  }

  #systemRegister(vcpu: number): MachineStop | null {
    const encoding = this.core.exitCode | OP0_HIGH;
    if (!Timers.has(encoding)) return this.port.register(vcpu, encoding);
    this.#timerRegister(vcpu, encoding);
    return null;
  }

  #timerRegister(vcpu: number, encoding: number): void {
    const { core, timers } = this;
    if (core.exitWrites) {
      timers.write(vcpu, encoding, core.exitWide, this.#ticks);
      core.answer(0, 0);
    } else core.answerWide(timers.read(vcpu, encoding, this.#ticks));
  }

  /** HVC and SMC, whatever their immediate. */
  #call(vcpu: number): MachineStop | null {
    const { core } = this;
    const arguments_ = [core.x(vcpu, 0), core.x(vcpu, 1), core.x(vcpu, 2), core.x(vcpu, 3)] as const;
    const result = psciCall(this.#psci, arguments_);
    switch (result.kind) {
      case 'return':
      case 'suspend':
        core.setX(vcpu, 0, result.x0);
        for (let n = 1; n < 4; n++) core.setX(vcpu, n, 0n);
        if (result.kind === 'suspend') this.#turns.wait(vcpu);
        return null;
      case 'off':
        this.#turns.powerOff(vcpu);
        this.gic.setPower(vcpu, false);
        this.timers.reset(vcpu, this.#ticks);
        this.#signal();
        return null;
      case 'system':
        core.setX(vcpu, 0, result.x0);
        return { kind: result.event };
    }
  }

  /** HLT: a semihosting call, or undefined as without a debugger. */
  #halt(vcpu: number): MachineStop | null {
    const { core } = this;
    if (core.exitCode !== SEMIHOSTING_HLT) {
      core.answerUndefined();
      return null;
    }
    const result = semihostingCall(this.#semihosting, core.x(vcpu, 0), core.x(vcpu, 1));
    switch (result.kind) {
      case 'return':
        core.setX(vcpu, 0, result.x0);
        core.answer(0, 0);
        return null;
      case 'exit':
        return { kind: 'exit', code: result.code };
      case 'wait':
        this.#turns.left = 0;
        return this.#turns.othersRun(vcpu) ? null : { kind: 'idle', listens: true };
    }
  }

  /** PSCI CPU_ON. */
  #start(vcpu: number, entry: bigint, context: bigint): void {
    this.core.resetVcpu(vcpu);
    this.core.setPc(vcpu, entry);
    this.core.setX(vcpu, 0, context);
    this.#turns.powerOn(vcpu);
    this.gic.setPower(vcpu, true);
    this.timers.reset(vcpu, this.#ticks);
    this.#signal();
  }

  #drive(intid: number, vcpu: number, level: boolean): void {
    this.#host.wire(intid, vcpu, level);
    this.gic.line(intid, vcpu, level);
    this.#signal();
  }

  /** Changes the controller on a user's behalf, from outside the guest. */
  outside(change: () => void): void {
    this.gic.outside(change);
    this.#signal();
  }

  /** Brings every vCPU's interrupt inputs to what its interface signals. */
  #signal(): void {
    for (let vcpu = 0; vcpu < this.config.vcpus; vcpu++) {
      const inputs = this.gic.inputs(vcpu);
      this.core.setLines(vcpu, (inputs & IRQ) !== 0, (inputs & FIQ) !== 0);
    }
  }

  /** Tick at which something happens by itself: a timer, an alarm. */
  #deadline(): number {
    const device = this.hardware.deadline();
    return device === null ? this.timers.deadline : Math.min(this.timers.deadline, Number(device));
  }

  #expire(): void {
    this.timers.advance(this.#ticks);
    this.hardware.poll();
  }

  /** Everybody sleeps: time goes on to the next timer. @returns false where there is none */
  #sleep(): boolean {
    const deadline = this.#deadline();
    if (deadline === Infinity) return false;
    this.#ticks = Math.max(this.#ticks, deadline);
    this.#expire();
    return true;
  }

  /** Time passes without instructions, up to the next timer. */
  #pass(ticks: number): void {
    this.#ticks = Math.min(this.#ticks + ticks, Math.max(this.#ticks, this.#deadline()));
  }

  /** What a vCPU reads at a virtual address, up to where it cannot. Devices are not touched. */
  readVirtual(vcpu: number, address: bigint, length: number): Uint8Array {
    return readVirtual(this.core, vcpu, address, length);
  }

  /** @returns false where not all of it is memory; nothing is written then */
  writeVirtual(vcpu: number, address: bigint, bytes: Uint8Array): boolean {
    if (!writeVirtual(this.core, vcpu, address, bytes)) return false;
    // It may be a translation table.
    this.core.forget();
    return true;
  }
}
