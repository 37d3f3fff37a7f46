import { listRegisterFormat } from '../delivery/list-registers.ts';
import {
  V2_ACTIVE,
  V2_PENDING,
  V3_HI_ACTIVE,
  V3_HI_PENDING,
  type ListRegisterFormat,
} from '../delivery/list-register.ts';
import { VCPU_EOI_COUNT, VCPU_UNDERFLOW, VCPU_USED_LRS, VCPU_VM_PMR } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import {
  activate,
  dropPriority,
  IDLE_PRIORITY,
  preemptionLevel,
  runningPriority,
  VM_ENABLE_GROUP0,
  VM_ENABLE_GROUP1,
  VM_EOIMODE,
  VM_FIQEN,
  vmControl,
} from './priorities.ts';

/** No interrupt of sufficient priority. */
export const SPURIOUS = 1023;
/** GICv2: the most urgent interrupt is of group 1, and GICC_CTLR.AckCtl is 0. */
export const OTHER_GROUP = 1022;
const FIRST_SPECIAL = 1020;
const FIRST_LPI = 8192;

/** What a vCPU sees of its interface. */
export const Signal = { None: 0, Irq: 1, Fiq: 2 } as const;
export type Signal = (typeof Signal)[keyof typeof Signal];

/**
 * The virtual CPU interface over a vCPU's list registers: what the hardware does between entry to and exit from the
 * guest. Sources: IHI 0069, 4.8 and chapter 6; IHI 0048, chapter 5; where they leave room, KVM's emulation.
 */
export class VirtualInterface {
  readonly #state: GicState;
  readonly #format: ListRegisterFormat;
  readonly #v2: boolean;

  constructor(state: GicState) {
    this.#state = state;
    this.#v2 = state.config.gic === 'v2';
    this.#format = listRegisterFormat(state.config.gic);
  }

  /** What is signalled to the vCPU now. */
  signal(vcpu: number): Signal {
    const lr = this.#mostUrgent(vcpu);
    if (lr < 0 || !this.#preempts(vcpu, lr)) return Signal.None;
    if (this.#groupOf(vcpu, lr) === 1) return Signal.Irq;
    return !this.#v2 || (vmControl(this.#state, vcpu) & VM_FIQEN) !== 0 ? Signal.Fiq : Signal.Irq;
  }

  /** List register of the most urgent pending interrupt of an enabled group, masked or not; -1: none. */
  #mostUrgent(vcpu: number): number {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    const control = vmControl(state, vcpu);
    let best = -1;
    let least = IDLE_PRIORITY + 1;
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      if (!this.#format.pending(lo, hi) || this.#format.active(lo, hi)) continue;
      const enable = this.#format.group1(lo, hi) ? VM_ENABLE_GROUP1 : VM_ENABLE_GROUP0;
      const priority = this.#format.priority(lo, hi);
      if ((control & enable) === 0 || priority >= least) continue;
      least = priority;
      best = lr;
    }
    return best;
  }

  /** The most urgent pending interrupt's group and INTID, whatever masks it; INTID SPURIOUS where there is none. */
  highestPending(vcpu: number): { readonly intid: number; readonly group: 0 | 1 } {
    const lr = this.#mostUrgent(vcpu);
    return lr < 0 ? NOTHING : { intid: this.#answer(vcpu, lr), group: this.#groupOf(vcpu, lr) };
  }

  /**
   * Acknowledges the most urgent pending interrupt, if it is of this group: it becomes active.
   * @param either true: of any group (GICv2 with AckCtl)
   * @returns INTID, on GICv2 with the sender of an SGI in bits 12:10; SPURIOUS or OTHER_GROUP
   */
  acknowledge(vcpu: number, group: 0 | 1, either: boolean): number {
    const state = this.#state;
    const lr = this.#mostUrgent(vcpu);
    if (lr < 0 || !this.#preempts(vcpu, lr)) return SPURIOUS;
    const its = this.#groupOf(vcpu, lr);
    if (its !== group && !either) return this.#v2 && its === 1 ? OTHER_GROUP : SPURIOUS;
    const word = this.#stateWord(vcpu, lr);
    const [pending, active] = this.#v2 ? [V2_PENDING, V2_ACTIVE] : [V3_HI_PENDING, V3_HI_ACTIVE];
    state.put(word, (state.get(word) & ~pending) | active);
    activate(state, vcpu, its, preemptionLevel(state, vcpu, its, this.#priorityOf(vcpu, lr)));
    return this.#answer(vcpu, lr);
  }

  /**
   * Ends an interrupt: drops the running priority, and with EOImode 0 deactivates it.
   * @param value INTID, on GICv2 with the sender of an SGI in bits 12:10
   */
  endOfInterrupt(vcpu: number, group: 0 | 1, value: number): void {
    const state = this.#state;
    if (isSpecial(value)) return;
    const dropped = dropPriority(state, vcpu);
    const lr = this.#activeRegister(vcpu, value);
    const isLpi = value >= FIRST_LPI;
    if (lr < 0) {
      if (!isLpi) this.#count(vcpu);
      return;
    }
    if ((vmControl(state, vcpu) & VM_EOIMODE) !== 0 && !isLpi) return;
    const its = this.#groupOf(vcpu, lr);
    const level = preemptionLevel(state, vcpu, its, this.#priorityOf(vcpu, lr));
    // Ending another interrupt than the one acknowledged last deactivates nothing.
    const expected = this.#v2 ? dropped & 0xff : dropped;
    if (
      dropped === IDLE_PRIORITY ||
      (!this.#v2 && its !== group) ||
      expected !== (this.#v2 ? level : level | (its << 8))
    ) {
      return;
    }
    this.#deactivateRegister(vcpu, lr);
  }

  /** Deactivates an interrupt, with EOImode 1. */
  deactivate(vcpu: number, value: number): void {
    if ((vmControl(this.#state, vcpu) & VM_EOIMODE) === 0 || isSpecial(value) || value >= FIRST_LPI) return;
    const lr = this.#activeRegister(vcpu, value);
    if (lr < 0) this.#count(vcpu);
    else this.#deactivateRegister(vcpu, lr);
  }

  /** True where the interface wants the hypervisor: a list register ended that asked for it, or too few are left. */
  maintenance(vcpu: number): boolean {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    let valid = 0;
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      if (this.#format.pending(lo, hi) || this.#format.active(lo, hi)) valid++;
      else if (this.#format.eoi(lo, hi)) return true;
    }
    return state.get(state.vcpuWord(vcpu, VCPU_UNDERFLOW)) !== 0 && valid <= 1;
  }

  /** Not masked by GICV_PMR, and more urgent than what runs. */
  #preempts(vcpu: number, lr: number): boolean {
    const state = this.#state;
    const priority = this.#priorityOf(vcpu, lr);
    const mask = state.get(state.vcpuWord(vcpu, VCPU_VM_PMR)) << 3;
    if (priority >= mask) return false;
    return preemptionLevel(state, vcpu, this.#groupOf(vcpu, lr), priority) < runningPriority(state, vcpu);
  }

  #groupOf(vcpu: number, lr: number): 0 | 1 {
    const word = this.#state.lrWord(vcpu, lr);
    return this.#format.group1(this.#state.get(word), this.#state.get(word + 1)) ? 1 : 0;
  }

  #priorityOf(vcpu: number, lr: number): number {
    const word = this.#state.lrWord(vcpu, lr);
    return this.#format.priority(this.#state.get(word), this.#state.get(word + 1));
  }

  /** What acknowledging a list register's interrupt answers. */
  #answer(vcpu: number, lr: number): number {
    const lo = this.#state.get(this.#state.lrWord(vcpu, lr));
    return this.#format.intid(lo) | (this.#v2 ? this.#format.sender(lo) << 10 : 0);
  }

  #activeRegister(vcpu: number, value: number): number {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    const wanted = this.#v2 ? value & 0x1fff : value;
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      if (this.#format.active(state.get(word), state.get(word + 1)) && this.#answer(vcpu, lr) === wanted) return lr;
    }
    return -1;
  }

  #deactivateRegister(vcpu: number, lr: number): void {
    const word = this.#stateWord(vcpu, lr);
    this.#state.put(word, this.#state.get(word) & ~(this.#v2 ? V2_ACTIVE : V3_HI_ACTIVE));
  }

  /** The word of a list register that holds its state bits. */
  #stateWord(vcpu: number, lr: number): number {
    return this.#state.lrWord(vcpu, lr) + (this.#v2 ? 0 : 1);
  }

  #count(vcpu: number): void {
    const word = this.#state.vcpuWord(vcpu, VCPU_EOI_COUNT);
    this.#state.put(word, (this.#state.get(word) + 1) & 0x1f);
  }
}

const NOTHING = { intid: SPURIOUS, group: 0 } as const;

function isSpecial(value: number): boolean {
  const intid = value < FIRST_LPI ? value & 0x3ff : value;
  return intid >= FIRST_SPECIAL && intid < FIRST_LPI;
}
