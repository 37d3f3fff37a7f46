import { PRIVATE_IRQS, SGIS } from '../config.ts';
import { listRegisterFormat } from '../delivery/list-registers.ts';
import type { IrqProperty } from '../registers/row.ts';
import { VCPU_QUEUE_HEAD, VCPU_USED_LRS } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';

/** What of an interrupt a table's row shows, in one register or another: `target` on GICv2, `route` on GICv3. */
export const SHOWN_PROPERTIES: ReadonlySet<IrqProperty> = new Set([
  'enabled',
  'pending',
  'active',
  'group',
  'priority',
  'config',
  'target',
  'route',
  'source',
]);

/** One interrupt's state, for display and comparison. */
export interface IrqState {
  readonly intid: number;
  /** Owner of a private interrupt, null for SPIs. */
  readonly vcpu: number | null;
  readonly enabled: boolean;
  readonly pending: boolean;
  /** Level-triggered, and pending by software: whatever the wire says. */
  readonly softPending: boolean;
  /** What the vgic keeps for it: see `soft` in the layout. */
  readonly latched: boolean;
  readonly lineLevel: boolean;
  readonly active: boolean;
  readonly group: 0 | 1;
  readonly config: 'edge' | 'level';
  /** 0 to 255, lower is more urgent. */
  readonly priority: number;
  /** The vCPU it goes to, null: nobody. */
  readonly target: number | null;
  /** ITARGETSR byte (v2) or IROUTER affinity (v3). */
  readonly route: number;
  /** Bit map of senders: GICv2 SGIs. */
  readonly sources: number;
  /** Sender of an SGI that is active: GICv2. */
  readonly activeSource: number;
  readonly queuedOn: number | null;
}

export function irqState(state: GicState, slot: number): IrqState {
  const { at, config } = state;
  const intid = state.intid(slot);
  const owner = state.owner(slot);
  const target = state.get(at.target + slot);
  const queuedOn = state.get(at.queuedOn + slot);
  return {
    intid,
    vcpu: owner < 0 ? null : owner,
    enabled: state.bit(at.enabled, slot),
    pending: state.bit(at.pending, slot),
    softPending: state.bit(at.soft, slot) && !state.bit(at.edge, slot),
    latched: state.bit(at.soft, slot),
    lineLevel: state.bit(at.lineLevel, slot),
    active: state.bit(at.active, slot),
    group: state.bit(at.group, slot) ? 1 : 0,
    config: state.bit(at.edge, slot) ? 'edge' : 'level',
    priority: state.byte(at.priority, slot),
    target: target < 0 ? null : target,
    route: config.gic === 'v2' ? state.byte(at.route, slot) : state.get(at.route + slot),
    sources: intid < SGIS ? state.byte(at.source + owner * 4, intid) : 0,
    activeSource: intid < SGIS ? state.byte(at.activeSource + owner * 4, intid) : 0,
    queuedOn: queuedOn < 0 ? null : queuedOn,
  };
}

/** INTIDs on the queue of a vCPU, in order. */
export function queueOf(state: GicState, vcpu: number): number[] {
  const intids: number[] = [];
  for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(state.at.next + slot)) {
    intids.push(state.intid(slot));
  }
  return intids;
}

/** True for slots of INTIDs that exist: the last plane word may have room for more. */
export function slotExists(state: GicState, slot: number): boolean {
  return slot < state.config.cpus * PRIVATE_IRQS + state.config.spis;
}

/**
 * All interrupts at once, packed. Four words a slot, in a memory of its own that every `take` fills anew:
 *
 *     word 0   bits: 0 enabled, 1 pending, 2 soft pending, 3 line, 4 active, 5 edge, 6 group, 15:8 priority, 23:16 sources
 *     word 1   target (15:0), vCPU it is queued on (31:16); 0xffff none
 *     word 2   place in the queue (15:0), list register (31:16); 0xffff none
 *     word 3   route: ITARGETSR byte or IROUTER affinity
 */
export class IrqSnapshot {
  readonly words: Int32Array;

  constructor(state: GicState) {
    this.words = new Int32Array(state.at.slots * IRQ_WORDS);
  }

  take(state: GicState): void {
    const { at, config } = state;
    const { words } = this;
    const v2 = config.gic === 'v2';
    for (let slot = 0; slot < at.slots; slot++) {
      const plane = slot >> 5;
      const bit = slot & 31;
      const flags =
        ((state.get(at.enabled + plane) >>> bit) & 1) |
        (((state.get(at.pending + plane) >>> bit) & 1) << 1) |
        ((((state.get(at.soft + plane) & ~state.get(at.edge + plane)) >>> bit) & 1) << 2) |
        (((state.get(at.lineLevel + plane) >>> bit) & 1) << 3) |
        (((state.get(at.active + plane) >>> bit) & 1) << 4) |
        (((state.get(at.edge + plane) >>> bit) & 1) << 5) |
        (((state.get(at.group + plane) >>> bit) & 1) << 6);
      const sources = plane < config.cpus && bit < SGIS ? state.byte(at.source + plane * 4, bit) : 0;
      const base = slot * IRQ_WORDS;
      words[base] = flags | (state.byte(at.priority, slot) << 8) | (sources << 16);
      words[base + 1] = (state.get(at.target + slot) & 0xffff) | (state.get(at.queuedOn + slot) << 16);
      words[base + 2] = -1;
      words[base + 3] = v2 ? state.byte(at.route, slot) : state.get(at.route + slot);
    }
    for (let vcpu = 0; vcpu < config.cpus; vcpu++) this.#placeQueue(state, vcpu);
  }

  #placeQueue(state: GicState, vcpu: number): void {
    const { at, config } = state;
    const { words } = this;
    let place = 0;
    for (let slot = state.get(state.vcpuWord(vcpu, VCPU_QUEUE_HEAD)); slot >= 0; slot = state.get(at.next + slot)) {
      words[slot * IRQ_WORDS + 2] = place++ | (0xffff << 16);
    }
    const format = listRegisterFormat(config.gic);
    const used = state.get(state.vcpuWord(vcpu, VCPU_USED_LRS));
    for (let lr = used - 1; lr >= 0; lr--) {
      const word = state.lrWord(vcpu, lr);
      const lo = state.get(word);
      const hi = state.get(word + 1);
      // A hypervisor's list registers hold its guest's interrupts: those of the controller are the ones they are linked to.
      const intid = state.shape.physical === undefined ? format.intid(lo) : format.physical(lo, hi);
      if (intid < 0 || intid >= PRIVATE_IRQS + config.spis || !(format.pending(lo, hi) || format.active(lo, hi)))
        continue;
      const index = state.slot(intid, vcpu) * IRQ_WORDS + 2;
      words[index] = ((words[index] as number) & 0xffff) | (lr << 16);
    }
  }
}

export const IRQ_WORDS = 4;
