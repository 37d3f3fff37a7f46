import type { ExplainStep } from '../explanation.ts';
import type { Group } from './group.ts';
import { maskStep, runningStep, type Urgency } from './priority.ts';
import { notKnown, shown, type Part, type Readings } from './readings.ts';
import { onlyText } from './words.ts';

/** Registers of a CPU interface that decide about a group, whichever way they are reached. */
export interface CpuInterface {
  /** Group enable, and those of other groups. */
  readonly enable: Part;
  readonly others: readonly Part[];
  readonly mask: Part;
  readonly running: Part;
  /** Bits of a priority that count for preemption. */
  readonly preemption: Part;
  /** Most urgent pending interrupts: of the group first. */
  readonly pending: readonly Part[];
  /** Active priorities, where they say more than the running priority. */
  readonly active: readonly Part[];
  /** What ends an interrupt. */
  readonly end: string;
}

/** Whether the CPU interface lets an interrupt of a group and a priority through. */
export function interfaceSteps(
  readings: Readings,
  cpu: number,
  group: Group,
  urgency: Urgency,
  of: CpuInterface,
): ExplainStep[] {
  return [
    enableStep(cpu, group, of),
    maskStep(cpu, urgency, of.mask),
    runningStep(cpu, urgency, of, activeOn(readings, cpu)),
  ];
}

function enableStep(cpu: number, group: Group, { enable, others }: CpuInterface): ExplainStep {
  const question = `Does the CPU interface of CPU ${cpu} signal its group?`;
  if (typeof enable.value === 'string') return notKnown(question, enable, ` of CPU ${cpu}`);
  if (enable.value !== 0) {
    return { question, outcome: 'pass', evidence: `${enable.name} of CPU ${cpu} is 1.`, ...shown(enable) };
  }
  const on = others.filter(({ value }) => typeof value === 'number' && value !== 0).map(({ name }) => name);
  return {
    question,
    outcome: 'fail',
    evidence: `CPU ${cpu} is not signalled ${group.name} (${enable.name} is 0${onlyText(on)}).`,
    ...shown(enable),
    advice: `Set ${enable.name} on CPU ${cpu}.`,
  };
}

/** Interrupts that may be active on a CPU: of SPIs it is not told where. */
function activeOn(readings: Readings, cpu: number): number[] {
  return readings
    .interruptsOf('ISACTIVER', cpu)
    .filter((intid) => intid !== readings.intid || readings.share('ISACTIVER').value === 1);
}
