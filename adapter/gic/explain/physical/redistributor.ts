import type { ExplainStep } from '../explanation.ts';
import { notKnown, shown, type Readings } from './readings.ts';

/** Whether writes of enables have arrived. */
export function settledStep(readings: Readings): ExplainStep {
  const question = 'Have earlier writes taken effect?';
  const register = readings.isPrivate ? 'GICR_CTLR' : 'GICD_CTLR';
  const rwp = readings.field(register, 'RWP', readings.vcpu);
  if (typeof rwp.value === 'string') return notKnown(question, rwp);
  if (rwp.value === 0) return { question, outcome: 'pass', evidence: `${rwp.name} is 0.`, ...shown(rwp) };
  return {
    question,
    outcome: 'unknown',
    evidence: `${rwp.name} is 1: a write of an enable is still taking effect, and what the registers say may not hold yet.`,
    ...shown(rwp),
    advice: 'Software has to wait until it reads 0. Let the target go on for a moment, and ask again.',
  };
}

/** Whether the CPU's redistributor is awake. */
export function awakeStep(readings: Readings, cpu: number): ExplainStep {
  const question = `Is the redistributor of CPU ${cpu} awake?`;
  const sleep = readings.field('GICR_WAKER', 'ProcessorSleep', cpu);
  const asleep = readings.field('GICR_WAKER', 'ChildrenAsleep', cpu);
  if (typeof sleep.value === 'string') return notKnown(question, sleep, ` of CPU ${cpu}`);
  if (sleep.value === 0 && asleep.value === 0) {
    return {
      question,
      outcome: 'pass',
      evidence: `${sleep.name} and ChildrenAsleep of CPU ${cpu} are 0.`,
      ...shown(sleep),
    };
  }
  const bit = sleep.value === 0 ? asleep : sleep;
  return {
    question,
    outcome: 'fail',
    evidence: `the redistributor of CPU ${cpu} is asleep (${bit.name} is 1): hardware delivers nothing; QEMU delivers all the same.`,
    ...shown(bit),
    advice: 'Clear GICR_WAKER.ProcessorSleep, and wait until ChildrenAsleep reads 0.',
  };
}
