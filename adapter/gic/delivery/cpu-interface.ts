import { PRIVATE_IRQS } from '../config.ts';
import type { Controller } from '../controller.ts';
import { VCPU_USED_LRS, VCPU_VM_ABPR, VCPU_VM_BPR, VCPU_VM_CTLR, VCPU_VM_PMR } from '../state/layout.ts';
import {
  LIST_REGISTER_V2,
  LIST_REGISTER_V3,
  V2_ACTIVE,
  V2_PENDING,
  V3_HI_ACTIVE,
  V3_HI_PENDING,
} from './list-register.ts';

const CTLR_EOIMODE = 1 << 9;

/**
 * Does to the list registers what a guest's recorded accesses to its CPU interface did. It predicts nothing: which
 * interrupt an acknowledge answered is the recording's to say. Every event is one exit of the vCPU: list registers
 * are populated, the one in question changes as the hardware would change it, and all are folded back.
 */
export class RecordedCpuInterface {
  readonly #controller: Controller;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** The guest read `intid` from its acknowledge register. False where the model had it not pending for this vCPU. */
  acknowledge(vcpu: number, intid: number): boolean {
    return this.#change(vcpu, intid, 'pending');
  }

  /** The guest wrote `intid` to its end-of-interrupt register: this deactivates, unless EOImode is 1. */
  endOfInterrupt(vcpu: number, intid: number): boolean {
    const { state } = this.#controller;
    if ((state.get(state.vcpuWord(vcpu, VCPU_VM_CTLR)) & CTLR_EOIMODE) !== 0) return true;
    return this.#change(vcpu, intid, 'active');
  }

  /** The guest wrote `intid` to its deactivate register. */
  deactivate(vcpu: number, intid: number): boolean {
    return this.#change(vcpu, intid, 'active');
  }

  /** Keeps bits of the virtual machine control register: `clear` first, then `set`. */
  control(vcpu: number, clear: number, set: number): void {
    const { state } = this.#controller;
    const word = state.vcpuWord(vcpu, VCPU_VM_CTLR);
    state.put(word, (state.get(word) & ~clear) | set);
  }

  /** @param priority 8 bits, of which the upper five are kept */
  priorityMask(vcpu: number, priority: number): void {
    const { state } = this.#controller;
    state.put(state.vcpuWord(vcpu, VCPU_VM_PMR), priority & 0xf8);
  }

  binaryPoint(vcpu: number, group: 0 | 1, value: number): void {
    const { state } = this.#controller;
    state.put(state.vcpuWord(vcpu, group === 0 ? VCPU_VM_BPR : VCPU_VM_ABPR), value & 7);
  }

  #change(vcpu: number, intid: number, from: 'pending' | 'active'): boolean {
    const controller = this.#controller;
    const { state, config } = controller;
    if (intid >= PRIVATE_IRQS + config.spis) return false;
    controller.flush(vcpu);
    const found = this.#find(vcpu, intid, from);
    if (found >= 0) {
      const word = state.lrWord(vcpu, found);
      const v2 = config.gic === 'v2';
      const clear = from === 'pending' ? (v2 ? V2_PENDING : V3_HI_PENDING) : v2 ? V2_ACTIVE : V3_HI_ACTIVE;
      const set = from === 'pending' ? (v2 ? V2_ACTIVE : V3_HI_ACTIVE) : 0;
      const index = v2 ? word : word + 1;
      state.put(index, (state.get(index) & ~clear) | set);
    }
    controller.sync(vcpu);
    return found >= 0;
  }

  #find(vcpu: number, intid: number, what: 'pending' | 'active'): number {
    const { state, config } = this.#controller;
    const format = config.gic === 'v2' ? LIST_REGISTER_V2 : LIST_REGISTER_V3;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    for (let lr = 0; lr < used; lr++) {
      const lo = state.get(state.lrWord(vcpu, lr));
      const hi = state.get(state.lrWord(vcpu, lr) + 1);
      if (format.intid(lo) === intid && format[what](lo, hi)) return lr;
    }
    return -1;
  }
}
