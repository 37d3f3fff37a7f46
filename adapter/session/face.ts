import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Divergence } from '../guest/gdb/divergence/divergence.ts';
import type { CodePlace } from '../protocol.ts';
import type { Arguments } from './arguments.ts';
import type { Debuggee } from './debuggee.ts';
import type { Gate } from './breakpoints/gate.ts';
import type { FrameList } from './frames.ts';
import type { Embark } from './run/runner.ts';
import type { LineTraps } from './run/traps.ts';
import type { FrameScope } from './variables/scopes.ts';
import type { Frame } from './frames.ts';

/**
 * What differs from one kind of guest to another in a session: threads and stacks, sources, breakpoints in them, and how
 * it moves. The controller, its registers and interrupts, expressions and edits are the same for all.
 */
export interface Face {
  readonly frames: FrameList;
  readonly sources: SourceList;
  readonly breakpoints: CodeBreakpoints;
  /** What of the breakpoints stops a run over entries. */
  readonly lines: LineTraps & { place(): void };
  readonly embark: Embark;
  /** Said where the session stops before anything has happened. */
  readonly startText: string;
  /** Capabilities beyond those every guest has. */
  readonly capabilities: DebugProtocol.Capabilities;
  /** Who is to blame for an entry: "by line 12", and the line where there is one, else 0. */
  author(entry: number): { readonly text: string; readonly line: number };
  /** Scopes of a frame besides the controller's. */
  scopes(frame: Frame): FrameScope[];
  /** Set for guests with memory and CPUs of their own. */
  readonly machine: MachineFace | null;
  /** Called before a stop is told: what the guest has said by then is said first. */
  settle(): void;
  /** Set for targets elsewhere: where they and a model differ. */
  readonly divergence?: Divergence;
  /** Fetches what a request will look at, where that is elsewhere: handlers read what is here. */
  readonly prepare?: (command: string, args: Arguments, debuggee: Debuggee) => Promise<void>;
}

/** The texts a guest's stack frames lie in. */
export interface SourceList {
  readonly loaded: DebugProtocol.Source[];
  /** The text of a source the client cannot read itself; null where there is none of that kind. */
  text(reference: number, source: Arguments): Promise<string> | null;
  /** Said of a place in the sources: for messages. */
  readonly main: DebugProtocol.Source | null;
}

/** Breakpoints in code, or in the lines of a recording. */
export interface CodeBreakpoints {
  /** Replaces the breakpoints of a source. */
  set(source: Arguments, wanted: readonly Arguments[]): DebugProtocol.Breakpoint[];
  /** Lines of a source, from `first` to `last`, that can have one. */
  locations(source: Arguments, first: number, last: number): number[];
  setFunctions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[];
  setInstructions(wanted: readonly Arguments[]): DebugProtocol.Breakpoint[];
}

/** A breakpoint on memory: stops before an access to it. */
export interface MemoryWatch {
  readonly id: number;
  /** Virtual. */
  readonly address: bigint;
  /** Bytes, at least 1. */
  readonly length: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly gate: Gate;
}

/** What a guest with CPUs offers besides. */
export interface MachineFace {
  /** Bytes at a virtual address as a vCPU sees them; up to where they can be read. */
  readMemory(vcpu: number, address: bigint, count: number): Uint8Array;
  /** @returns false where not all of it can be written; nothing is written then */
  writeMemory(vcpu: number, address: bigint, bytes: Uint8Array): boolean | Promise<boolean>;
  disassemble(address: bigint, before: number, count: number): Promise<DebugProtocol.DisassembledInstruction[]>;
  /** Replaces the breakpoints on memory. @throws RequestError for more than there can be */
  watch(watchpoints: readonly MemoryWatch[]): void;
  /** What is known of an instruction's place in the program. */
  placeOf(pc: bigint): CodePlace;
  /** Bytes typed at its console. */
  input(bytes: Uint8Array): void;
}
