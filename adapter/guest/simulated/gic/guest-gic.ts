import type { Controller } from '../../../gic/controller.ts';
import type { Inputs } from '../../../gic/physical/inputs.ts';

/** A system register of the CPU interface, as a guest's MRS and MSR meet it. */
export interface CpuRegister {
  /** As Arm writes it: "ICC_IAR1_EL1". */
  readonly name: string;
  /** op0:op1:CRn:CRm:op2 in bits 15:14, 13:11, 10:7, 6:3, 2:0, as MRS and MSR encode them. */
  readonly encoding: number;
  /** Null: reading is undefined. */
  readonly read: ((vcpu: number) => number) | null;
  /** What reading would answer, without a trace of having looked; null: that is not to be had. */
  readonly peek: ((vcpu: number) => number) | null;
  /** Null: writing is undefined. */
  readonly write: ((vcpu: number, lo: number, hi: number) => void) | null;
}

/** The interrupt controller of a simulated machine: between its cores and devices on one side, a `Controller` on the other. */
export interface GuestGic {
  readonly controller: Controller;
  /** Levels of a vCPU's interrupt inputs now. */
  inputs(vcpu: number): Inputs;
  /** True where a vCPU in WFI has to go on. */
  wakes(vcpu: number): boolean;
  /** A vCPU is powered up or down. */
  setPower(vcpu: number, on: boolean): void;
  /** A guest's load: int32 low word; the upper word of 8 bytes is in `controller.state.hi`. */
  read(vcpu: number, address: number, length: number): number;
  /** A guest's store. */
  write(vcpu: number, address: number, length: number, lo: number, hi: number): void;
  /** The register an MRS or MSR names, by its encoding; undefined where there is none: the instruction is undefined. */
  systemRegister(encoding: number): CpuRegister | undefined;
  /** All that `systemRegister` finds. */
  systemRegisters(): Iterable<CpuRegister>;
  /** A device drives a wire. */
  line(intid: number, vcpu: number, level: boolean): void;
  /**
   * Changes the controller from outside the guest: for a user's edits.
   * @returns what `change` returns
   */
  outside<T>(change: () => T): T;
  /** Brings another controller to the state that the guest's next reads would find. */
  show(view: Controller): void;
}
