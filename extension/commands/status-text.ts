import type { DescribeResponse, JournalEntry, JournalResponse } from '../../adapter/protocol.ts';

/** What the status bar says about the position in time. */
export function statusText(
  journal: JournalResponse,
  running: boolean,
  kind: DescribeResponse['kind'],
): { text: string; tooltip: string } {
  const next = journal.entries.find((entry) => entry.index === journal.position);
  const icon = running ? '$(sync~spin)' : '$(circuit-board)';
  if (kind !== 'trace') return machineText(journal, icon, next, kind === 'simulated');
  const position = `op ${journal.position}/${journal.total}`;
  if (!next) {
    return {
      text: `${icon} ${position} · end`,
      tooltip: 'The recording is at its end. Click to jump to an operation.',
    };
  }
  const vcpu = next.vcpu === null ? 'CPU unknown' : `vCPU ${next.vcpu}`;
  return { text: `${icon} ${position} · ${vcpu}`, tooltip: `Next: ${next.text}. Click to jump to an operation.` };
}

/**
 * A machine has a past and a present; what comes is known only where it stands before an access. A target elsewhere cannot
 * go back.
 */
function machineText(
  { position, total }: JournalResponse,
  icon: string,
  next: JournalEntry | undefined,
  goesBack: boolean,
): { text: string; tooltip: string } {
  const text = `${icon} access ${position}`;
  if (next === undefined) {
    const seen = goesBack
      ? `${total} accesses and wires so far. Click to go back to one.`
      : `${total} accesses stepped to.`;
    return { text, tooltip: seen };
  }
  const past = position + 1 < total ? ' · past' : '';
  return { text: `${text}${past}`, tooltip: `Next: ${next.text}.${goesBack ? ' Click to go to another one.' : ''}` };
}
