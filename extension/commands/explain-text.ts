import type { ExplainResponse, IrqRow } from '../../adapter/protocol.ts';

const OUTCOME = { pass: '✓', fail: '✗', unknown: '?' } as const;

/** An explanation as a Markdown document. */
export function explanationMarkdown(title: string, response: ExplainResponse): string {
  const lines = [`# ${title}`, '', `**${response.verdict}**`, ''];
  for (const step of response.steps) {
    lines.push(`## ${OUTCOME[step.outcome]} ${step.question}`, '', step.evidence, '');
    if (step.advice !== undefined) lines.push(`> ${step.advice}`, '');
    if (step.expression !== undefined) lines.push(`\`${step.expression}\``, '');
  }
  return lines.join('\n');
}

/** "INTID 27 of vCPU 1". */
export function interruptName(intid: number, vcpu: number | null | undefined): string {
  return vcpu === null || vcpu === undefined ? `INTID ${intid}` : `INTID ${intid} of vCPU ${vcpu}`;
}

/** An interrupt's state in a few words, for a list to pick from. */
export function interruptSummary(row: IrqRow): string {
  if (row.unavailable !== undefined) return `${row.type} · not known: ${row.unavailable}`;
  const words = [row.type, row.enabled ? 'enabled' : 'disabled', row.state];
  if (row.queuedOn !== null) words.push(`queued on vCPU ${row.queuedOn}`);
  return words.join(' · ');
}

/** Interrupts in the order in which they are worth asking about: pending ones that nobody gets come first. */
export function byInterest(rows: readonly IrqRow[]): IrqRow[] {
  const rank = (row: IrqRow): number => {
    if (row.unavailable !== undefined) return 4;
    if (row.pending && !row.enabled) return 0;
    if (row.pending || row.active) return 1;
    return row.enabled ? 2 : 3;
  };
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.intid - b.intid || (a.vcpu ?? 0) - (b.vcpu ?? 0));
}
