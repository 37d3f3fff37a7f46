import type { ExplainStep } from '../explanation.ts';
import type { CpuInterface } from './cpu-interface.ts';
import type { Group } from './group.ts';
import type { Part, Readings } from './readings.ts';

/** GICv3's CPU interface: system registers of each CPU. */
export function interfaceV3(readings: Readings, cpu: number, group: Group): CpuInterface {
  const read = (name: string): Part => readings.system(name, cpu);
  const [own, other] = group.kind === '0' ? [0, 1] : [1, 0];
  return {
    enable: enableOf(read(`ICC_IGRPEN${own}_EL1`)),
    others: [enableOf(read(`ICC_IGRPEN${other}_EL1`))],
    mask: read('ICC_PMR_EL1'),
    running: read('ICC_RPR_EL1'),
    preemption: preemptionOf(readings, cpu, group),
    pending: [read(`ICC_HPPIR${own}_EL1`), read(`ICC_HPPIR${other}_EL1`)],
    active: [read('ICC_AP0R0_EL1'), read('ICC_AP1R0_EL1')],
    end: `ICC_EOIR${own}_EL1`,
  };
}

function enableOf(part: Part): Part {
  return {
    ...part,
    name: `${part.name}.Enable`,
    value: typeof part.value === 'string' ? part.value : part.value & 1,
  };
}

/** Bits above the binary point: ICC_BPR0_EL1, or for group 1 ICC_BPR1_EL1, unless ICC_CTLR_EL1.CBPR joins them. */
function preemptionOf(readings: Readings, cpu: number, group: Group): Part {
  const control = readings.system('ICC_CTLR_EL1', cpu).value;
  const isCommon = typeof control === 'number' && (control & 1) === 1;
  const name = group.kind === '0' || isCommon ? 'ICC_BPR0_EL1' : 'ICC_BPR1_EL1';
  const point = readings.system(name, cpu);
  if (typeof point.value === 'string') return point;
  // ICC_BPR1_EL1 of the Non-secure state counts from one further up.
  const isFiner = name === 'ICC_BPR0_EL1' || group.kind === '1 Secure';
  return { ...point, value: (0xff << ((point.value & 7) + (isFiner ? 1 : 0))) & 0xff };
}

/** The one step where nothing of the interface can be told; null: go on. */
export function unreachable(readings: Readings, cpu: number): ExplainStep | null {
  const question = `Does the CPU interface of CPU ${cpu} let it through?`;
  const sre = readings.system('ICC_SRE_EL1', cpu);
  if (typeof sre.value === 'number') return (sre.value & 1) === 1 ? null : withoutRegisters(question, cpu);
  const mask = readings.system('ICC_PMR_EL1', cpu);
  if (typeof mask.value === 'number') return null;
  return {
    question,
    outcome: 'unknown',
    evidence: `ICC_IGRPENn_EL1, ICC_PMR_EL1 and ICC_RPR_EL1 of CPU ${cpu} are not known: ${mask.value}.`,
    advice:
      'They are system registers: a stub may describe them, and a CPU that stands in code can be borrowed to read them ("borrowCpus").',
  };
}

function withoutRegisters(question: string, cpu: number): ExplainStep {
  return {
    question,
    outcome: 'fail',
    evidence: `the system registers of CPU ${cpu}’s interface are off (ICC_SRE_EL1.SRE is 0).`,
    advice: 'Set ICC_SRE_EL1.SRE; where it stays 0, ICC_SRE_EL2 or ICC_SRE_EL3 has to allow it.',
  };
}
