import { loadOf, nothing, storeOf, systemAccess } from './instructions.ts';
import { isRead, type Fault, type Operation, type State } from './operation.ts';

// The layout that guest/interpreter.S has too.
const RAM = 0x40000000;
const CONTROL = 0x40108000;
const CONFIG = 0x40110000;
const CODE = 0x40111000;
const CODE_END = 0x40120000;
const COMMANDS = 0x40200000;
const COMMAND = 64;
const STATE = 4;
const CODE_AT = 8;
const X0 = 16;
const X1 = 24;
const FAULT = 32;
const INPUTS = 40;
const FROM = 48;
const RET = 0xd65f03c0;

export const RAM_MEGABYTES = 32;
/** Where the guest is told how many commands there are: it executes up to that. */
export const LIMIT_ADDRESS = CONTROL;
/** Commands that fit. */
export const MOST_COMMANDS = (RAM + RAM_MEGABYTES * 2 ** 20 - COMMANDS) / COMMAND;

const STATES: Readonly<Record<State, number>> = { el3: 0, s1: 1, ns: 2 };

/** A piece of the guest's RAM and where it belongs: an offset from the start of RAM. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Buffer;
}

export function configuration(cpus: number, scrEl3: bigint): Piece {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(cpus, 0);
  bytes.writeBigUInt64LE(scrEl3, 8);
  return { offset: CONFIG - RAM, bytes };
}

/** The pieces of code that commands call: one an instruction, made when first needed, and then never changed. */
export class CodeSpace {
  readonly #addresses = new Map<number, number>();
  #end = CODE;
  #fresh: number[] = [];

  addressOf(instruction: number): number {
    const known = this.#addresses.get(instruction);
    if (known !== undefined) return known;
    const address = this.#end;
    if (address + 8 > CODE_END) throw new Error('there is no room for the code of another instruction');
    this.#end += 8;
    this.#addresses.set(instruction, address);
    this.#fresh.push(instruction, RET);
    return address;
  }

  /** What was added since this was asked last. */
  takeFresh(): Piece | null {
    if (this.#fresh.length === 0) return null;
    const bytes = Buffer.from(Uint32Array.from(this.#fresh).buffer);
    this.#fresh = [];
    return { offset: this.#end - bytes.length - RAM, bytes };
  }
}

function instructionOf(one: Operation): number {
  switch (one.op) {
    case 'read':
      return loadOf(one.len);
    case 'write':
      return storeOf(one.len);
    case 'sysreg':
      return systemAccess(one.reg, one.rw);
    case 'line':
      return nothing;
  }
}

/**
 * One command an operation. A wire is not the guest's to change: its command only has the CPUs note their inputs.
 * @param before commands that the guest has already
 */
export function commands(operations: readonly Operation[], code: CodeSpace, before: number): Piece {
  const bytes = Buffer.alloc(operations.length * COMMAND);
  operations.forEach((one, n) => {
    const at = n * COMMAND;
    bytes.writeUInt32LE(one.op === 'line' ? 0 : one.cpu, at);
    bytes.writeBigUInt64LE(BigInt(code.addressOf(instructionOf(one))), at + CODE_AT);
    if (one.op === 'line') return;
    if (one.state !== undefined) bytes.writeUInt32LE(STATES[one.state], at + STATE);
    if (one.op !== 'sysreg') bytes.writeBigUInt64LE(BigInt(one.addr), at + X0);
    if (isRead(one)) return;
    bytes.writeBigUInt64LE(one.value ?? 0n, at + X1);
    if (one.answerOf !== undefined)
      bytes.writeBigUInt64LE(BigInt(COMMANDS + (before + one.answerOf) * COMMAND + X1), at + FROM);
  });
  return { offset: COMMANDS - RAM + before * COMMAND, bytes };
}

/** Read, or written. */
export function valueAt(bytes: Buffer, n: number): bigint {
  return bytes.readBigUInt64LE(n * COMMAND + X1);
}

/** Of a CPU, after command n: bit 1 IRQ, bit 0 FIQ. */
export function inputsAt(bytes: Buffer, n: number, cpu: number): number {
  return bytes[n * COMMAND + INPUTS + cpu] ?? 0;
}

/** Exception classes. */
const UNKNOWN = 0;
const SYSTEM_REGISTER = 0x18;
const DATA_ABORTS = [0x24, 0x25];
const EXTERNAL = 0x10;

export function faultAt(bytes: Buffer, n: number): Fault | null {
  const esr = bytes.readUInt32LE(n * COMMAND + FAULT);
  const fromBelow = bytes.readUInt32LE(n * COMMAND + FAULT + 4) === 1;
  if (esr === 0) return null;
  const of = esr >>> 26;
  if (of === UNKNOWN) return 'undef';
  if (of === SYSTEM_REGISTER && fromBelow) return 'trap-el3';
  if (DATA_ABORTS.includes(of) && (esr & 0x3f) === EXTERNAL) return 'external-abort';
  throw new Error(`the guest took an exception that nobody expects: ESR 0x${esr.toString(16)} of command ${n}`);
}
