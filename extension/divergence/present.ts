import type { Divergence } from '../../adapter/protocol.ts';

/** How a difference reads. */
export interface ShownDivergence {
  /** "GICD_ISENABLER1 · INTID 33". */
  readonly label: string;
  /** "model 0, target 1". */
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  /** For screen readers. */
  readonly accessibility: string;
}

/** @param session the session's name, where there are several */
export function present(divergence: Divergence, session?: string): ShownDivergence {
  const { register, part, vcpu, frame, model, target, access, position, isNew } = divergence;
  const bank = vcpu === null ? '' : ` · vCPU ${vcpu}`;
  const label = `${register}${part === '' ? '' : ` · ${part}`}${bank}`;
  const values = `model ${short(model)}, target ${short(target)}`;
  const description = [values, ...(session === undefined ? [] : [session])].join(' · ');
  const cause = access === undefined ? 'changed without an access' : `operation ${access.index}: ${access.text}`;
  const tooltip = [
    `**${register}** of ${frame}${vcpu === null ? '' : `, vCPU ${vcpu}`}${part === '' ? '' : `: ${part}`}`,
    `| | |\n|-|-|\n| model | \`${model}\` |\n| target | \`${target}\` |`,
    access === undefined
      ? 'Changed without an access that was seen.'
      : `Parted by operation ${access.index}: \`${access.text}\``,
    isNew ? `Found at this stop (operation ${position}).` : `Found at an earlier stop (operation ${position}).`,
  ].join('\n\n');
  return { label, description, tooltip, accessibility: `${label}: ${values}, ${cause}` };
}

/** Small numbers as people read them. */
function short(value: string): string {
  return /^0x\d$/.test(value) ? value.slice(2) : value;
}
