import type { ExplainStep } from '../explanation.ts';
import { notKnown, shown, type Part, type Readings } from './readings.ts';
import type { View } from './security.ts';
import { onlyText } from './words.ts';

/** The group an interrupt is of. */
export interface Group {
  /** `seen`: of group 1 to Non-secure software, or of group 0 to Secure software: the bits are the same. */
  readonly kind: '0' | '1' | '1 Secure' | '1 Non-secure' | 'seen';
  /** "group 1" */
  readonly name: string;
  /** "GICD_IGROUPR1 bit 1 is 1" */
  readonly evidence: string;
  /** Name of its enable in GICD_CTLR, and of those of the others. */
  readonly enable: string;
  readonly others: readonly string[];
}

/** The group, or what of it is not known. */
export function groupOf(readings: Readings, view: View): Group | Part {
  if (view === 'non-secure') return unseen(readings);
  const bit = readings.share('IGROUPR');
  if (typeof bit.value === 'string') return bit;
  const isTwo = view === 'secure' && readings.gic === 'v3';
  const modifier = isTwo && bit.value === 0 ? readings.share('IGRPMODR') : null;
  if (typeof modifier?.value === 'string') return modifier;
  const evidence = `${bit.name} is ${bit.value}${modifier === null ? '' : `, ${modifier.name} is ${modifier.value}`}`;
  if (modifier?.value === 1) {
    const others = ['EnableGrp0', 'EnableGrp1'];
    return { kind: '1 Secure', name: 'group 1 Secure', evidence, enable: 'EnableGrp1S', others };
  }
  if (bit.value === 0) {
    return { kind: '0', name: 'group 0', evidence, enable: 'EnableGrp0', others: ['EnableGrp1'] };
  }
  const kind = isTwo ? '1 Non-secure' : '1';
  return { kind, name: `group ${kind}`, evidence, enable: 'EnableGrp1', others: ['EnableGrp0'] };
}

function unseen({ gic }: Readings): Group {
  const evidence = 'GICD_IGROUPR reads as zero throughout, as it does to Non-secure software';
  return gic === 'v2'
    ? { kind: 'seen', name: 'the group that is seen here', evidence, enable: 'EnableGrp0', others: [] }
    : { kind: '1 Non-secure', name: 'group 1 Non-secure', evidence, enable: 'EnableGrp1', others: [] };
}

export function isGroup(group: Group | Part): group is Group {
  return 'kind' in group;
}

/** Whether the distributor forwards the group. */
export function forwardStep(readings: Readings, group: Group | Part): ExplainStep {
  const question = 'Does the distributor forward its group?';
  if (!isGroup(group)) return notKnown(question, group);
  const enable = readings.field('GICD_CTLR', group.enable, readings.vcpu);
  if (typeof enable.value === 'string') return notKnown(question, enable);
  const its = `it is of ${group.name} (${group.evidence})`;
  if (enable.value === 1) {
    return { question, outcome: 'pass', evidence: `${enable.name} is 1; ${its}.`, ...shown(enable) };
  }
  const on = group.others
    .map((name) => readings.field('GICD_CTLR', name, readings.vcpu))
    .filter(({ value }) => value === 1)
    .map(({ name }) => name);
  return {
    question,
    outcome: 'fail',
    evidence: `the distributor does not forward its group (${enable.name} is 0${onlyText(on)}): ${its}.`,
    ...shown(enable),
    advice: `Set ${enable.name}${on.length === 0 ? '' : ', or move the interrupt to a group that is forwarded'}.`,
  };
}

/** Without affinity routing GICv3 works as GICv2: nothing below would be true. */
export function routingStep(readings: Readings, view: View, group: Group | Part): ExplainStep {
  const question = 'Is affinity routing on?';
  const isNonSecure = view === 'secure' && isGroup(group) && group.kind === '1 Non-secure';
  const are = readings.field('GICD_CTLR', isNonSecure ? 'ARE_NS' : 'ARE', readings.vcpu);
  if (typeof are.value === 'string') return notKnown(question, are);
  if (are.value === 1) return { question, outcome: 'pass', evidence: `${are.name} is 1.`, ...shown(are) };
  return {
    question,
    outcome: 'unknown',
    evidence: `${are.name} is 0: the distributor works as a GICv2, with GICD_ITARGETSR and GICC_ registers, and neither GICD_IROUTER nor the redistributors count.`,
    ...shown(are),
    advice: `Set ${are.name} before the enables of the groups, unless software means to use it as a GICv2.`,
  };
}
