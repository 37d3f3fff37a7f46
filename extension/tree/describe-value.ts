import type { RegisterInfo } from '../../adapter/protocol.ts';
import type { PartNode, ValueNode } from './nodes.ts';
import { partsOf } from './parts.ts';
import { readBank, readNode, type Reading } from './reading.ts';
import type { Snapshot } from './snapshot.ts';
import { enumName, extract, formatField, formatRegister, widthOf, type ValueFormat } from './values.ts';

/** A changed value points back at what it was. */
const FROM = ' ← ';
const SEPARATOR = ' · ';

/** INTIDs named behind a register before the rest is only counted. */
const MAX_NAMED = 4;

/** The text behind a node's label: its value or values, what they were, what they mean. */
export function describeValue(snapshot: Snapshot, node: ValueNode, format: ValueFormat): string {
  if (node.kind === 'part') return describePart(snapshot, node, format);
  const reading = readNode(snapshot, node);
  if (!reading) return sideBySide(snapshot, node, format);
  const value = registerText(node.register, reading, format);
  const meaning = reading.value === undefined ? undefined : setInterrupts(node.register, reading.value);
  return meaning === undefined ? value : `${value}${SEPARATOR}${meaning}`;
}

/** One interrupt's bits carry their value in the label already. `away` from its register a piece has its full name. */
export function partLabel(node: PartNode, away: boolean, reading: Reading | undefined, format: ValueFormat): string {
  const { part } = node;
  if (part.intid === undefined) return away ? node.key : part.field.name;
  const name = away ? node.key : `INTID ${part.intid}`;
  if (reading?.value === undefined) return name;
  return `${name} = ${formatField(reading.value, widthOf(part.field), format)}`;
}

function describePart(snapshot: Snapshot, node: PartNode, format: ValueFormat): string {
  const reading = readNode(snapshot, node) ?? {};
  const { field, intid } = node.part;
  if (node.register.access === 'wo') return 'write-only';
  if (reading.value === undefined) return unavailableText(reading.unavailable);
  const text = (value: bigint): string => {
    const digits = formatField(value, widthOf(field), format);
    const name = enumName(field, value);
    return name === undefined ? digits : `${digits} ${name}`;
  };
  const was = reading.previous === undefined ? '' : `${FROM}${text(reading.previous)}`;
  if (intid === undefined) return `${text(reading.value)}${was}`;
  return `${enumName(field, reading.value) ?? ''}${was}`.trim();
}

function registerText(register: RegisterInfo, reading: Reading, format: ValueFormat): string {
  if (register.access === 'wo') return 'write-only';
  if (reading.value === undefined) return unavailableText(reading.unavailable);
  const text = formatRegister(reading.value, register.bits, format);
  return reading.previous === undefined
    ? text
    : `${text}${FROM}${formatRegister(reading.previous, register.bits, format)}`;
}

/** Letters of a reason that a line of the tree has room for: the tooltip has all of it. */
const MOST_LETTERS = 72;

/** Why there is no value, on one line. */
export function unavailableText(reason = 'not read'): string {
  const line = reason.replace(/\s+/g, ' ').trim();
  if (line.length <= MOST_LETTERS) return `unavailable: ${line}`;
  const cut = line.lastIndexOf(' ', MOST_LETTERS);
  return `unavailable: ${line.slice(0, cut > 0 ? cut : MOST_LETTERS).replace(/[\s,;:.]+$/, '')}…`;
}

/** "0x00000000 on all vCPUs", or "vCPU0 0x0000ffff · vCPU1–3 0x00000000": neighbours with the same value share one entry. */
function sideBySide(
  snapshot: Snapshot,
  node: Extract<ValueNode, { kind: 'register' | 'bank' }>,
  format: ValueFormat,
): string {
  if (node.kind === 'bank') return '';
  const runs: { first: number; last: number; text: string }[] = [];
  for (const bank of node.banks) {
    const text = registerText(node.register, readBank(snapshot, node.register, bank), format);
    const vcpu = bank.vcpu ?? 0;
    const run = runs.at(-1);
    if (run?.text === text) run.last = vcpu;
    else runs.push({ first: vcpu, last: vcpu, text });
  }
  const [only] = runs;
  // Where all agree, the value comes first: that is what fits into a narrow view.
  if (runs.length === 1 && only) return only.text === 'write-only' ? only.text : `${only.text} on all vCPUs`;
  return runs
    .map(({ first, last, text }) => `vCPU${first === last ? String(first) : `${first}–${last}`} ${text}`)
    .join(SEPARATOR);
}

/** For registers with a bit for each interrupt: which bits are set. */
function setInterrupts(register: RegisterInfo, value: bigint): string | undefined {
  if (register.bitsPerIrq !== 1) return undefined;
  const set = partsOf(register).filter((part) => part.intid !== undefined && extract(value, part.field) === 1n);
  if (set.length === 0) return undefined;
  // A word that is all ones says nothing by its numbers.
  if (set.length === register.bits) return 'all';
  const named = set.slice(0, MAX_NAMED).map((part) => String(part.intid));
  const rest = set.length - named.length;
  return `INTID ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
