/*
 * What a stub debugs. Threads are numbered from 1, as the protocol's are: 0 and -1 mean "any" and "all" there.
 */

/** What the protocol calls a target's thread: one that executes on its own. */
export interface StubThread {
  readonly id: number;
  readonly name: string;
}

/** A register, as the target's description names it. Its number is its place in `StubTarget.registers`. */
export interface StubRegister {
  readonly name: string;
  /** Feature of the description it stands in. */
  readonly feature: string;
  readonly bits: 32 | 64 | 128;
  /** A type GDB knows by itself, or one defined in the feature. */
  readonly type: string;
  /** Register group; null: GDB decides. */
  readonly group: string | null;
  /** Reading changes nothing. */
  read(thread: number): bigint;
  /** Null: read-only. Answers false where the value is none that the register could have. */
  readonly write: ((thread: number, value: bigint) => boolean) | null;
}

/** Bits of a register, for GDB to name. */
export interface FlagsField {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** A type for registers, made of named bits. */
export interface FlagsType {
  readonly id: string;
  readonly feature: string;
  readonly bytes: 4 | 8;
  readonly fields: readonly FlagsField[];
}

export type WatchKind = 'read' | 'write' | 'access';

export interface StubBreakpoint {
  readonly kind: 'software' | 'hardware';
  readonly address: bigint;
}

export interface StubWatchpoint {
  readonly kind: WatchKind;
  readonly address: bigint;
  readonly length: number;
}

/** Which threads go on, and which execute one instruction. Those in neither stay where they are. */
export interface Resumption {
  readonly run: readonly number[];
  readonly step: readonly number[];
}

/** Which addresses memory packets mean: a thread's own, as its MMU translates them, or those of the bus. */
export type AddressSpace = 'virtual' | 'physical';

/** Why a target stands still. */
export type TargetStop =
  /** A step is done, or something the protocol has no word for. */
  | { readonly kind: 'trap'; readonly thread: number }
  /** As `interrupt` asked. */
  | { readonly kind: 'interrupted'; readonly thread: number }
  /** Before the instruction. */
  | { readonly kind: 'breakpoint'; readonly thread: number }
  /** Before the access: GDB steps an AArch64 target across a watchpoint by itself. */
  | { readonly kind: 'watchpoint'; readonly thread: number; readonly address: bigint; readonly write: boolean }
  | { readonly kind: 'exited'; readonly code: number };

/** The target does not do what was asked: the message is for the user. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** What can be debugged through a stub. No method but `resume` takes time, and none throws anything but TargetError. */
export interface StubTarget {
  readonly threads: readonly StubThread[];
  readonly registers: readonly StubRegister[];
  readonly types: readonly FlagsType[];
  /** What a thread is doing: "off", "waits for an interrupt". */
  activity(thread: number): string;
  /** Memory as a thread sees it, up to where it cannot be read; without side effect. */
  readMemory(thread: number, space: AddressSpace, address: bigint, length: number): Uint8Array;
  /** @throws TargetError where it cannot be written */
  writeMemory(thread: number, space: AddressSpace, address: bigint, bytes: Uint8Array): void;
  /** Replaces all of them. @throws TargetError for more than there is room for */
  setStops(breakpoints: readonly StubBreakpoint[], watchpoints: readonly StubWatchpoint[]): void;
  /**
   * Lets threads execute. Returns at once; `stopped` is called later, once.
   * @throws TargetError where it is running, or someone else has it
   */
  resume(resumption: Resumption, stopped: (stop: TargetStop) => void): void;
  /** Stops what `resume` has started, whose `stopped` is called, and what `release` has. Standing, it does nothing. */
  interrupt(): void;
  /** The debugger leaves, all of its stops are removed, and the target runs on by itself. */
  release(): void;
  /** The user wants the target gone. */
  kill(): void;
  /** GDB's `monitor`: text to show, a newline at its end. */
  command(text: string, thread: number): string;
}
