import type { Controller } from '../controller.ts';
import type { PlacedRegister, RegisterMap } from '../inspect/register-map.ts';

/** One link of the chain from wire to CPU. */
export interface ExplainStep {
  readonly question: string;
  readonly outcome: 'pass' | 'fail' | 'unknown';
  /** The register and bit that answer the question. */
  readonly evidence: string;
  /** An expression that shows or edits it. */
  readonly expression?: string;
  readonly advice?: string;
}

export interface Explanation {
  /** One sentence. */
  readonly verdict: string;
  readonly steps: readonly ExplainStep[];
}

/** What is asked: of an interrupt that exists, in the bank of a vCPU that does. */
export interface Question {
  readonly controller: Controller;
  readonly intid: number;
  readonly vcpu: number;
  readonly witness: Witness | null;
}

/** How a kind of controller answers: a policy of its profile. */
export type ExplainPolicy = (question: Question) => Explanation;

/** What is known besides a controller's state, or where its registers are elsewhere. A `Guest` is one. */
export interface Witness {
  readonly registers: RegisterMap;
  /** Why a register's value is not known now, or null. Absent: all are known. */
  unknown?(register: PlacedRegister, vcpu: number): string | null;
  /** What is known of a CPU. Absent: nothing. */
  cpuFacts?(vcpu: number): CpuFacts;
}

/** A CPU's part in the delivery of interrupts that is in no frame. */
export interface CpuFacts {
  /** PSTATE as SPSR would hold it, or why it is not known. */
  readonly pstate: number | string;
  /** A system register by Arm's name, or why its value is not known. */
  register(name: string): bigint | string;
}
