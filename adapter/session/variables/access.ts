import { fieldValue, hexOf } from '../../gic/inspect/decode.ts';
import { joinWords } from '../../gic/inspect/register-map.ts';
import type { Located } from '../../gic/mmio/dispatcher.ts';
import { Outcome, type Guest, type Operation } from '../../guest/guest.ts';
import type { Frame } from '../frames.ts';
import { fact, folder, type Node } from './node.ts';
import { fieldText, paddedHex } from './registers.ts';

/** The access of a frame, decoded. */
export function accessNodes(guest: Guest, frame: Frame): Node[] {
  if (frame.entry >= guest.total) return [fact('(none)', noAccessText(guest))];
  const operation = guest.operation(frame.entry);
  const nodes: Node[] = [
    fact('operation', operation.text),
    fact('kind', operation.origin === 'edit' ? 'edit' : operation.op),
  ];
  if (operation.vcpu !== null) nodes.push(fact('vCPU', String(operation.vcpu)));
  else if (operation.address !== null || operation.register !== null) nodes.push(fact('vCPU', 'unknown'));
  const located = locate(guest, operation);
  if (operation.address !== null) nodes.push(fact('address', addressText(operation.address, located)));
  if (operation.register !== null) nodes.push(fact('register', operation.register, located?.register?.row.doc));
  if (operation.length > 0) nodes.push(fact('width', widthText(operation.length)));
  if (operation.access !== null && operation.access !== 'ok') nodes.push(fact('reaches', operation.access));
  if (operation.value !== null) nodes.push(valueNode(operation, operation.value, located));
  if (operation.intids.length > 0) nodes.push(fact('INTIDs', operation.intids.map(String).join(', ')));
  if (operation.note !== null) nodes.push(fact('note', operation.note));
  const answer = frame.current ? answerOf(guest, operation, located) : null;
  if (answer !== null) nodes.push(fact('the model answers', answer));
  const remark = remarkOf(guest, frame);
  if (remark !== null) nodes.push(fact('remark', remark));
  return nodes;
}

/** Why there is no access to show. */
export function noAccessText({ kind }: Guest): string {
  return kind === 'gdb' ? 'no CPU is known to stand before an access to the controller' : 'the recording ends here';
}

/** What is remarkable about a frame's entry, looking ahead where it is still to come. */
export function remarkOf(guest: Guest, frame: Frame): string | null {
  if (frame.entry >= guest.total) return null;
  const outcome = frame.entry === guest.position ? guest.foresee() : guest.outcome(frame.entry);
  return guest.remark(frame.entry) ?? OUTCOME_TEXTS[outcome] ?? null;
}

const OUTCOME_TEXTS: Readonly<Partial<Record<Outcome, string>>> = {
  [Outcome.Mismatch]: 'the controller disagrees with the recording',
  [Outcome.Hole]: 'the access reaches no register',
  [Outcome.Spurious]: 'nothing was pending: a spurious acknowledge',
  [Outcome.Unpredicted]: 'the model has no opinion about it',
};

function locate(guest: Guest, operation: Operation): Located | null {
  if (operation.address === null || operation.length === 0) return null;
  return guest.controller.locate(operation.address, operation.length, 'user');
}

function addressText(address: number, located: Located | null): string {
  return located === null ? hexOf(address) : `${hexOf(address)} (${located.device.id} + ${hexOf(located.offset)})`;
}

function widthText(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** The value, opening into its fields where the access is the whole register. */
function valueNode(operation: Operation, value: bigint, located: Located | null): Node {
  const text = operation.length > 0 ? paddedHex(value, operation.length) : hexOf(value);
  const found = located?.register ?? null;
  if (found === null || found.byte !== 0 || found.row.fields.length === 0) return fact('value', text);
  const bits = operation.length * 8;
  const fields = found.row.fields.filter((field) => field.msb < bits);
  return folder('value', text, () =>
    fields.map((field) =>
      fact(field.name, fieldText(field, fieldValue(value, field)), `bits ${field.msb}:${field.lsb}, ${field.doc}`),
    ),
  );
}

/** What a read about to be made would answer, without making it. */
function answerOf(guest: Guest, operation: Operation, located: Located | null): string | null {
  const reads = operation.op === 'read' || operation.op === 'uread';
  if (!reads || located === null || located.verdict !== 'ok' || located.register?.row.readEffect !== undefined)
    return null;
  if (operation.vcpu === null && located.device.owner < 0 && located.register?.row.bank === 'each') return null;
  const { device, offset } = located;
  const { state } = guest.controller;
  const lo = device.regions.read(
    state,
    device.owner < 0 ? (operation.vcpu ?? 0) : device.owner,
    offset,
    operation.length,
  );
  return paddedHex(joinWords(lo, operation.length === 8 ? state.hi : 0), operation.length);
}
