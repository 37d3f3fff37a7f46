import { MARKS, type Mark } from '../ids.ts';
import { describeValue, partLabel, unavailableText } from './describe-value.ts';
import { highlightsIn, type Filter } from './filter.ts';
import { isValueNode, partsIn, type FamilyNode, type GroupNode, type TreeNode, type ValueNode } from './nodes.ts';
import { isWritable } from './parts.ts';
import { readBank, readNode, tally } from './reading.ts';
import type { TreeSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { familyTooltip, groupTooltip, valueTooltip } from './tooltip.ts';
import { formatRegister, parseHex } from './values.ts';

/** Colours a label. */
export type Tone = 'normal' | 'changed' | 'refused' | 'unavailable' | 'notImplemented';

/** A tree item, without VS Code's classes. */
export interface NodeView {
  label: string;
  highlights: [number, number][];
  description: string;
  /** Codicon name. */
  icon: string;
  tone: Tone;
  contextValue: string;
  collapsible: 'none' | 'collapsed' | 'expanded';
  accessibility: string;
}

/** What presenting a node depends on. */
export interface PresentContext {
  readonly snapshot: Snapshot;
  readonly settings: TreeSettings;
  readonly filter: Filter | undefined;
  /** What reset makes of registers is known. */
  readonly hasReset: boolean;
  /** What became of the last edit at this node, until the next stop. */
  note(node: TreeNode): string | undefined;
  /** True where the user has the node open, or it opens by itself. */
  isExpanded(node: TreeNode): boolean;
  /** Name of the session, and what it debugs. */
  readonly session: { readonly name: string; readonly summary: string };
}

/** Makes a node's view from what is known now. */
export function presentNode(node: TreeNode, context: PresentContext): NodeView {
  const view = viewOf(node, context);
  if (view.collapsible === 'collapsed' && context.isExpanded(node)) view.collapsible = 'expanded';
  if (context.filter && node.kind !== 'session' && node.kind !== 'pinned') {
    view.highlights = highlightsIn(context.filter, view.label);
  }
  return view;
}

/** What a pointer resting on the node shows: Markdown, with `$(icon)`. Made apart, because it is rarely asked for. */
export function tooltipOf(node: TreeNode, context: PresentContext): string {
  if (isValueNode(node)) return valueTooltip(context.snapshot, node, context.note(node), context.hasReset);
  if (node.kind === 'family') return familyTooltip(node);
  return node.kind === 'group' ? groupTooltip(node) : '';
}

function viewOf(node: TreeNode, context: PresentContext): NodeView {
  switch (node.kind) {
    case 'message':
      return {
        ...blank(node.text, node.error ? 'error' : 'info'),
        tone: node.error ? 'unavailable' : 'notImplemented',
        collapsible: 'none',
      };
    case 'session':
      return {
        ...blank(context.session.name, 'debug-alt'),
        description: context.session.summary,
        collapsible: 'expanded',
        contextValue: contextValue('session', []),
      };
    case 'pinned':
      return {
        ...blank('Pinned', 'pinned'),
        collapsible: 'expanded',
        contextValue: contextValue('pinned', []),
      };
    case 'family':
      return familyView(node, context);
    case 'group':
      return groupView(node, context);
    default:
      return valueView(node, context);
  }
}

function blank(label: string, icon: string): NodeView {
  return {
    label,
    highlights: [],
    description: '',
    icon,
    tone: 'normal',
    contextValue: '',
    collapsible: 'collapsed',
    accessibility: label,
  };
}

function familyView(node: FamilyNode, context: PresentContext): NodeView {
  const { family } = node;
  const [first] = family.frames;
  const error = family.frames.map((frame) => context.snapshot.frameError(frame.id)).find((text) => text !== undefined);
  const place = family.frames.length > 1 ? `${family.frames.length} vCPUs` : addressText(first?.base);
  return {
    ...blank(family.title, 'circuit-board'),
    description: error === undefined ? place : unavailableText(error),
    tone: error === undefined ? 'normal' : 'unavailable',
    contextValue: contextValue('family', [MARKS.formats]),
  };
}

function groupView(node: GroupNode, context: PresentContext): NodeView {
  const counts = tally(context.snapshot, node.family, node.registers);
  const [first] = node.registers;
  const last = node.registers.at(-1);
  const label = `${node.name} [${first?.index ?? 0}..${last?.index ?? node.registers.length - 1}]`;
  const words = [
    context.hasReset
      ? counts.nonReset === 0
        ? 'at reset'
        : `${counts.nonReset}/${counts.total} ≠ reset`
      : `${counts.total} registers`,
  ];
  if (counts.changed > 0) words.push(`${counts.changed} changed`);
  const unavailable = counts.unavailable > 0 && first?.access !== 'wo';
  if (unavailable) words.splice(0, counts.unavailable === counts.total ? 1 : 0, `${counts.unavailable} unavailable`);
  if (first?.access === 'wo') words.splice(0, words.length, 'write-only');
  const view: NodeView = {
    ...blank(label, 'array'),
    description: words.join(' · '),
    contextValue: contextValue('group', [MARKS.formats]),
  };
  if (unavailable) view.tone = 'unavailable';
  else if (counts.changed > 0) view.tone = 'changed';
  else if (node.registers.every((register) => !register.implemented)) view.tone = 'notImplemented';
  return view;
}

function valueView(node: ValueNode, context: PresentContext): NodeView {
  const { snapshot, settings } = context;
  const format = settings.formatOf(node);
  const note = context.note(node);
  const value = describeValue(snapshot, node, format);
  const label = labelOf(node, context);
  const description = note === undefined ? value : `${value}${value === '' ? '' : ' · '}${note}`;
  return {
    ...blank(label, iconOf(node)),
    description,
    tone: toneOf(node, snapshot, note),
    contextValue: contextValue(node.kind, marksOf(node, context)),
    collapsible:
      node.kind === 'part' || (partsIn(node.family, node.register).length === 0 && !isBanked(node))
        ? 'none'
        : 'collapsed',
    accessibility: `${label} ${description}${isEditable(node) ? '' : ', read only'}`,
  };
}

function labelOf(node: ValueNode, context: PresentContext): string {
  // Away from their register, below "Pinned", pieces and copies need their full name.
  const away = node.parent?.kind === 'pinned';
  if (node.kind === 'register') return node.register.name;
  if (node.kind === 'bank') return away ? node.key : `vCPU ${node.bank.vcpu ?? '?'}`;
  return partLabel(node, away, readNode(context.snapshot, node), context.settings.formatOf(node));
}

function isBanked(node: ValueNode): boolean {
  return node.kind === 'register' && node.banks.length > 1;
}

/** True where the node's value, or the value of one of its copies, can be edited. */
export function isEditable(node: TreeNode): boolean {
  if (!isValueNode(node) || !node.register.implemented) return false;
  return isWritable(node.kind === 'part' ? node.part.field.access : node.register.access);
}

function iconOf(node: ValueNode): string {
  const { register } = node;
  if (!register.implemented) return 'circle-slash';
  if (node.kind === 'bank') return 'chip';
  if (register.readEffect !== undefined && node.kind === 'register') return 'warning';
  const access = node.kind === 'part' ? node.part.field.access : register.access;
  if (!isWritable(access)) return 'lock';
  return node.kind === 'part' ? 'symbol-field' : 'symbol-variable';
}

function toneOf(node: ValueNode, snapshot: Snapshot, note: string | undefined): Tone {
  const readings =
    node.kind === 'register'
      ? node.banks.map((bank) => readBank(snapshot, node.register, bank))
      : [readNode(snapshot, node) ?? {}];
  if (note !== undefined) return 'refused';
  if (readings.some((reading) => reading.value === undefined) && node.register.access !== 'wo') return 'unavailable';
  if (readings.some((reading) => reading.previous !== undefined)) return 'changed';
  return node.register.implemented ? 'normal' : 'notImplemented';
}

function marksOf(node: ValueNode, context: PresentContext): Mark[] {
  const marks: Mark[] = [MARKS.named, MARKS.formats, MARKS.inLog];
  if (!isBanked(node)) marks.push(MARKS.value);
  if (isEditable(node)) marks.push(MARKS.editable);
  marks.push(context.settings.isPinned(node.key) ? MARKS.pinned : MARKS.pinnable);
  return marks;
}

/** Words between semicolons, for `viewItem =~ /;word;/`. */
function contextValue(kind: string, marks: readonly Mark[]): string {
  return `;${[kind, ...marks].join(';')};`;
}

function addressText(address: string | undefined): string {
  return address === undefined ? '' : formatRegister(parseHex(address), 32, 'hex');
}

/** "GICv2 · 2 vCPUs · 96 SPIs". */
export function sessionSummary(describe: { gic: string; cpus: number; spis: number; profile: string }): string {
  return `GIC${describe.gic} · ${describe.cpus} vCPU${describe.cpus === 1 ? '' : 's'} · ${describe.spis} SPIs · ${describe.profile}`;
}
