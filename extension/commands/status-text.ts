import type { JournalResponse } from '../../adapter/protocol.ts';

/** What the status bar says about the position in a recording. */
export function statusText(journal: JournalResponse, running: boolean): { text: string; tooltip: string } {
  const next = journal.entries.find((entry) => entry.index === journal.position);
  const icon = running ? '$(sync~spin)' : '$(circuit-board)';
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
