/** Why a machine stopped running. */
export type Stop =
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
  /** Before an access to the interrupt controller: `Machine.access` has it. */
  | { readonly kind: 'access'; readonly vcpu: number }
  /** Behind an access to the interrupt controller, as `MachineHost.accessed` wished. */
  | { readonly kind: 'halted'; readonly vcpu: number }
  /** Every vCPU waits, and nothing but input or a debugger can wake one. `listens`: input can. */
  | { readonly kind: 'idle'; readonly listens: boolean }
  /** The guest powered its machine off. */
  | { readonly kind: 'off' }
  | { readonly kind: 'reset' }
  /** The guest ended by semihosting. */
  | { readonly kind: 'exit'; readonly code: number };

/** What a guest did that its author should hear of. */
export type Remark =
  | { readonly kind: 'undefined instruction'; readonly vcpu: number; readonly pc: bigint; readonly word: number }
  | {
      readonly kind: 'no device';
      readonly vcpu: number;
      readonly pc: bigint;
      readonly address: number;
      readonly size: number;
      readonly write: boolean;
      /** What is wrong: "no device", "bad width", "misaligned". */
      readonly reason: string;
    };
