import type { Guest } from './guest.ts';

/** A guest with CPUs: it executes a program, and its vCPUs stand and move one by one. */
export interface MachineGuest extends Guest {
  readonly cpus: Cpus;
  /** Lets all vCPUs run for a while: what stopped them, or that nothing has. */
  run(limit: number): MachineStop | Promise<MachineStop>;
  /** Executes one instruction of a vCPU. */
  step(vcpu: number): MachineStop | Promise<MachineStop>;
  /** Brings what views read up to date with what the CPUs have done. */
  refresh(): void;
  /** Instructions before which a vCPU stops. Replaces all. */
  setBreakpoints(addresses: readonly bigint[]): void;
  /** Bytes before an access to which a vCPU stops. Replaces all. @throws GuestStateError for more than there can be */
  setWatchpoints(watched: readonly WatchedMemory[]): void;
}

/** Memory that is watched, at virtual addresses. */
export interface WatchedMemory {
  readonly address: bigint;
  /** Bytes, at least 1. */
  readonly length: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** Registers and memory of CPUs that stand. Nothing here has a side effect. */
export interface Cpus {
  activity(vcpu: number): CpuActivity;
  pc(vcpu: number): bigint;
  sp(vcpu: number): bigint;
  /** X0 to X30. */
  x(vcpu: number, n: number): bigint;
  /** A system register that unwinding needs; null where it cannot be known. */
  exceptionRegister(vcpu: number, name: ExceptionRegister): bigint | null;
  /** Bytes at a virtual address, up to where they can be read. */
  readMemory(vcpu: number, address: bigint, count: number): Uint8Array;
}

export type ExceptionRegister = 'VBAR_EL1' | 'ELR_EL1' | 'SPSR_EL1' | 'SP_EL0';

/** `waits`: for an interrupt, in WFI. */
export type CpuActivity = 'runs' | 'waits' | 'off';

/** Why CPUs stopped running. */
export type MachineStop =
  /** The instructions asked for have been executed. */
  | { readonly kind: 'budget' }
  /** Before the instruction at PC. */
  | { readonly kind: 'breakpoint'; readonly vcpu: number }
  /** Before the access. */
  | {
      readonly kind: 'watchpoint';
      readonly vcpu: number;
      readonly address: bigint;
      readonly size: number;
      readonly write: boolean;
    }
  /** Before an access to the interrupt controller. */
  | { readonly kind: 'access'; readonly vcpu: number }
  /** Behind an access to the interrupt controller, as a listener wished. */
  | { readonly kind: 'halted'; readonly vcpu: number }
  /** Every vCPU waits, and nothing but input or a debugger can wake one. `listens`: input can. */
  | { readonly kind: 'idle'; readonly listens: boolean }
  /** The guest powered its machine off. */
  | { readonly kind: 'off' }
  | { readonly kind: 'reset' }
  /** The guest ended by semihosting. */
  | { readonly kind: 'exit'; readonly code: number };
