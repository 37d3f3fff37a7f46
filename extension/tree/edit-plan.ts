import type { FieldInfo, PreviewResponse, Problem, WriteResponse } from '../../adapter/protocol.ts';
import type { ValueNode } from './nodes.ts';
import { accessText } from './parts.ts';
import { widthOfNode } from './reading.ts';
import { parseNumber } from './values.ts';

/** How a value is asked for. */
export type EditKind = 'choice' | 'number';

/** A value to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description: string;
}

/** Choices shown before a number is the better question. */
const MAX_CHOICES = 16;

/** What validation has to say at the input. */
export interface Verdict {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** The values to choose from; undefined where a number is to be typed. */
export function choicesFor(node: ValueNode): Choice[] | undefined {
  if (node.kind !== 'part') return undefined;
  const { field } = node.part;
  const choices = field.enum ? enumChoices(field) : undefined;
  if (choices && choices.length > 0 && choices.length <= MAX_CHOICES) return choices;
  if (widthOfNode(node) > 1) return undefined;
  return [
    { value: '0', label: '0', description: node.part.field.access === 'rw' ? 'clear' : '' },
    { value: '1', label: '1', description: 'set' },
  ];
}

function enumChoices(field: FieldInfo): Choice[] {
  return (field.enum ?? []).map((entry) => ({
    value: String(entry.value),
    label: entry.name,
    description: `${entry.value}${entry.doc === undefined ? '' : ` · ${entry.doc}`}`,
  }));
}

/** What the input box asks: the target and what it takes. */
export function promptFor(node: ValueNode): string {
  const width = widthOfNode(node);
  const access = node.kind === 'part' ? node.part.field.access : node.register.access;
  return `${node.key}: ${width} bit${width === 1 ? '' : 's'}, ${accessText(access)}`;
}

/** Refuses what cannot be a value, before the adapter is asked; undefined where the adapter has the say. */
export function checkSyntax(text: string, node: ValueNode): Verdict | undefined {
  if (text.trim() === '') return { severity: 'error', message: 'Enter a value.' };
  const number = parseNumber(text);
  if (number === undefined) {
    return isName(text.trim(), node)
      ? undefined
      : { severity: 'error', message: 'Not a number: write decimal, 0x… or 0b….' };
  }
  const width = widthOfNode(node);
  return number >> BigInt(width) === 0n
    ? undefined
    : { severity: 'error', message: `Does not fit: ${node.key} has ${width} bit${width === 1 ? '' : 's'}.` };
}

/** An enum name, or a word the expression language knows. */
function isName(text: string, node: ValueNode): boolean {
  if (text === 'true' || text === 'false') return true;
  return node.kind === 'part' && node.part.field.enum?.some((entry) => entry.name === text) === true;
}

/** Choices as they are offered: of two the other one comes first, so that Enter toggles. */
export function offered(choices: readonly Choice[], current: bigint | undefined): Choice[] {
  const isCurrent = (choice: Choice): boolean => BigInt(choice.value) === current;
  const marked = choices.map((choice) =>
    isCurrent(choice) ? { ...choice, description: `${choice.description} (now)`.trim() } : choice,
  );
  return choices.length === 2 && choices[0] && isCurrent(choices[0]) ? marked.reverse() : marked;
}

/** What to show at the input while it is typed. */
export function verdictOf(preview: PreviewResponse): Verdict {
  const errors = textsOf(preview.problems, 'error');
  if (!preview.ok || errors.length > 0) {
    return { severity: 'error', message: errors.join(' ') || 'This value is refused.' };
  }
  const warnings = textsOf(preview.problems, 'warning');
  if (preview.verdict !== 'applied' || warnings.length > 0) {
    return { severity: 'warning', message: warnings.join(' ') || defaultText(preview) };
  }
  return { severity: 'info', message: summaryOf(preview) };
}

/** What an edit does, in a line: its effects, or else its accesses. */
export function summaryOf(preview: PreviewResponse): string {
  const texts = [...textsOf(preview.problems, 'info'), ...preview.effects];
  if (texts.length > 0) return texts.join(' · ');
  if (preview.before === preview.after) return 'Changes nothing.';
  return preview.accesses.map((access) => access.text).join(' · ') || `Becomes ${preview.after}.`;
}

/** What to tell after an edit; undefined where it simply did what was asked. */
export function outcomeOf(target: string, value: string, response: WriteResponse): Verdict | undefined {
  const reasons = response.problems.filter((problem) => problem.severity !== 'info').map((problem) => problem.message);
  if (!response.ok) {
    return {
      severity: 'error',
      message: `${target} = ${value} was refused: ${reasons.join(' ') || 'no reason given.'}`,
    };
  }
  if (response.verdict === 'applied') return undefined;
  return { severity: 'warning', message: `${target} = ${value}: ${reasons.join(' ') || defaultText(response)}` };
}

/** The note shown at the node until the next stop. */
export function noteOf(response: WriteResponse): string {
  return response.verdict === 'narrowed' ? `narrowed to ${response.after}` : 'edit ignored';
}

function defaultText(preview: PreviewResponse): string {
  return preview.verdict === 'narrowed'
    ? `The controller will keep only ${preview.after}.`
    : `The controller ignores this: the value stays ${preview.after}.`;
}

function textsOf(problems: readonly Problem[], severity: Problem['severity']): string[] {
  return problems.filter((problem) => problem.severity === severity).map((problem) => problem.message);
}
