import { TICKS_PER_SECOND, type TickSource } from './device.ts';

/** The immediate of the HLT instruction that is a semihosting call on AArch64. */
export const SEMIHOSTING_HLT = 0xf000;

/** Operations (Arm "Semihosting for AArch32 and AArch64", 2022Q3). */
const Op = {
  Open: 0x01,
  Close: 0x02,
  WriteC: 0x03,
  Write0: 0x04,
  Write: 0x05,
  Read: 0x06,
  ReadC: 0x07,
  IsError: 0x08,
  IsTty: 0x09,
  Clock: 0x10,
  Time: 0x11,
  Errno: 0x13,
  CommandLine: 0x15,
  HeapInfo: 0x16,
  Exit: 0x18,
  ExitExtended: 0x20,
  Elapsed: 0x30,
  TickFrequency: 0x31,
} as const;

/** Handles of the console: what ":tt" opens as by its mode, and what guests use that never open anything. */
const Handle = { Output: 1, Error: 2, Input: 3 } as const;
/** SYS_OPEN modes from which ":tt" is standard output and standard error. */
const MODE_WRITE = 4;
const MODE_APPEND = 8;

/** ADP_Stopped_ApplicationExit: the reason of an exit that carries a code. */
const APPLICATION_EXIT = 0x2_0026n;
/** What other reasons (a run-time error, an unhandled exception) become as an exit code. */
const EXIT_ABNORMAL = 1;

const FAILED = -1n;
/** A string without an end is not looked at beyond this. */
const MAX_STRING = 1 << 20;
const PIECE = 256;

/** What a call needs of the machine. Addresses are the calling vCPU's virtual ones. */
export interface SemihostingHost {
  /** Up to `length` bytes, fewer where the rest cannot be read. */
  readMemory(address: bigint, length: number): Uint8Array;
  /** False where not all of it can be written. */
  writeMemory(address: bigint, bytes: Uint8Array): boolean;
  output(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** The next byte typed; null: none yet; -1: there will be none. */
  input(): number | null;
  readonly now: TickSource;
  /** Seconds since 1970, as the machine's RTC shows them. */
  seconds(): number;
  /** Memory the program does not occupy: its heap grows from the start, its stack from the end. */
  readonly free: { readonly start: bigint; readonly end: bigint };
  /** The program's name and arguments. */
  readonly commandLine: string;
}

export type SemihostingResult =
  /** Continue after the HLT with this in x0. */
  | { readonly kind: 'return'; readonly x0: bigint }
  /** The program is over. @property code 0 to 2^32 - 1 as the guest gave it */
  | { readonly kind: 'exit'; readonly code: number; readonly reason: bigint }
  /** Nothing typed yet: execute the HLT again later. */
  | { readonly kind: 'wait' };

/**
 * One semihosting call of an AArch64 guest. What this machine does not offer (files, the host's shell) answers -1, as
 * failing calls do.
 * @param x0 operation, 32 bits
 * @param x1 parameter: a value, or the address of a block of 64-bit words
 */
export function semihostingCall(host: SemihostingHost, x0: bigint, x1: bigint): SemihostingResult {
  switch (Number(x0 & 0xffff_ffffn)) {
    case Op.WriteC:
      host.output(host.readMemory(x1, 1), 'stdout');
      return done(x0);
    case Op.Write0:
      host.output(stringAt(host, x1), 'stdout');
      return done(x0);
    case Op.Write:
      return write(host, x1);
    case Op.Read:
      return read(host, x1);
    case Op.ReadC: {
      const byte = host.input();
      return byte === null ? { kind: 'wait' } : done(BigInt(byte));
    }
    case Op.Open:
      return open(host, x1);
    case Op.Close:
      return onConsole(host, x1, 0n);
    case Op.IsTty:
      return onConsole(host, x1, 1n);
    case Op.IsError:
      return isError(host, x1);
    case Op.CommandLine:
      return commandLine(host, x1);
    case Op.HeapInfo:
      return heapInfo(host, x1);
    case Op.Exit:
    case Op.ExitExtended:
      return exit(host, x1);
    case Op.Clock:
      return done((host.now() * 100n) / TICKS_PER_SECOND);
    case Op.Time:
      return done(BigInt(host.seconds()));
    case Op.Elapsed:
      return done(host.writeMemory(x1, word(host.now())) ? 0n : FAILED);
    case Op.TickFrequency:
      return done(TICKS_PER_SECOND);
    case Op.Errno:
      return done(0n);
    default:
      return done(FAILED);
  }
}

function done(x0: bigint): SemihostingResult {
  return { kind: 'return', x0: BigInt.asUintN(64, x0) };
}

/** Block: handle, address, length. Answers how many bytes were not written. */
function write(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 3);
  if (!words) return done(FAILED);
  const [handle, address, length] = words as [bigint, bigint, bigint];
  if (handle !== BigInt(Handle.Output) && handle !== BigInt(Handle.Error)) return done(length);
  const bytes = host.readMemory(address, Math.min(Number(length), MAX_STRING));
  host.output(bytes, handle === BigInt(Handle.Error) ? 'stderr' : 'stdout');
  return done(length - BigInt(bytes.length));
}

/** Block: handle, address, length. Answers how many bytes of the buffer were not filled; at least one is waited for. */
function read(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 3);
  if (!words) return done(FAILED);
  const [handle, address, length] = words as [bigint, bigint, bigint];
  if (handle !== BigInt(Handle.Input)) return done(FAILED);
  const bytes: number[] = [];
  const limit = Math.min(Number(length), MAX_STRING);
  while (bytes.length < limit) {
    const byte = host.input();
    if (byte === null && bytes.length === 0) return { kind: 'wait' };
    if (byte === null || byte < 0) break;
    bytes.push(byte);
  }
  if (!host.writeMemory(address, Uint8Array.from(bytes))) return done(FAILED);
  return done(length - BigInt(bytes.length));
}

/** Block: name, mode, length of the name. Only the console, ":tt", can be opened. */
function open(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 3);
  if (!words) return done(FAILED);
  const [address, mode, length] = words as [bigint, bigint, bigint];
  if (length !== 3n || new TextDecoder().decode(host.readMemory(address, 3)) !== ':tt') return done(FAILED);
  if (mode < MODE_WRITE) return done(BigInt(Handle.Input));
  return done(BigInt(mode < MODE_APPEND ? Handle.Output : Handle.Error));
}

/** Block: handle. */
function onConsole(host: SemihostingHost, block: bigint, answer: bigint): SemihostingResult {
  const words = wordsAt(host, block, 1);
  const handle = Number(words?.[0] ?? 0n);
  return done(handle >= Handle.Output && handle <= Handle.Input ? answer : FAILED);
}

/** Block: what another call answered. Negative is an error. */
function isError(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 1);
  return done(words && BigInt.asIntN(64, words[0] as bigint) >= 0n ? 0n : 1n);
}

/** Block: address and size of a buffer for the text and its zero. The size becomes the length of the text. */
function commandLine(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 2);
  if (!words) return done(FAILED);
  const [buffer, size] = words as [bigint, bigint];
  const text = new TextEncoder().encode(`${host.commandLine}\0`);
  const written = size >= BigInt(text.length) && host.writeMemory(buffer, text);
  return done(written && host.writeMemory(block + 8n, word(BigInt(text.length - 1))) ? 0n : FAILED);
}

/** Block: address of four words to fill: heap base, heap limit, stack base, stack limit. */
function heapInfo(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 1);
  if (!words) return done(FAILED);
  const { start, end } = host.free;
  const answer = new Uint8Array([start, end, end, start].flatMap((value) => [...word(value)]));
  return done(host.writeMemory(words[0] as bigint, answer) ? 0n : FAILED);
}

/** Block: reason, code. */
function exit(host: SemihostingHost, block: bigint): SemihostingResult {
  const words = wordsAt(host, block, 2);
  if (!words) return { kind: 'exit', code: EXIT_ABNORMAL, reason: 0n };
  const [reason, code] = words as [bigint, bigint];
  return { kind: 'exit', code: reason === APPLICATION_EXIT ? Number(code & 0xffff_ffffn) : EXIT_ABNORMAL, reason };
}

function wordsAt(host: SemihostingHost, address: bigint, count: number): readonly bigint[] | null {
  const bytes = host.readMemory(address, 8 * count);
  if (bytes.length < 8 * count) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, n) => view.getBigUint64(8 * n, true));
}

function word(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** The string at an address, without its terminating zero. */
function stringAt(host: SemihostingHost, address: bigint): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < MAX_STRING) {
    const piece = host.readMemory(address + BigInt(bytes.length), PIECE);
    const end = piece.indexOf(0);
    bytes.push(...(end < 0 ? piece : piece.subarray(0, end)));
    if (end >= 0 || piece.length < PIECE) break;
  }
  return Uint8Array.from(bytes);
}
