import type { Controller } from '../controller.ts';
import type { RegisterMap } from '../inspect/register-map.ts';
import type { GicState } from '../state/state.ts';

/** What conditions may ask of the access about to be executed. A `Guest`'s operation has all of it. */
export interface AccessFacts {
  readonly op: string;
  readonly origin: 'guest' | 'edit';
  readonly vcpu: number | null;
  readonly address: number | null;
  readonly length: number;
  readonly value: bigint | null;
  readonly register: string | null;
  readonly frame: string | null;
  readonly intids: readonly number[];
  readonly note: string | null;
  readonly line: number | null;
}

/** Where an expression is evaluated: nothing in it changes by that. */
export interface Scope {
  readonly controller: Controller;
  readonly registers: RegisterMap;
  /** The state to read: the controller's own, or a copy of an earlier one. */
  readonly state: GicState;
  /** Whose banks and redistributor names without `cpu(n)` mean. */
  readonly vcpu: number;
  /** Null where there is none: at the end of a recording. */
  readonly access: AccessFacts | null;
}

/** The same scope over another state of the same controller. */
export function scopeIn(state: GicState, { controller, registers, vcpu, access }: Scope): Scope {
  return { controller, registers, vcpu, access, state };
}

/** Members of `access`, for evaluation and completion. */
export const ACCESS_MEMBERS: Readonly<Record<string, string>> = {
  op: 'What it is: "read", "write", "line", "sgi", "flush", "sync" …',
  cpu: 'The accessing vCPU, -1 where the recording does not tell.',
  address: 'Guest physical address.',
  length: 'Bytes.',
  value: 'Value written, or recorded for a read.',
  register: 'Register it starts in.',
  frame: 'Frame: "GICD", "GICR0.SGI" …',
  intid: 'The one INTID it concerns, -1 where it concerns none or several.',
  touches: 'touches(n): whether it concerns INTID n.',
  line: 'Line in the recording.',
  origin: '"guest" or "edit".',
  note: 'Note of the recording.',
};
