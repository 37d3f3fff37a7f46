import { affinityIn } from '../affinity.ts';
import { PRIVATE_IRQS } from '../config.ts';
import {
  GLOBAL_CTLR,
  VCPU_EOI_COUNT,
  VCPU_USED_LRS,
  VCPU_VM_ABPR,
  VCPU_VM_BPR,
  VCPU_VM_CTLR,
} from '../state/layout.ts';
import {
  PHYSICAL_BPR,
  PHYSICAL_CTLR,
  PHYSICAL_GICR_CTLR,
  PHYSICAL_HCR,
  PHYSICAL_PMR,
  PHYSICAL_RUNNING,
  PHYSICAL_WAKER,
  PHYSICAL_WINNER,
} from '../state/physical-words.ts';
import type { GicState } from '../state/state.ts';
import { leastBinaryPoint as leastVirtualPoint } from '../virtual/priorities.ts';
import { leastBinaryPoint } from './binary-point.ts';
import { G0, G1NS, G1S } from './groups.ts';
import { NO_WINNER } from './remembered-winner.ts';
import { CTLR_ARE_NS, CTLR_ARE_S, CTLR_DS } from './distributor-control.ts';

/** Running priority of a GICv2 CPU interface that runs nothing: lower than every priority. */
export const IDLE = 0x100;
/** What Non-secure software reads as priority 0. */
const NON_SECURE_ZERO = 0x80;
/** GICR_WAKER: ChildrenAsleep and ProcessorSleep. */
const ASLEEP = 6;
/** GICR_CTLR.CES: EnableLPIs can be cleared. */
const CTLR_CES = 2;

/**
 * Everything disabled, of group 0 and priority 0; interrupts other than SGIs level-sensitive. GICv2: SGIs are
 * permanently enabled, and with one CPU every SPI goes to it. GICv3: redistributors sleep, SPIs go to affinity 0.
 */
export function resetPhysical(state: GicState): void {
  const { at, words, config } = state;
  const { hardware } = state;
  const v2 = config.gic === 'v2';
  const least = leastBinaryPoint(hardware.priorityBits);
  if (config.cpus > 1) state.fixPrivateTargets();
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    const put = (word: number, value: number): void => {
      words[state.physicalWord(cpu, word)] = value;
    };
    if (v2) words[at.enabled + cpu] = 0xffff;
    put(PHYSICAL_RUNNING, IDLE);
    put(PHYSICAL_BPR + G0, least);
    put(PHYSICAL_BPR + G1S, least);
    put(PHYSICAL_BPR + G1NS, least + 1);
    put(PHYSICAL_WINNER, NO_WINNER);
    put(PHYSICAL_WAKER, ASLEEP);
    put(PHYSICAL_GICR_CTLR, hardware.lpis ? CTLR_CES : 0);
    // A hypervisor has them all.
    words[state.vcpuWord(cpu, VCPU_USED_LRS)] = config.lrs;
    words[state.vcpuWord(cpu, VCPU_VM_BPR)] = leastVirtualPoint(0);
    words[state.vcpuWord(cpu, VCPU_VM_ABPR)] = leastVirtualPoint(1);
  }
  const firstSpi = config.cpus * PRIVATE_IRQS;
  if (!v2) {
    words[GLOBAL_CTLR] = hardware.securityStates === 1 ? CTLR_DS | CTLR_ARE_S : CTLR_ARE_S | CTLR_ARE_NS;
    words.fill(cpuWithAffinity(state, 0, 0), at.target + firstSpi, at.target + at.slots);
  } else {
    words.fill(config.cpus === 1 ? 0 : -1, at.target + firstSpi, at.target + at.slots);
  }
  if (hardware.leftToNonSecure === true) leaveToNonSecure(state);
}

/** What firmware does before it enters Non-secure software. A GICv2 mask of 0 could never be raised from there. */
function leaveToNonSecure(state: GicState): void {
  const { at, words, config } = state;
  words.fill(-1, at.group, at.group + at.planeWords);
  if (config.gic === 'v3') return;
  words.fill(Math.imul(NON_SECURE_ZERO, 0x01010101), at.priority, at.priority + (at.slots >> 2));
  for (let cpu = 0; cpu < config.cpus; cpu++) words[state.physicalWord(cpu, PHYSICAL_PMR)] = NON_SECURE_ZERO;
}

/** The registers that are a core's own, as its reset leaves them: those of GICv3's CPU interface (IHI 0069, 12.2). */
export function resetCore(state: GicState, cpu: number): void {
  if (state.config.gic === 'v2') return;
  const least = leastBinaryPoint(state.hardware.priorityBits);
  const points = [least, least, least + 1];
  // From ICC_CTLR to the active priorities the words lie side by side.
  for (let word = PHYSICAL_CTLR; word < PHYSICAL_RUNNING; word++) {
    state.put(state.physicalWord(cpu, word), points[word - PHYSICAL_BPR] ?? 0);
  }
  state.put(state.physicalWord(cpu, PHYSICAL_HCR), 0);
  for (let word = VCPU_VM_CTLR; word <= VCPU_EOI_COUNT; word++) state.put(state.vcpuWord(cpu, word), 0);
  state.put(state.vcpuWord(cpu, VCPU_VM_BPR), leastVirtualPoint(0));
  state.put(state.vcpuWord(cpu, VCPU_VM_ABPR), leastVirtualPoint(1));
  for (let word = state.lrWord(cpu, 0); word < state.lrWord(cpu + 1, 0); word++) state.put(word, 0);
}

/** Affinity of a CPU: Aff3:Aff2:Aff1:Aff0 in 31:0. */
export function affinityOf(state: GicState, cpu: number): number {
  return state.affinities[cpu] as number;
}

/** The CPU of an affinity as GICD_IROUTER has it (Aff2 to Aff0 in `lo` 23:0, Aff3 in `hi` 7:0), or -1. */
export function cpuWithAffinity(state: GicState, lo: number, hi: number): number {
  const affinity = affinityIn(lo, hi);
  const { affinities } = state;
  for (let cpu = 0; cpu < affinities.length; cpu++) if (affinities[cpu] === affinity) return cpu;
  return -1;
}
