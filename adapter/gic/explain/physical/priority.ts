import { hexOf } from '../../inspect/decode.ts';
import type { ExplainStep } from '../explanation.ts';
import type { CpuInterface } from './cpu-interface.ts';
import type { Group } from './group.ts';
import { notKnown, shown, type Part } from './readings.ts';
import type { View } from './security.ts';
import { capitalised, intidsText } from './words.ts';

/** How urgent an interrupt is. */
export interface Urgency {
  /** The register that says so, and what it says. */
  readonly part: Part;
  /**
   * The priority as the CPU interface may compare it: with two security states it is another number for Non-secure
   * software, and which of the two the debugger read is not always known.
   */
  readonly candidates: readonly number[];
  readonly view: View;
}

/** Idle: no priority is lower. QEMU's GICv2 has 0x100. */
const IDLE = 0xff;
/** Priorities that Non-secure software can have begin here. */
const NON_SECURE = 0x80;

export function urgencyOf(part: Part, group: Group, view: View, gic: 'v2' | 'v3'): Urgency {
  const { value } = part;
  if (typeof value === 'string') return { part, candidates: [], view };
  // GICv2's registers are all read in one way; GICv3's interface is read by the CPU, in its own security state.
  const isPlain = gic === 'v2' || view === 'only' || group.kind !== '1 Non-secure';
  if (isPlain) return { part, candidates: [value], view };
  const other = view === 'secure' ? (value << 1) & 0xff : (value >> 1) | NON_SECURE;
  return { part, candidates: view === 'secure' && value < NON_SECURE ? [value] : [value, other], view };
}

/** What holds of all readings of a priority; null: of some. */
function agreed(candidates: readonly number[], holds: (priority: number) => boolean): boolean | null {
  const [first, ...rest] = candidates.map(holds);
  return first === undefined || rest.some((one) => one !== first) ? null : first;
}

export function maskStep(cpu: number, { part, candidates }: Urgency, mask: Part): ExplainStep {
  const question = `Is it more urgent than the priority mask of CPU ${cpu}?`;
  if (typeof part.value === 'string') return notKnown(question, part);
  if (typeof mask.value === 'string') return notKnown(question, mask, ` of CPU ${cpu}`);
  const limit = mask.value & 0xff;
  const passes = agreed(candidates, (priority) => priority < limit);
  const evidence = `its priority ${hexOf(part.value)} (${part.name}) against ${mask.name} ${hexOf(limit)} of CPU ${cpu}: only lower values pass.`;
  if (passes === null) return ambiguous(question, evidence, mask);
  if (passes) return { question, outcome: 'pass', evidence: capitalised(evidence), ...shown(mask) };
  const advice =
    limit === 0
      ? `${mask.name} is 0 after reset, which lets nothing pass: write 0xf0, say.`
      : `Raise ${mask.name} of CPU ${cpu}, or lower the priority’s value${part.value === limit ? ': equal does not pass' : ''}.`;
  return { question, outcome: 'fail', evidence, ...shown(mask), advice };
}

export function runningStep(
  cpu: number,
  { part, candidates, view }: Urgency,
  { running, preemption, active, end }: CpuInterface,
  activeIntids: readonly number[],
): ExplainStep {
  const question = `Is it more urgent than what CPU ${cpu} handles?`;
  if (typeof part.value === 'string') return notKnown(question, part);
  if (typeof running.value === 'string') return notKnown(question, running, ` of CPU ${cpu}`);
  const level = running.value & 0x1ff;
  const is = `${running.name} of CPU ${cpu} is ${hexOf(level)}`;
  if (level >= IDLE) return { question, outcome: 'pass', evidence: `${is}: it handles nothing.`, ...shown(running) };
  if (view === 'non-secure' && level === 0) {
    const evidence = `${is}: a Secure interrupt is handled, or none that can be seen.`;
    return { question, outcome: 'unknown', evidence, ...shown(running) };
  }
  const bits = preemption.value;
  const preempts = agreed(candidates, (priority) =>
    typeof bits === 'number' ? (priority & bits) < (level & bits) : priority < level,
  );
  if (preempts === null) return ambiguous(question, `${is}.`, running);
  const its = `${hexOf(part.value)} (${part.name})`;
  if (preempts && typeof bits === 'string') return notKnown(question, preemption, ` of CPU ${cpu}`);
  const point = typeof bits === 'number' ? ` (${preemption.name}: bits ${hexOf(bits)} count)` : '';
  if (preempts) {
    return {
      question,
      outcome: 'pass',
      evidence: `${is}: its priority ${its} preempts that${point}.`,
      ...shown(running),
    };
  }
  return {
    question,
    outcome: 'fail',
    evidence: `CPU ${cpu} handles something of priority ${hexOf(level)} (${running.name}), and ${its} does not preempt it${point}.`,
    ...shown(running),
    advice: adviceOn(activeIntids, active, end),
  };
}

function adviceOn(intids: readonly number[], active: readonly Part[], end: string): string {
  if (intids.length > 0) {
    return `It follows when ${intidsText(intids)}, active now, ${intids.length > 1 ? 'end' : 'ends'}: with a write of ${end}.`;
  }
  const priorities = active
    .filter(({ value }) => typeof value === 'number' && value !== 0)
    .map(({ name, value }) => `${name} is ${hexOf(Number(value))}`);
  const which = priorities.length === 0 ? '' : ` (${priorities.join(', ')})`;
  return `No interrupt is active, yet its priority still is${which}: an acknowledged interrupt was never ended with a write of ${end}.`;
}

function ambiguous(question: string, evidence: string, part: Part): ExplainStep {
  return {
    question,
    outcome: 'unknown',
    evidence: `${capitalised(evidence)} Secure and Non-secure software see priorities differently, and the two may have been read in different ways.`,
    ...shown(part),
  };
}
