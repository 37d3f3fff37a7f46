import { compile, evaluate, resolvePlace } from './evaluate.ts';
import { ExpressionError } from './errors.ts';
import { IRQ_PROPERTIES } from './irq-properties.ts';
import { ACCESS_MEMBERS, type Scope } from './scope.ts';
import type { Value } from './value.ts';

/** Something that could stand at a place of an expression. */
export interface Completion {
  readonly label: string;
  readonly kind: 'register' | 'field' | 'property' | 'function' | 'value';
  readonly detail: string;
}

/** What could replace the characters from `start` to where the text ends. */
export interface Completions {
  readonly start: number;
  readonly items: readonly Completion[];
}

/** The last name of a text, and what stands before its dot. */
const LAST_NAME = /(?:((?:[A-Za-z_]\w*(?:\([^()]*\)|\[[^[\]]*\])?\.)+))?([A-Za-z_]\w*)?$/;
/** A name compared with, or assigned to, what stands before the operator. */
const OPERAND = /([A-Za-z_][\w.()[\], ]*?)\s*(?:==|!=|(?<![<>=!|&^+-])=)\s*[A-Za-z_]*\w*$/;

/** Completions for the end of `text`, which is an expression up to the caret. */
export function complete(text: string, scope: Scope): Completions {
  const match = LAST_NAME.exec(text);
  const path = match?.[1] ?? '';
  const begun = match?.[2] ?? '';
  const start = text.length - begun.length;
  const all = path === '' ? [...operands(text, scope), ...names(scope)] : members(path.slice(0, -1), scope);
  const wanted = begun.toLowerCase();
  return { start, items: all.filter(({ label }) => label.toLowerCase().startsWith(wanted)) };
}

function names(scope: Scope): Completion[] {
  return [
    { label: 'irq', kind: 'function', detail: 'irq(intid), irq(intid, vcpu): an interrupt' },
    { label: 'cpu', kind: 'function', detail: 'cpu(n): registers as vCPU n sees them' },
    { label: 'access', kind: 'property', detail: 'the access about to be executed' },
    ...registers(scope),
  ];
}

/** Registers, and arrays for `[intid]`. */
function registers(scope: Scope): Completion[] {
  const found: Completion[] = [];
  for (const name of scope.registers.rowNames) {
    const row = scope.registers.row(name)?.row;
    if (row?.array === true && row.bitsPerIrq !== 0) {
      found.push({ label: name, kind: 'register', detail: `${name}[intid]: ${row.doc}` });
    }
  }
  for (const name of scope.registers.registerNames()) {
    found.push({ label: name, kind: 'register', detail: scope.registers.named(name)[0]?.row.doc ?? '' });
  }
  return found;
}

/** Names of values for what the last comparison or assignment is about. */
function operands(text: string, scope: Scope): Completion[] {
  const left = OPERAND.exec(text)?.[1];
  if (left === undefined) return [];
  const value = tryEvaluate(left, scope);
  if (value?.kind === 'boolean') return ['true', 'false'].map((label) => ({ label, kind: 'value', detail: '' }));
  if (value?.kind !== 'number') return [];
  return (value.names ?? []).map(({ name, doc }) => ({ label: name, kind: 'value', detail: doc ?? '' }));
}

/** Members of `cpu(n)` where vCPUs have queues and list registers. */
const QUEUE_MEMBERS: readonly Completion[] = [
  { label: 'lr', kind: 'function', detail: 'lr(n): a list register' },
  { label: 'queue', kind: 'property', detail: 'INTIDs on its queue, in order' },
  { label: 'usedLrs', kind: 'property', detail: 'List registers in use' },
];

function members(path: string, scope: Scope): Completion[] {
  const of = tryEvaluate(path, scope);
  if (of === null) return [];
  if (of.kind === 'access') {
    return Object.entries(ACCESS_MEMBERS).map(([label, detail]) => ({ label, kind: 'property', detail }));
  }
  if (of.kind === 'irq') {
    return IRQ_PROPERTIES.map(({ name, doc }) => ({ label: name, kind: 'property', detail: doc }));
  }
  if (of.kind === 'cpu') {
    return [...(scope.controller.profile.knows.queues ? QUEUE_MEMBERS : []), ...registers(scope)];
  }
  if (of.kind === 'listRegister') {
    return ['value', 'intid', 'pending', 'active', 'priority'].map((label) => ({
      label,
      kind: 'property',
      detail: '',
    }));
  }
  return fields(path, scope);
}

function fields(path: string, scope: Scope): Completion[] {
  try {
    const { place } = resolvePlace(compile(path), scope);
    if (place.kind !== 'register') return [];
    return place.register.row.fields.map(({ name, doc }) => ({ label: name, kind: 'field', detail: doc }));
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}

/** What is half typed need not make sense. */
function tryEvaluate(text: string, scope: Scope): Value | null {
  try {
    return evaluate(compile(text), scope);
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}
