import type { Explanation, ExplainStep, Question } from './explanation.ts';
import { interfaceSteps, type CpuInterface } from './physical/cpu-interface.ts';
import { forwardStep, groupOf, isGroup, routingStep, type Group } from './physical/group.ts';
import { interfaceV2 } from './physical/interface-v2.ts';
import { interfaceV3, unreachable } from './physical/interface-v3.ts';
import { interruptSteps } from './physical/interrupt.ts';
import { urgencyOf } from './physical/priority.ts';
import { pstateStep } from './physical/pstate.ts';
import { Readings } from './physical/readings.ts';
import { awakeStep, settledStep } from './physical/redistributor.ts';
import { rivalsStep } from './physical/rivals.ts';
import { routeOf } from './physical/route.ts';
import { viewOf, type View } from './physical/security.ts';

/**
 * Why an interrupt does or does not reach its CPU through a controller in hardware, or in an emulator: from its registers
 * as they were read (IHI 0048 and IHI 0069). What was not read is not known, and said so.
 */
export function explainPhysical(question: Question): Explanation {
  const readings = new Readings(question);
  const view = viewOf(readings);
  const group = groupOf(readings, view);
  const route = routeOf(readings);
  const steps = [
    ...interruptSteps(readings, view),
    forwardStep(readings, group),
    ...(readings.gic === 'v3' ? [routingStep(readings, view, group), settledStep(readings)] : []),
    route.step,
  ];
  const isClear = steps.every(({ outcome }) => outcome === 'pass');
  const ways = isGroup(group) ? route.cpus.map((cpu) => stepsOf(readings, cpu, group, view, isClear)) : [];
  const cpu = route.cpus[easiest(ways)];
  return verdictOf(readings, [...steps, ...(ways[easiest(ways)] ?? [])], cpu);
}

/** CPUs whose part in the delivery of an interrupt an explanation looks at. */
export function cpusConcerned(question: Question): readonly number[] {
  return routeOf(new Readings(question)).cpus;
}

/** What a CPU does about an interrupt that goes to it. */
function stepsOf(readings: Readings, cpu: number, group: Group, view: View, isClear: boolean): ExplainStep[] {
  const { gic } = readings;
  const steps = gic === 'v3' ? [awakeStep(readings, cpu)] : [];
  const closed = gic === 'v3' ? unreachable(readings, cpu) : null;
  const all: CpuInterface = gic === 'v2' ? interfaceV2(readings, cpu, group, view) : interfaceV3(readings, cpu, group);
  const urgency = urgencyOf(readings.share('IPRIORITYR'), group, view, gic);
  if (closed === null) steps.push(...interfaceSteps(readings, cpu, group, urgency, all));
  else steps.push(closed);
  const isSignalled = isClear && steps.every(({ outcome }) => outcome === 'pass');
  return [...steps, rivalsStep(readings, cpu, all.pending, isSignalled), pstateStep(readings, cpu, group)];
}

/** Of several CPUs the one that is nearest to taking it: with least in its way, and then with least unknown. */
function easiest(ways: readonly (readonly ExplainStep[])[]): number {
  const cost = (steps: readonly ExplainStep[]): number =>
    steps.reduce(
      (sum, { outcome }) => sum + (outcome === 'fail' ? ways.length * 100 : outcome === 'unknown' ? 1 : 0),
      0,
    );
  const costs = ways.map(cost);
  return costs.indexOf(Math.min(...costs));
}

function verdictOf(readings: Readings, steps: readonly ExplainStep[], cpu: number | undefined): Explanation {
  const { intid, isPrivate, vcpu } = readings;
  const who = isPrivate ? `INTID ${intid} of CPU ${vcpu}` : `INTID ${intid}`;
  const broken = steps.find(({ outcome }) => outcome === 'fail');
  if (broken !== undefined) return { verdict: `${who} does not fire: ${broken.evidence}`, steps };
  const unknown = steps.find(({ outcome }) => outcome === 'unknown');
  const isBlank = steps.every(({ outcome, expression }) => outcome === 'unknown' || expression === undefined);
  if (unknown !== undefined && isBlank)
    return { verdict: `Nothing of ${who} could be read. ${unknown.evidence}`, steps };
  if (unknown !== undefined) {
    return { verdict: `Nothing that is known holds ${who} back, but not all is known. ${unknown.evidence}`, steps };
  }
  return { verdict: `Nothing holds ${who} back: CPU ${cpu ?? 0} is to take it.`, steps };
}
