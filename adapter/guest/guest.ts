import type { Controller } from '../gic/controller.ts';
import type { EditStep } from '../gic/edit/step.ts';
import type { CpuFacts } from '../gic/explain/explanation.ts';
import type { PlacedRegister, RegisterMap } from '../gic/inspect/register-map.ts';

/**
 * Something that can be debugged. Time is a line of entries: what the guest did, and the user's edits in between.
 * `position` entries have been executed; the entry at `position` is the one about to be.
 */
export interface Guest {
  readonly kind: 'trace' | 'simulated' | 'gdb';
  /** What is debugged, for titles. */
  readonly title: string;
  readonly controller: Controller;
  readonly registers: RegisterMap;
  readonly capabilities: GuestCapabilities;
  /** vCPUs, and where a recording has accesses without one, the pseudo vCPU UNKNOWN_VCPU last. */
  readonly vcpus: readonly VcpuInfo[];

  readonly position: number;
  /** The oldest entry that is still known: 0 for recordings. */
  readonly first: number;
  /** Entries executed and entries known to come. */
  readonly total: number;

  /** Executes one entry. */
  forward(): Outcome;
  /** Undoes one entry; false at the beginning. */
  backward(): boolean;
  /** Goes to a position between 0 and `total`. */
  jump(position: number): void;
  /** What `forward` would find, without a trace of having looked. */
  foresee(): Outcome;

  /** One entry, past or to come. */
  operation(index: number): Operation;
  /** What was found when an entry was executed; `ahead` for entries not executed. */
  outcome(index: number): Outcome;
  /** What is remarkable about an entry, in words: "the model answers 0x2, the recording says 0x3". Null: nothing. */
  remark(index: number): string | null;
  /** The entry a vCPU executed last before `index`, or -1. */
  lastEntryOf(vcpu: number, index: number): number;

  /**
   * Applies an edit as one entry at `position`. Entries of the future that were edits are forgotten; what the guest
   * does is executed anew.
   * @throws GuestStateError where the guest takes no edit now
   */
  edit(accesses: readonly EditStep[], text: string): void | Promise<void>;
  /**
   * For guests elsewhere: why an edit that was made had no effect, where that is not the register's own doing; null: it is.
   */
  whyIgnored?(): Promise<string | null>;
  /**
   * For guests whose registers are elsewhere: why a register's value is not known now, or null. Absent: all are known.
   * @param vcpu whose bank
   */
  unknown?(register: PlacedRegister, vcpu: number): string | null;
  /**
   * For guests elsewhere: a model that foretells what edits do there. Null, or absent: the guest's own controller does.
   */
  readonly model?: EditModel | null;
  /** For guests whose CPUs take part in the delivery of interrupts: what was fetched of one. */
  cpuFacts?(vcpu: number): CpuFacts;
}

/** A controller like that of a guest elsewhere, holding what is known of it, on which edits can be tried. */
export interface EditModel {
  readonly controller: Controller;
  readonly registers: RegisterMap;
  /** Whether it has a register of that name that does something. */
  has(name: string): boolean;
}

/** A change that cannot be made now: says why. */
export class GuestStateError extends Error {
  override readonly name = 'GuestStateError';
}

export interface GuestCapabilities {
  readonly stepBack: boolean;
  /** Whatever changes the controller is an entry of time; else it changes unseen while the guest runs. */
  readonly seesAll: boolean;
}

/** The pseudo vCPU of accesses whose vCPU the recording does not tell. */
export const UNKNOWN_VCPU = -1;

export interface VcpuInfo {
  /** vCPU number, or UNKNOWN_VCPU. */
  readonly id: number;
  /** "vCPU 0", "CPU unknown". */
  readonly name: string;
}

export interface GuestSource {
  /** Path or name of the recording. */
  readonly path: string;
  /** Lines as text: null where a debugger can read the file itself. */
  text(): Promise<string>;
  readonly compressed: boolean;
}

/** What executing an entry showed. */
export const Outcome = {
  /** Nothing remarkable. */
  Normal: 0,
  /** The controller answers something else than was recorded. */
  Mismatch: 1,
  /** The access met a hole, a bad width, was misaligned or beyond the last INTID. */
  Hole: 2,
  /** An acknowledge that answered a special INTID: nothing was pending. */
  Spurious: 3,
  /** Neither compared nor applied: the profile does not model it, or its vCPU is unknown. */
  Unpredicted: 4,
  /** Not executed yet. */
  Ahead: 5,
  /** There is no further entry. */
  End: 6,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** One entry of time, decoded. */
export interface Operation {
  readonly index: number;
  readonly origin: 'guest' | 'edit';
  /** "read", "write", "line", "sgi", "uread", "uwrite", "flush", "sync", "state", "sysreg", or as recorded. */
  readonly op: string;
  /** Null: unknown, or none concerned. */
  readonly vcpu: number | null;
  readonly address: number | null;
  /** Bytes; 0 where there is no access. */
  readonly length: number;
  /** The value written, or the one recorded for a read; null where there is none. */
  readonly value: bigint | null;
  /** Register the access starts in ("GICD_ISENABLER1", "ICC_IAR1_EL1"); null where there is none. */
  readonly register: string | null;
  /** Frame, by id: "GICD", "GICR0.SGI". */
  readonly frame: string | null;
  readonly access: 'ok' | 'hole' | 'bad width' | 'misaligned' | 'beyond the last INTID' | null;
  /** INTIDs concerned: the bits written as 1 of a set or clear register, all an access covers, a wire's, an SGI's. */
  readonly intids: readonly number[];
  /** One line for people: "write GICD_ISENABLER1 = 0x2: enables INTID 33". */
  readonly text: string;
  /** From the recording. */
  readonly note: string | null;
  /** Line in the recording, from 1; null for edits, and where there is no recording. */
  readonly line: number | null;
  /** Address of the instruction that made the access; null where it is not known. */
  readonly pc: bigint | null;
}
