import { PRIVATE_IRQS, type GicConfig } from '../config.ts';
import { VCPU_AP0R, VCPU_AP1R, VCPU_EOI_COUNT } from '../state/layout.ts';
import { PHYSICAL_HCR } from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { gicvRegisters, type GicvName, type GicvRegister } from '../virtual/gicv-frame.ts';
import {
  ownBinaryPoint,
  setBinaryPoint,
  setVmControl,
  setVmPriorityMask,
  VM_ACKCTL,
  VM_CONTROL_BITS,
  VM_ENABLE_GROUP0,
  VM_ENABLE_GROUP1,
  VM_FIQEN,
  vmControl,
  vmPriorityMask,
} from '../virtual/priorities.ts';
import type { VirtualRules } from '../virtual/rules.ts';
import { VirtualInterface, type VirtualHost } from '../virtual/virtual-interface.ts';
import { InterfaceV2 } from './interface-v2.ts';
import { InterfaceV3 } from './interface-v3.ts';
import type { Inputs } from './inputs.ts';
import type { PhysicalPolicy } from './policy.ts';
import { driveWire } from './wire.ts';

/** The PPI that a CPU's maintenance interrupt is, as Arm's Base System Architecture has it. */
export const MAINTENANCE_INTID = 25;

/** GICH_HCR, ICH_HCR_EL2: IHI 0048, 5.3.1; IHI 0069, 12.4. EOIcount, 31:27, is kept apart. */
const HCR_EN = 1 << 0;
const HCR_UIE = 1 << 1;
const HCR_LRENPIE = 1 << 2;
const HCR_NPIE = 1 << 3;
const HCR_VGRP0EIE = 1 << 4;
const HCR_VGRP0DIE = 1 << 5;
const HCR_VGRP1EIE = 1 << 6;
const HCR_VGRP1DIE = 1 << 7;
const HCR_BITS_V2 = 0xff;
export const HCR_TC = 1 << 10;
export const HCR_TALL0 = 1 << 11;
export const HCR_TALL1 = 1 << 12;
export const HCR_TDIR = 1 << 14;
/** Traps of SErrors, of which there are none: the bit is kept. */
const HCR_TSEI = 1 << 13;
const HCR_BITS_V3 = HCR_BITS_V2 | HCR_TC | HCR_TALL0 | HCR_TALL1 | HCR_TSEI | HCR_TDIR;
const EOI_COUNT_SHIFT = 27;

/** GICH_MISR, ICH_MISR_EL2. */
const MISR_EOI = 1 << 0;
const MISR_U = 1 << 1;
const MISR_LRENP = 1 << 2;
const MISR_NP = 1 << 3;
const MISR_VGRP0E = 1 << 4;
const MISR_VGRP0D = 1 << 5;
const MISR_VGRP1E = 1 << 6;
const MISR_VGRP1D = 1 << 7;

/** GICH_VTR, ICH_VTR_EL2: five bits of priority, all of which preempt. */
const VTR_BITS = (4 << 29) | (4 << 26);
/** 24 bits of INTID (25:23), Aff3 may be anything, no direct injection, ICH_HCR_EL2.TDIR is there. */
const VTR_V3 = (1 << 23) | (1 << 21) | (1 << 20) | (1 << 19);

/** VMCR beside the bits of GICV_CTLR: binary points, then the mask. */
const VMCR_BPR1_SHIFT = 18;
const VMCR_BPR0_SHIFT = 21;
const VMCR_PMR_SHIFT = 24;

/** Some CPU has EL2. */
export function hasHypervisor(config: GicConfig): boolean {
  return config.hardware?.virtualization !== false;
}

/** One a state, made when first asked for: handlers of registers know the state alone. */
const hypervisors = new WeakMap<GicState, Hypervisor>();

export function hypervisorOf(state: GicState, policy: PhysicalPolicy): Hypervisor {
  let known = hypervisors.get(state);
  if (known === undefined) hypervisors.set(state, (known = new Hypervisor(state, policy)));
  return known;
}

/**
 * What a hypervisor has of a controller: the control of the virtual CPU interfaces, their list registers, and the
 * maintenance interrupt. Values are those of the registers GICH_ and ICH_, which have the same parts.
 * IHI 0048, chapter 5; IHI 0069, chapter 6 and 12.4.
 */
export class Hypervisor implements VirtualHost {
  readonly virtual: VirtualInterface;
  /** GICv2: the registers of the virtual interface. */
  readonly gicv: Readonly<Record<GicvName, GicvRegister>>;
  readonly #state: GicState;
  readonly #policy: PhysicalPolicy;
  readonly rules: VirtualRules;
  readonly #v2: InterfaceV2 | null;
  readonly #v3: InterfaceV3 | null;

  constructor(state: GicState, policy: PhysicalPolicy) {
    this.#state = state;
    this.#policy = policy;
    this.#v2 = state.config.gic === 'v2' ? new InterfaceV2(policy) : null;
    this.#v3 = this.#v2 === null ? new InterfaceV3(state, policy) : null;
    this.rules = policy.virtual[state.config.gic];
    this.virtual = new VirtualInterface(state, this.rules, this);
    this.gicv = gicvRegisters(state, this.virtual, this.rules);
  }

  enabled(cpu: number): boolean {
    return (this.#hcr(cpu) & HCR_EN) !== 0;
  }

  deactivate(cpu: number, intid: number): void {
    if (intid >= PRIVATE_IRQS + this.#state.config.spis) return;
    this.#v2?.deactivateLinked(this.#state, cpu, intid);
    this.#v3?.deactivateLinked(cpu, intid);
  }

  /** Levels of the virtual inputs of a CPU. */
  inputs(cpu: number): Inputs {
    return this.virtual.signal(cpu);
  }

  hcr(cpu: number): number {
    const count = this.#state.get(this.#state.vcpuWord(cpu, VCPU_EOI_COUNT));
    return this.#hcr(cpu) | (count << EOI_COUNT_SHIFT);
  }

  setHcr(cpu: number, value: number): void {
    const state = this.#state;
    state.put(state.physicalWord(cpu, PHYSICAL_HCR), value & (this.#v2 === null ? HCR_BITS_V3 : HCR_BITS_V2));
    state.put(state.vcpuWord(cpu, VCPU_EOI_COUNT), value >>> EOI_COUNT_SHIFT);
    this.settle(cpu);
  }

  vtr(): number {
    const lrs = this.#state.config.lrs - 1;
    return VTR_BITS | (this.#v2 === null ? VTR_V3 : 0) | lrs;
  }

  vmcr(cpu: number): number {
    const state = this.#state;
    // GICv3 with system registers: group 0 is always FIQ, and each group is acknowledged by its own register.
    const control = this.#v2 === null ? (vmControl(state, cpu) & ~VM_ACKCTL) | VM_FIQEN : vmControl(state, cpu);
    return (
      control |
      (ownBinaryPoint(state, cpu, 1) << VMCR_BPR1_SHIFT) |
      (ownBinaryPoint(state, cpu, 0) << VMCR_BPR0_SHIFT) |
      (vmPriorityMask(state, cpu) << VMCR_PMR_SHIFT)
    );
  }

  setVmcr(cpu: number, value: number): void {
    const state = this.#state;
    setVmControl(state, cpu, value & VM_CONTROL_BITS);
    setBinaryPoint(state, cpu, 1, value >> VMCR_BPR1_SHIFT);
    setBinaryPoint(state, cpu, 0, value >> VMCR_BPR0_SHIFT);
    const mask = value >>> VMCR_PMR_SHIFT;
    if (this.rules.keepsWholeMask) setVmPriorityMask(state, cpu, mask, 0xff);
    else setVmPriorityMask(state, cpu, mask);
    this.settle(cpu);
  }

  /** Why maintenance is wanted, whether or not HCR.En lets it through. */
  misr(cpu: number): number {
    const state = this.#state;
    const hcr = this.#hcr(cpu);
    const control = vmControl(state, cpu);
    const group0 = (control & VM_ENABLE_GROUP0) !== 0;
    const group1 = (control & VM_ENABLE_GROUP1) !== 0;
    const { group0DisabledMeansGroup1 } = this.rules;
    const wants = (enable: number, is: boolean, bit: number): number => ((hcr & enable) !== 0 && is ? bit : 0);
    return (
      (this.#anyEnded(cpu) ? MISR_EOI : 0) |
      wants(HCR_UIE, this.virtual.valid(cpu) <= 1, MISR_U) |
      wants(HCR_LRENPIE, state.get(state.vcpuWord(cpu, VCPU_EOI_COUNT)) !== 0, MISR_LRENP) |
      wants(HCR_NPIE, !this.virtual.anyPending(cpu), MISR_NP) |
      wants(HCR_VGRP0EIE, group0, MISR_VGRP0E) |
      wants(HCR_VGRP0DIE, !(group0DisabledMeansGroup1 ? group1 : group0), MISR_VGRP0D) |
      wants(HCR_VGRP1EIE, group1, MISR_VGRP1E) |
      wants(HCR_VGRP1DIE, !group1, MISR_VGRP1D)
    );
  }

  activePriorities(cpu: number, group: 0 | 1): number {
    return this.#state.get(this.#state.vcpuWord(cpu, group === 0 ? VCPU_AP0R : VCPU_AP1R));
  }

  setActivePriorities(cpu: number, group: 0 | 1, value: number): void {
    this.#state.put(this.#state.vcpuWord(cpu, group === 0 ? VCPU_AP0R : VCPU_AP1R), value);
    this.settle(cpu);
  }

  /** Low word of a list register; the upper one is in `state.hi`. */
  listRegister(cpu: number, lr: number): number {
    const state = this.#state;
    const word = state.lrWord(cpu, lr);
    state.hi = state.get(word + 1);
    return state.get(word);
  }

  setListRegister(cpu: number, lr: number, lo: number, hi: number): void {
    const state = this.#state;
    const word = state.lrWord(cpu, lr);
    state.put(word, lo);
    state.put(word + 1, hi);
    this.settle(cpu);
  }

  /** After every change of what this is made of: the maintenance interrupt's wire follows. */
  settle(cpu: number): void {
    const state = this.#state;
    driveWire(state, this.#policy, state.slot(MAINTENANCE_INTID, cpu), this.enabled(cpu) && this.misr(cpu) !== 0);
  }

  #hcr(cpu: number): number {
    return this.#state.get(this.#state.physicalWord(cpu, PHYSICAL_HCR));
  }

  #anyEnded(cpu: number): boolean {
    for (let first = 0; first < this.#state.config.lrs; first += 32) {
      if (this.virtual.ended(cpu, first) !== 0) return true;
    }
    return false;
  }
}
