import { hexOf } from '../../inspect/decode.ts';
import { isSpecialIntid, PRIVATE_IRQS } from '../../config.ts';
import type { ExplainStep } from '../explanation.ts';
import { shown, type Part, type Readings } from './readings.ts';
import { routesTo } from './route.ts';
import { intidsText, listed } from './words.ts';

const MOST_NAMED = 4;

interface Rival {
  readonly intid: number;
  readonly priority: number;
}

/**
 * Whether another pending interrupt goes first.
 * @param pending registers that name the most urgent pending interrupt
 * @param isClear nothing else is known to hold the interrupt back
 */
export function rivalsStep(readings: Readings, cpu: number, pending: readonly Part[], isClear: boolean): ExplainStep {
  const question = `Is no other pending interrupt of CPU ${cpu} more urgent?`;
  const own = pending.find(({ value }) => value === readings.intid);
  if (own !== undefined) {
    return { question, outcome: 'pass', evidence: `${own.name} of CPU ${cpu} names it.`, ...shown(own) };
  }
  const rivals = rivalsOf(readings, cpu);
  const winner = pending.find(({ value }) => typeof value === 'number' && !isSpecialIntid(value));
  const isFirst =
    winner !== undefined && (rivals.some(({ intid }) => intid === winner.value) || !isListed(readings, winner));
  if (rivals.length > 0 || isFirst) {
    const names = rivals
      .slice(0, MOST_NAMED)
      .map(({ intid, priority }) => `INTID ${intid} of priority ${hexOf(priority)}`);
    if (rivals.length > MOST_NAMED) names.push(`${rivals.length - MOST_NAMED} more`);
    const first = isFirst ? ` (${winner.name} names ${intidsText([Number(winner.value)])})` : '';
    const what = names.length === 0 ? intidsText([Number(winner?.value)]) : listed(names);
    return {
      question,
      outcome: 'fail',
      evidence: `${what} ${names.length > 1 ? 'are' : 'is'} pending for CPU ${cpu} and ${names.length > 1 ? 'go' : 'goes'} first${first}.`,
      ...(winner === undefined ? {} : shown(winner)),
      advice: 'It follows when they are handled. One whose group the CPU interface does not signal blocks it for good.',
    };
  }
  const [named] = pending;
  if (isClear && named !== undefined && typeof named.value === 'number' && winner === undefined) {
    return {
      question,
      outcome: 'unknown',
      evidence: `${named.name} of CPU ${cpu} answers ${named.value}: the CPU interface sees nothing pending, and what was read does not tell why.`,
      ...shown(named),
    };
  }
  return { question, outcome: 'pass', evidence: `None is, by ISPENDR, ISENABLER and IPRIORITYR.` };
}

/** True for interrupts whose priority can be read: no LPIs. */
function isListed({ lastIntid }: Readings, { value }: Part): boolean {
  return Number(value) <= lastIntid;
}

/** Interrupts that are pending, enabled and not active, go to the CPU, and win against the one asked about. */
function rivalsOf(readings: Readings, cpu: number): Rival[] {
  const own = readings.share('IPRIORITYR').value;
  if (typeof own === 'string') return [];
  return readings
    .interruptsOf('ISPENDR', cpu)
    .filter((intid) => intid !== readings.intid)
    .filter((intid) => readings.shareOf('ISENABLER', intid, cpu).value === 1)
    .filter((intid) => readings.shareOf('ISACTIVER', intid, cpu).value === 0)
    .map((intid) => ({ intid, priority: Number(readings.shareOf('IPRIORITYR', intid, cpu).value) }))
    .filter(({ intid, priority }) => priority < own || (priority === own && intid < readings.intid))
    .filter(({ intid }) => intid < PRIVATE_IRQS || routesTo(readings, intid, cpu))
    .sort((a, b) => a.priority - b.priority || a.intid - b.intid);
}
