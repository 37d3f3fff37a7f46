import type { FieldInfo, RegisterInfo } from '../../adapter/protocol.ts';
import { expressionOf } from './expression.ts';
import type { FamilyNode, GroupNode, ValueNode } from './nodes.ts';
import { accessText, intidsOf } from './parts.ts';
import { readBank, readNode, type Reading } from './reading.ts';
import type { Snapshot } from './snapshot.ts';
import { enumName, extract, formatField, formatRegister, parseHex, widthOf } from './values.ts';

/** Fields listed in a tooltip before the rest is only counted. */
const MAX_FIELDS = 16;
/** Copies listed in a tooltip before the rest is only counted. */
const MAX_BANKS = 8;

/**
 * Markdown about a register, a copy of it, or a piece of it.
 * @param hasReset what reset makes of it is known
 */
export function valueTooltip(snapshot: Snapshot, node: ValueNode, note: string | undefined, hasReset = true): string {
  const sections =
    node.kind === 'part' ? partSections(snapshot, node, hasReset) : registerSections(snapshot, node, hasReset);
  if (note !== undefined) sections.unshift(`$(warning) ${escape(note)}`);
  return sections.filter((section) => section !== '').join('\n\n');
}

/** Markdown about a frame or the frames of all vCPUs. */
export function familyTooltip(node: FamilyNode): string {
  const { family } = node;
  const bases = family.frames
    .slice(0, MAX_BANKS)
    .map((frame) => `\`${frame.id}\` at \`${frame.base}\`, ${frame.size / 1024} KiB`);
  const rest = family.frames.length - bases.length;
  return [
    `**${escape(family.title)}**`,
    `${bases.join('  \n')}${rest > 0 ? `  \nand ${rest} more` : ''}`,
    `${family.registers.length} registers`,
  ].join('\n\n');
}

/** Markdown about an array of registers. */
export function groupTooltip(node: GroupNode): string {
  const [first] = node.registers;
  return [`**${node.name}**`, escape(first?.doc ?? ''), escape(first?.section ?? '')]
    .filter((section) => section !== '')
    .join('\n\n');
}

function registerSections(snapshot: Snapshot, node: Exclude<ValueNode, { kind: 'part' }>, hasReset: boolean): string[] {
  const { register } = node;
  return [
    `**${register.name}**${node.kind === 'bank' ? ` of vCPU ${node.bank.vcpu ?? '?'}` : ''}`,
    escape(register.doc),
    marks(register),
    properties(node),
    values(snapshot, node, hasReset),
    fieldTable(snapshot, node),
    register.section === '' ? '' : `*${escape(register.section)}*`,
  ];
}

function partSections(snapshot: Snapshot, node: Extract<ValueNode, { kind: 'part' }>, hasReset: boolean): string[] {
  const { register, part } = node;
  const { field } = part;
  const reading = readNode(snapshot, node) ?? {};
  const title = part.intid === undefined ? `${register.name}.${field.name}` : `INTID ${part.intid} in ${register.name}`;
  return [
    `**${title}**`,
    escape(field.doc === '' && part.intid !== undefined ? register.doc : field.doc),
    `bits ${bitsText(field)} · ${accessText(field.access)}`,
    marks(register),
    readingText(reading, widthOf(field), hasReset),
    enumTable(field, reading),
    `Expression: \`${expressionOf(node) ?? ''}\``,
    register.section === '' ? '' : `*${escape(register.section)}*`,
  ];
}

function marks(register: RegisterInfo): string {
  const lines: string[] = [];
  if (!register.implemented) {
    lines.push(
      '$(circle-slash) Not implemented: the architecture has this register, this controller answers zero and ignores writes.',
    );
  }
  if (register.readEffect !== undefined) {
    lines.push(
      `$(warning) Reading it through the bus changes state: ${escape(register.readEffect)} ` +
        'The value here is looked up without the bus and disturbs nothing.',
    );
  }
  return lines.join('\n\n');
}

function properties(node: Exclude<ValueNode, { kind: 'part' }>): string {
  const { register, family } = node;
  const [frame] = family.frames;
  const lines = [
    `offset \`0x${register.offset.toString(16)}\``,
    `${register.bits} bits`,
    accessText(register.access),
    ...(register.banked || family.frames.length > 1 ? ['a copy for each vCPU'] : []),
  ];
  const address =
    frame && family.frames.length === 1
      ? `\n\nAddress \`0x${(parseHex(frame.base) + BigInt(register.offset)).toString(16)}\``
      : '';
  const range = intidsOf(register);
  const intids = range
    ? `\n\nINTID ${range.first === range.last ? String(range.first) : `${range.first} to ${range.last}`}`
    : '';
  return `${lines.join(' · ')}${address}${intids}`;
}

function values(snapshot: Snapshot, node: Exclude<ValueNode, { kind: 'part' }>, hasReset: boolean): string {
  const reading = readNode(snapshot, node);
  if (reading) return readingText(reading, node.register.bits, hasReset, node.register.bits);
  if (node.kind === 'bank') return '';
  const rows = node.banks.slice(0, MAX_BANKS).map((bank) => {
    const copy = readBank(snapshot, node.register, bank);
    const value =
      copy.value === undefined
        ? escape(copy.unavailable ?? '')
        : `\`${formatRegister(copy.value, node.register.bits, 'hex')}\``;
    return `| vCPU ${bank.vcpu ?? '?'} | ${value} |`;
  });
  const rest = node.banks.length - rows.length;
  return ['| | |', '|---|---|', ...rows, ...(rest > 0 ? [`| and ${rest} more | |`] : [])].join('\n');
}

function readingText(reading: Reading, width: number, hasReset: boolean, pad?: number): string {
  if (reading.value === undefined) return `$(error) ${escape(reading.unavailable ?? 'not read')}`;
  const show = (value: bigint): string =>
    `\`${pad === undefined ? formatField(value, width, 'hex') : formatRegister(value, pad, 'hex')}\``;
  const lines = [`Value ${show(reading.value)}${width > 1 ? ` (${reading.value.toString()})` : ''}`];
  if (reading.previous !== undefined) lines.push(`${show(reading.previous)} at the previous stop`);
  if (hasReset) lines.push(reading.reset === undefined ? 'as after reset' : `${show(reading.reset)} after reset`);
  return lines.join(' · ');
}

function fieldTable(snapshot: Snapshot, node: Exclude<ValueNode, { kind: 'part' }>): string {
  const fields = node.register.fields.filter((field) => field.intid === undefined);
  if (fields.length === 0) return '';
  const value = readNode(snapshot, node)?.value;
  const rows = fields.slice(0, MAX_FIELDS).map((field) => {
    const digits = value === undefined ? '' : fieldText(field, extract(value, field));
    return `| ${bitsText(field)} | ${escape(field.name)} | ${digits} | ${escape(field.doc)} |`;
  });
  const rest = fields.length - rows.length;
  return [
    '| Bits | Field | Value | |',
    '|---|---|---|---|',
    ...rows,
    ...(rest > 0 ? [`| | and ${rest} more | | |`] : []),
  ].join('\n');
}

function fieldText(field: FieldInfo, value: bigint): string {
  const name = enumName(field, value);
  return `\`${formatField(value, widthOf(field), 'hex')}\`${name === undefined ? '' : ` ${escape(name)}`}`;
}

function enumTable(field: FieldInfo, reading: Reading): string {
  if (!field.enum) return '';
  return field.enum
    .map((entry) => {
      const line = `\`${entry.value}\` ${escape(entry.name)}${entry.doc === undefined ? '' : `: ${escape(entry.doc)}`}`;
      return reading.value === BigInt(entry.value) ? `- **${line}**` : `- ${line}`;
    })
    .join('\n');
}

function bitsText(field: FieldInfo): string {
  return field.msb === field.lsb ? String(field.lsb) : `${field.msb}:${field.lsb}`;
}

/** Keeps text of the register tables from being read as Markdown. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~$]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
