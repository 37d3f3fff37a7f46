import type { AccessRegisters } from '../../../../../adapter/guest/gdb/a64/decode.ts';
import { Core, CoreExit } from '../../../../../adapter/guest/simulated/core/core.ts';
import * as L from '../../../../../adapter/guest/simulated/core/layout.ts';
import { coreModule } from '../../../../../adapter/session/wasm-files.ts';
import { CODE, DATA, PAGE, SP, START, V } from '../../../../oracle/case.ts';

/*
 * The simulated CPU core with nothing but a page of code that cannot be written: whatever else an instruction accesses is
 * a device's, and leaves the core one access at a time. The device has the content of a page at DATA, and zeros around it.
 */

const VCPU = 0;
const VECTORS = 0x6000_0000n;
/** Where exceptions of EL1 with SP_EL1 go. */
const ENTRY = VECTORS + 0x200n;
/** RES1 bits only: no translation, no alignment checks. */
const CONTROL = 0x30d0_0800n;
const FPEN = 3n << 20n;
const EL1H_MASKED = 0x3c5;
const UNDEFINED = 0;
const DATA_ABORTS: readonly number[] = [0x24, 0x25];
const WRITE_NOT_READ = 1n << 6n;

export interface BusAccess {
  readonly address: bigint;
  readonly size: number;
  readonly isWrite: boolean;
  readonly value: bigint;
}

/** How an instruction ended, and what it did on the way. */
export interface Outcome {
  readonly end: 'done' | 'undefined' | 'abort' | 'other';
  /** Accesses that left the core; of reads, with what they were answered. */
  readonly bus: readonly BusAccess[];
  /** Of an abort: the address it names, and whether it was a write. */
  readonly abort: { readonly address: bigint; readonly isWrite: boolean } | null;
}

/** What the exclusive monitor has seen. */
export interface Monitor {
  readonly address: bigint;
  readonly size: number;
  readonly low: bigint;
  readonly high: bigint;
}

export class DeviceCore {
  readonly #core: Core;
  readonly #code: DataView;

  private constructor(core: Core, code: Uint8Array) {
    this.#core = core;
    this.#code = new DataView(code.buffer, code.byteOffset, code.length);
  }

  static async create(): Promise<DeviceCore> {
    const core = await Core.create(await coreModule(), 1, PAGE);
    core.ram.add({ base: CODE, size: PAGE, writable: false });
    const code = core.ram.physical(CODE, PAGE);
    if (!code) throw new Error('no memory there');
    return new DeviceCore(core, code);
  }

  /** Executes one instruction at START. @param state as in test/oracle/case.ts */
  run(word: number, state: BigUint64Array, memory: Uint8Array, monitor: Monitor | null = null): Outcome {
    const core = this.#core;
    core.resetVcpu(VCPU);
    for (const [offset, value] of [
      [L.CPACR, FPEN],
      [L.VBAR, VECTORS],
      [L.SCTLR, CONTROL],
    ] as const) {
      core.setWord(VCPU, offset, value);
    }
    core.setPstate(VCPU, EL1H_MASKED);
    for (let n = 0; n < 31; n++) core.setX(VCPU, n, state[n] ?? 0n);
    core.setSp(VCPU, state[SP] ?? 0n);
    for (let n = 0; n < 32; n++) core.setV(VCPU, n, vectorOf(state, n));
    core.setPc(VCPU, BigInt(START));
    this.#code.setUint32(START - CODE, word, true);
    if (monitor) this.#setMonitor(monitor);
    return this.#execute(memory);
  }

  #setMonitor({ address, size, low, high }: Monitor): void {
    const core = this.#core;
    // MONITOR_SIZE is the upper half of a word, and EVENT below it is 0.
    core.setWord(VCPU, L.MONITOR_SIZE - 4, BigInt(size) << 32n);
    core.setWord(VCPU, L.MONITOR_ADDRESS, address);
    core.setWord(VCPU, L.MONITOR_LOW, low);
    core.setWord(VCPU, L.MONITOR_HIGH, high);
  }

  #execute(memory: Uint8Array): Outcome {
    const core = this.#core;
    const bus: BusAccess[] = [];
    for (;;) {
      core.run(1);
      if (core.exit !== CoreExit.Mmio) break;
      const size = core.exitSize;
      const isWrite = core.exitWrites;
      const value = isWrite ? BigInt.asUintN(8 * size, core.exitWide) : this.content(memory, core.exitVirtual, size);
      bus.push({ address: core.exitVirtual, size, isWrite, value });
      core.answerWide(value);
    }
    if (core.pc(VCPU) !== ENTRY) return { end: 'done', bus, abort: null };
    const syndrome = core.word(VCPU, L.ESR);
    const ec = Number(syndrome >> 26n);
    if (ec === UNDEFINED) return { end: 'undefined', bus, abort: null };
    if (!DATA_ABORTS.includes(ec)) return { end: 'other', bus, abort: null };
    const abort = { address: core.word(VCPU, L.FAR), isWrite: (syndrome & WRITE_NOT_READ) !== 0n };
    return { end: 'abort', bus, abort };
  }

  /** A register by the name it has in an access, as it is after the instruction. */
  register(name: string): bigint {
    if (name === 'sp') return this.#core.sp(VCPU);
    const n = parseInt(name.slice(1), 10);
    return name.startsWith('v') ? this.#core.v(VCPU, n) : this.#core.x(VCPU, n);
  }

  /** What is read at an address: code, the device's page, or zeros. */
  content(memory: Uint8Array, address: bigint, size: number): bigint {
    let value = 0n;
    for (let n = size - 1; n >= 0; n--) {
      const at = BigInt.asUintN(64, address + BigInt(n));
      const byte = isCode(at) ? this.#code.getUint8(Number(at) - CODE) : memory[Number(at - BigInt(DATA))];
      value = (value << 8n) | BigInt(byte ?? 0);
    }
    return value;
  }
}

export function isCode(address: bigint): boolean {
  return address >= BigInt(CODE) && address < BigInt(CODE + PAGE);
}

function vectorOf(state: BigUint64Array, n: number): bigint {
  return (state[V + 2 * n] ?? 0n) | ((state[V + 2 * n + 1] ?? 0n) << 64n);
}

/** The registers as the decoder is told them. */
export function registersOf(state: BigUint64Array): AccessRegisters {
  return {
    x: (n) => state[n] ?? 0n,
    sp: state[SP] ?? 0n,
    pc: BigInt(START),
    v: (n) => vectorOf(state, n),
  };
}
