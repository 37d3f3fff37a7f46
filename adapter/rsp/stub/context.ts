import {
  TargetError,
  type AddressSpace,
  type Resumption,
  type StubBreakpoint,
  type StubTarget,
  type StubWatchpoint,
} from './target.ts';

/** Bytes of the longest packet taken or sent. */
export const PACKET_SIZE = 0x4000;

/** What packets of a connection have set so far, for those that follow. */
export interface StubContext {
  readonly target: StubTarget;
  /** Thread of register and memory packets: set by Hg. */
  general: number;
  /** Thread of c and s: set by Hc; 0 or less: all. */
  continued: number;
  /** What the addresses of memory packets mean; those of breakpoints are virtual always. */
  space: AddressSpace;
  readonly breakpoints: Map<string, StubBreakpoint>;
  readonly watchpoints: Map<string, StubWatchpoint>;
  /** The other side understands why a breakpoint stopped: its qSupported said so. */
  readonly understands: { swbreak: boolean; hwbreak: boolean };
  /** Sends a packet before the answer. */
  say(data: string): void;
  /** Lets the target execute; the answer is its stop. */
  resume(resumption: Resumption): void;
  readonly running: boolean;
  /** The answer of `?`: why the target stands. */
  stopReply(): string;
  /** From the next packet on, nothing is acknowledged. */
  stopAcknowledging(): void;
  /** The debugger leaves the target. */
  leave(): void;
}

/**
 * Carries out a packet.
 * @param data what follows the packet's name
 * @returns the answer; null where none is due now
 * @throws TargetError, which is answered as an error
 */
export type Command = (context: StubContext, data: string) => string | null;

export const OK = 'OK';
/** Errors have numbers in the protocol, and GDB shows nothing else of them: those of errno, for what they are worth. */
export const BAD_REQUEST = 'E16';
export const BAD_ADDRESS = 'E0e';
export const NO_SUCH_THREAD = 'E03';

/** @throws TargetError while the target executes: then it may be looked at only */
export function requireStopped({ running }: StubContext): void {
  if (running) throw new TargetError('the target is running');
}

export function threadExists({ target }: StubContext, id: number): boolean {
  return target.threads.some((thread) => thread.id === id);
}
