import type { DeliveryPolicy } from '../delivery/policy.ts';
import type { ListRegisterPolicy } from '../delivery/list-registers.ts';
import type { SgiGroups } from '../delivery/sgi.ts';
import type { ExplainPolicy } from '../explain/explanation.ts';
import type { PhysicalPolicy } from '../physical/policy.ts';
import type { FrameTable } from '../registers/row.ts';
import type { StateShape } from '../state/layout.ts';

/**
 * A semantics profile: whose controller this is. Data in the register tables plus a few named policies; no handler
 * ever asks which profile it serves.
 */
export interface Profile extends StateShape {
  readonly name: string;
  readonly v2: {
    readonly distributor: FrameTable;
    readonly cpuInterface: FrameTable;
    /** Of physical controllers: the hypervisor's list registers, and what its guest finds as its CPU interface. */
    readonly hypervisor?: FrameTable;
    readonly virtualInterface?: FrameTable;
  };
  readonly v3: {
    readonly distributor: FrameTable;
    readonly redistributor: FrameTable;
    readonly sgiFrame: FrameTable;
    readonly its: FrameTable;
  };
  /** Controllers in silicon and emulators: the CPUs' interfaces are part of them. Absent: a vgic, or nothing modelled. */
  readonly policy?: PhysicalPolicy;
  readonly delivery: DeliveryPolicy;
  /** System registers that raise SGIs, without exception level, and what they can raise. */
  readonly sgiRegisters: Readonly<Record<string, SgiGroups>>;
  readonly listRegisters: ListRegisterPolicy;
  /** Why an interrupt does or does not reach its vCPU. */
  readonly explain: ExplainPolicy;
  readonly knows: Knowledge;
}

/** What of a controller the state tells besides its registers: of one that is elsewhere, nothing. */
export interface Knowledge {
  /** Levels of the wires, and what software made pending. */
  readonly wires: boolean;
  /** Queues and list registers of the vCPUs. */
  readonly queues: boolean;
  /** What reset makes of the registers. */
  readonly reset: boolean;
}

/** True where a guest can move interrupts between groups; else the group register is only there to be read. */
export function hasGroups(profile: Profile, gic: 'v2' | 'v3'): boolean {
  return profile[gic].distributor.rows.some((row) => row.property === 'group' && row.access === 'rw');
}
