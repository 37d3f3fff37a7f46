import { hexOf } from '../../gic/inspect/decode.ts';
import { Outcome, type Guest } from '../../guest/guest.ts';
import type { Face } from '../face.ts';
import type { JournalEntry } from '../../protocol.ts';

/** One entry of time for the access log. */
export function journalEntry(guest: Guest, face: Face, index: number): JournalEntry {
  const operation = guest.operation(index);
  const outcome = guest.outcome(index);
  const remark = guest.remark(index);
  const entry: JournalEntry = {
    index,
    origin: operation.origin,
    op: operation.op,
    vcpu: operation.vcpu,
    text: operation.text,
    // A hole shows before it is met: the address says it.
    kind: outcome === Outcome.Ahead && operation.access !== null && operation.access !== 'ok' ? 'hole' : KINDS[outcome],
  };
  if (operation.address !== null) entry.address = hexOf(operation.address);
  if (operation.length > 0) entry.length = operation.length;
  if (operation.value !== null) entry.value = hexOf(operation.value);
  if (operation.register !== null) entry.register = operation.register;
  if (remark !== null) entry.remark = remark;
  if (operation.line !== null) entry.line = operation.line;
  const code = operation.pc === null ? undefined : face.machine?.placeOf(operation.pc);
  if (code !== undefined) entry.code = code;
  return entry;
}

const KINDS: Readonly<Record<Outcome, JournalEntry['kind']>> = {
  [Outcome.Normal]: 'normal',
  [Outcome.Mismatch]: 'mismatch',
  [Outcome.Hole]: 'hole',
  [Outcome.Spurious]: 'spurious',
  [Outcome.Unpredicted]: 'unpredicted',
  [Outcome.Ahead]: 'normal',
  [Outcome.End]: 'normal',
};
