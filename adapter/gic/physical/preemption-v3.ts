import {
  PHYSICAL_BPR,
  PHYSICAL_CTLR,
  PHYSICAL_CTLR_S,
  PHYSICAL_IGRPEN,
  PHYSICAL_PMR,
} from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { activeLevel } from './active-priorities.ts';
import { levelShift } from './binary-point.ts';
import { G0, G1NS, G1S, groupOf, type Group } from './groups.ts';

/* What a GICv3 CPU interface lets through: IHI 0069, 4.8. */

/** ICC_CTLR_EL1.CBPR: the group's priorities split where group 0's do. */
export const ICC_CBPR = 1 << 0;
/** ICC_RPR_EL1 while nothing is active. */
export const IDLE_V3 = 0xff;

/** A CPU's interface of this group is enabled. */
export function isEnabled(state: GicState, cpu: number, group: Group): boolean {
  return state.get(state.physicalWord(cpu, PHYSICAL_IGRPEN + group)) !== 0;
}

/** Priority of the most urgent active interrupt, 0xff when idle; unshifted. */
export function runningPriority(state: GicState, cpu: number): number {
  const level = activeLevel(state, cpu);
  return level < 0 ? IDLE_V3 : level << levelShift(state);
}

/** Its group is enabled, the mask lets it through, and it is more urgent than what runs. */
export function canPreempt(state: GicState, cpu: number, slot: number): boolean {
  const group = groupOf(state, slot);
  const priority = state.byte(state.at.priority, slot);
  if (!isEnabled(state, cpu, group) || priority >= state.get(state.physicalWord(cpu, PHYSICAL_PMR)) >>> 0) return false;
  const running = runningPriority(state, cpu);
  const mask = groupMask(state, cpu, group);
  return running === IDLE_V3 || (priority & mask) < (running & mask);
}

/** The bits of a priority that preemption compares. */
export function groupMask(state: GicState, cpu: number, group: Group): number {
  const control =
    group === G0 ? 0 : state.get(state.physicalWord(cpu, group === G1S ? PHYSICAL_CTLR_S : PHYSICAL_CTLR));
  const by = (control & ICC_CBPR) !== 0 ? G0 : group;
  const point = state.get(state.physicalWord(cpu, PHYSICAL_BPR + by));
  return (0xff << (point + (by === G1NS ? 0 : 1))) & 0xff;
}
