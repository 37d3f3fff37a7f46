import { FIRST_LPI, FIRST_SPECIAL_INTID } from '../config.ts';
import { listRegisterFormat } from '../delivery/list-registers.ts';
import {
  V2_ACTIVE,
  V2_PENDING,
  V3_HI_ACTIVE,
  V3_HI_PENDING,
  type ListRegisterFormat,
} from '../delivery/list-register.ts';
import { VCPU_EOI_COUNT, VCPU_UNDERFLOW, VCPU_USED_LRS } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import {
  activate,
  dropPriority,
  IDLE_PRIORITY,
  preemptionLevel,
  runningPriority,
  VM_CBPR,
  VM_ENABLE_GROUP0,
  VM_ENABLE_GROUP1,
  VM_EOIMODE,
  VM_FIQEN,
  vmControl,
  vmPriorityMask,
} from './priorities.ts';
import { KVM_VIRTUAL, type VirtualRules } from './rules.ts';

/** No interrupt of sufficient priority. */
export const SPURIOUS = 1023;
/** GICv2: the most urgent interrupt is of group 1, and GICC_CTLR.AckCtl is 0. */
export const OTHER_GROUP = 1022;

/** What is below a virtual interface: the hypervisor's control of it, and the physical interrupts. */
export interface VirtualHost {
  /** GICH_HCR.En, ICH_HCR_EL2.En: else nothing is signalled or acknowledged. */
  enabled(vcpu: number): boolean;
  /** The interrupt that a list register is linked to ended in the guest. */
  deactivate(vcpu: number, intid: number): void;
}

/** List registers that one word of a status register tells of. */
const STATUS_BITS = 32;

/** What a vCPU sees of its interface. */
export const Signal = { None: 0, Irq: 1, Fiq: 2 } as const;
export type Signal = (typeof Signal)[keyof typeof Signal];

/**
 * The virtual CPU interface over a vCPU's list registers: what the hardware does between entry to and exit from the
 * guest. Sources: IHI 0069, 4.8 and chapter 6; IHI 0048, chapter 5; where they leave room, KVM's emulation.
 */
export class VirtualInterface {
  readonly #state: GicState;
  readonly #rules: VirtualRules;
  readonly #host: VirtualHost | null;
  readonly #format: ListRegisterFormat;
  readonly #v2: boolean;

  /** @param host null: always enabled, and no list register is linked */
  constructor(state: GicState, rules: VirtualRules = KVM_VIRTUAL, host: VirtualHost | null = null) {
    this.#state = state;
    this.#rules = rules;
    this.#host = host;
    this.#v2 = state.config.gic === 'v2';
    this.#format = listRegisterFormat(state.config.gic);
  }

  /** What is signalled to the vCPU now. */
  signal(vcpu: number): Signal {
    const lr = this.#mostUrgent(vcpu);
    if (lr < 0 || !this.#passesMask(vcpu, lr) || !this.#preempts(vcpu, lr)) return Signal.None;
    const control = vmControl(this.#state, vcpu);
    const group = this.#groupOf(vcpu, lr);
    if ((control & (group === 1 ? VM_ENABLE_GROUP1 : VM_ENABLE_GROUP0)) === 0) return Signal.None;
    if (group === 1) return Signal.Irq;
    return !this.#v2 || (control & VM_FIQEN) !== 0 ? Signal.Fiq : Signal.Irq;
  }

  /** List register of the most urgent pending interrupt of an enabled group, masked or not; -1: none. */
  #mostUrgent(vcpu: number): number {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    const control = this.#competing(vcpu);
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

  /** Enables of the groups that compete. */
  #competing(vcpu: number): number {
    const enabled = vmControl(this.#state, vcpu) & (VM_ENABLE_GROUP0 | VM_ENABLE_GROUP1);
    return enabled !== 0 && this.#rules.disabledGroupCompetes ? VM_ENABLE_GROUP0 | VM_ENABLE_GROUP1 : enabled;
  }

  /** The most urgent pending interrupt's group and INTID, whatever masks it; INTID SPURIOUS where there is none. */
  highestPending(vcpu: number): { readonly intid: number; readonly group: 0 | 1 } {
    const lr = this.#mostUrgent(vcpu);
    const isHidden = lr >= 0 && this.#rules.highestObeysMask && !this.#passesMask(vcpu, lr);
    return lr < 0 || isHidden ? NOTHING : { intid: this.#told(vcpu, lr), group: this.#groupOf(vcpu, lr) };
  }

  /**
   * Acknowledges the most urgent pending interrupt, if it is of this group: it becomes active.
   * @param either true: of any group (GICv2 with AckCtl)
   * @returns INTID, on GICv2 with the sender of an SGI in bits 12:10; SPURIOUS or OTHER_GROUP
   */
  acknowledge(vcpu: number, group: 0 | 1, either: boolean): number {
    const state = this.#state;
    const lr = this.#acknowledgeable(vcpu, group, either);
    if (lr < 0) return ~lr;
    const its = this.#groupOf(vcpu, lr);
    const word = this.#stateWord(vcpu, lr);
    const [pending, active] = this.#v2 ? [V2_PENDING, V2_ACTIVE] : [V3_HI_PENDING, V3_HI_ACTIVE];
    const answer = this.#answer(vcpu, lr);
    const isDropped = this.#rules.dropsSpecials && isSpecial(answer);
    const staysInactive = isDropped || (answer >= FIRST_LPI && !this.#rules.lpisBecomeActive);
    state.put(word, (state.get(word) & ~pending) | (staysInactive ? 0 : active));
    if (!isDropped) activate(state, vcpu, its, this.#level(vcpu, its, this.#priorityOf(vcpu, lr)));
    return answer;
  }

  /** What acknowledging would answer. */
  peek(vcpu: number, group: 0 | 1, either: boolean): number {
    const lr = this.#acknowledgeable(vcpu, group, either);
    return lr < 0 ? ~lr : this.#answer(vcpu, lr);
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
    const splits = (vmControl(state, vcpu) & VM_EOIMODE) !== 0;
    if (lr < 0) {
      const { countsPriorityDrops, countsIdleEnds } = this.#rules;
      if (isLpi || (splits && !countsPriorityDrops) || (dropped === IDLE_PRIORITY && !countsIdleEnds)) return;
      this.#count(vcpu);
      return;
    }
    if (splits && !isLpi) return;
    // Ending another interrupt than the one acknowledged last deactivates nothing.
    if (dropped === IDLE_PRIORITY ? this.#rules.endsIdle : this.#isDropped(vcpu, lr, group, dropped)) {
      this.#deactivateRegister(vcpu, lr);
    }
  }

  /** The priority that was dropped is that of a list register, which its group's register ends. */
  #isDropped(vcpu: number, lr: number, group: 0 | 1, dropped: number): boolean {
    const its = this.#groupOf(vcpu, lr);
    const level = this.#level(vcpu, its, this.#priorityOf(vcpu, lr));
    if (level !== (dropped & 0xff)) return this.#rules.endsOthers;
    return this.#v2 || (its === group && (!this.#rules.matchesDroppedGroup || dropped >> 8 === its));
  }

  /** Deactivates an interrupt, with EOImode 1. */
  deactivate(vcpu: number, value: number): void {
    if ((vmControl(this.#state, vcpu) & VM_EOIMODE) === 0 || isSpecial(value) || value >= FIRST_LPI) return;
    const lr = this.#activeRegister(vcpu, value);
    if (lr < 0) this.#count(vcpu);
    else this.#deactivateRegister(vcpu, lr);
  }

  /** List registers whose interrupt ended and that asked to be told, a bit each from number `first` on (EISR). */
  ended(vcpu: number, first = 0): number {
    return this.#status(vcpu, first, true);
  }

  /** List registers that are free, nobody waiting for word of them, a bit each from number `first` on (ELRSR). */
  empty(vcpu: number, first = 0): number {
    return this.#status(vcpu, first, false);
  }

  #status(vcpu: number, first: number, eoi: boolean): number {
    const state = this.#state;
    const end = Math.min(first + STATUS_BITS, state.get(state.vcpuWord(vcpu, VCPU_USED_LRS)));
    let bits = 0;
    for (let lr = first; lr < end; lr++) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      if (this.#format.pending(lo, hi) || this.#format.active(lo, hi)) continue;
      if (this.#format.eoi(lo, hi) === eoi) bits |= 1 << (lr - first);
    }
    return bits;
  }

  /** List registers that hold an interrupt. */
  valid(vcpu: number): number {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    let count = 0;
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      if (this.#format.pending(lo, hi) || this.#format.active(lo, hi)) count++;
    }
    return count;
  }

  /** A list register is pending, and not active too. */
  anyPending(vcpu: number): boolean {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      if (this.#format.pending(lo, hi) && !this.#format.active(lo, hi)) return true;
    }
    return false;
  }

  /** True where the interface wants the hypervisor: a list register ended that asked for it, or too few are left. */
  maintenance(vcpu: number): boolean {
    const state = this.#state;
    for (let first = 0; first < state.config.lrs; first += STATUS_BITS) if (this.ended(vcpu, first) !== 0) return true;
    return state.get(state.vcpuWord(vcpu, VCPU_UNDERFLOW)) !== 0 && this.valid(vcpu) <= 1;
  }

  /** List register that an acknowledge of a group takes; the complement of a special INTID where there is none. */
  #acknowledgeable(vcpu: number, group: 0 | 1, either: boolean): number {
    const lr = this.#mostUrgent(vcpu);
    if (lr < 0 || !this.#passesMask(vcpu, lr)) return ~SPURIOUS;
    const its = this.#groupOf(vcpu, lr);
    const isHidden = its !== group && !either;
    const isTold = this.#v2 && isHidden && its === 1;
    if (isTold && this.#rules.tellsBlockedGroup) return ~OTHER_GROUP;
    if (!this.#preempts(vcpu, lr)) return ~SPURIOUS;
    return isTold ? ~OTHER_GROUP : isHidden ? ~SPURIOUS : lr;
  }

  /** The interface is on, and its mask lets it through. */
  #passesMask(vcpu: number, lr: number): boolean {
    return this.#host?.enabled(vcpu) !== false && this.#priorityOf(vcpu, lr) < vmPriorityMask(this.#state, vcpu);
  }

  /** It is more urgent than what runs. */
  #preempts(vcpu: number, lr: number): boolean {
    const state = this.#state;
    const priority = this.#priorityOf(vcpu, lr);
    const group = this.#groupOf(vcpu, lr);
    const running = runningPriority(state, vcpu);
    const { preemptionCuts } = this.#rules;
    if (preemptionCuts === 'neither') return priority < running;
    const isWhole = preemptionCuts === 'pending' || running === IDLE_PRIORITY;
    return this.#level(vcpu, group, priority) < (isWhole ? running : this.#level(vcpu, group, running));
  }

  /** The part of a priority of a group that preemption compares. */
  #level(vcpu: number, group: 0 | 1, priority: number): number {
    const state = this.#state;
    const asGroup0 = !this.#rules.splitsWhereRead && (vmControl(state, vcpu) & VM_CBPR) !== 0;
    return preemptionLevel(state, vcpu, asGroup0 ? 0 : group, priority);
  }

  #groupOf(vcpu: number, lr: number): 0 | 1 {
    const word = this.#state.lrWord(vcpu, lr);
    return this.#format.group1(this.#state.get(word), this.#state.get(word + 1)) ? 1 : 0;
  }

  #priorityOf(vcpu: number, lr: number): number {
    const word = this.#state.lrWord(vcpu, lr);
    return this.#format.priority(this.#state.get(word), this.#state.get(word + 1));
  }

  #told(vcpu: number, lr: number): number {
    return this.#rules.highestTellsSender
      ? this.#answer(vcpu, lr)
      : this.#format.intid(this.#state.get(this.#state.lrWord(vcpu, lr)));
  }

  /** What acknowledging a list register's interrupt answers. */
  #answer(vcpu: number, lr: number): number {
    const lo = this.#state.get(this.#state.lrWord(vcpu, lr));
    return (this.#format.intid(lo) & 0xff_ffff) | (this.#v2 ? this.#format.sender(lo) << 10 : 0);
  }

  #activeRegister(vcpu: number, value: number): number {
    const state = this.#state;
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    const mask = !this.#v2 ? -1 : this.#rules.ignoresSender ? 0x3ff : 0x1fff;
    for (let lr = 0; lr < used; lr++) {
      const word = state.lrWord(vcpu, lr);
      if (this.#format.active(state.get(word), state.get(word + 1)) && ((this.#answer(vcpu, lr) ^ value) & mask) === 0)
        return lr;
    }
    return -1;
  }

  #deactivateRegister(vcpu: number, lr: number): void {
    const state = this.#state;
    const word = this.#stateWord(vcpu, lr);
    state.put(word, state.get(word) & ~(this.#v2 ? V2_ACTIVE : V3_HI_ACTIVE));
    const at = state.lrWord(vcpu, lr);
    const physical = this.#format.physical(state.get(at), state.get(at + 1));
    if (physical >= 0) this.#host?.deactivate(vcpu, physical);
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
  return intid >= FIRST_SPECIAL_INTID && intid < FIRST_LPI;
}
