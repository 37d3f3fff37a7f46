import { PRIVATE_IRQS } from '../config.ts';
import { ExpressionError, suggestion } from './errors.ts';
import { accessMember } from './access.ts';
import { binary, coerce, truth, unary } from './operators.ts';
import { indexed, listRegisterMember, member, named } from './resolve.ts';
import { parse } from './parser.ts';
import type { Scope } from './scope.ts';
import type { Node } from './syntax.ts';
import { numberValue, type Place, type Value } from './value.ts';

/** An expression ready to be evaluated any number of times. */
export interface Expression {
  readonly text: string;
  readonly root: Node;
  readonly isAssignment: boolean;
}

/** @throws ExpressionError with the place in the text */
export function compile(text: string): Expression {
  const root = parse(text);
  return { text, root, isAssignment: root.kind === 'assign' };
}

/**
 * The value of an expression; an assignment has none here (`assignment` takes it apart).
 * @throws ExpressionError for names that do not exist and operands that do not fit
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  const value = evaluateNode(expression.root, scope);
  if (value.kind === 'word') throw unknownName(value.word, value.start, value.end, scope);
  return value;
}

/** True where the expression holds: numbers other than 0, `true`. */
export function holds(expression: Expression, scope: Scope): boolean {
  return truth(evaluate(expression, scope), expression.root);
}

/**
 * The two halves of an assignment as expressions of their own; those of `A |= B` are `A` and `(A) | (B)`.
 * Null: not an assignment.
 */
export function splitAssignment({ text, root }: Expression): { target: string; value: string } | null {
  if (root.kind !== 'assign') return null;
  const target = text.slice(root.target.start, root.target.end);
  const value = text.slice(root.value.start, root.value.end);
  return { target, value: root.operator === '=' ? value : `(${target}) ${root.operator.slice(0, -1)} (${value})` };
}

/**
 * The value of an expression as a number for `target`, whose names for its values may stand for them.
 * @throws ExpressionError
 */
export function evaluateFor(expression: Expression, target: Value, scope: Scope): bigint {
  return coerce(evaluateNode(expression.root, scope), target, expression.root);
}

/** The place an expression names. @throws ExpressionError where it names none */
export function resolvePlace(expression: Expression, scope: Scope): { place: Place; value: Value } {
  const value = evaluateNode(expression.root, scope);
  return { place: placeOf(value, expression.root, scope), value };
}

function placeOf(value: Value, node: Node, scope: Scope): Place {
  if ((value.kind === 'number' || value.kind === 'boolean') && value.place !== null) return value.place;
  if (value.kind === 'word') throw unknownName(value.word, value.start, value.end, scope);
  throw new ExpressionError(
    'this is not a register, field, bit or property that can be set',
    node.start,
    node.end - node.start,
  );
}

function unknownName(name: string, start: number, end: number, scope: Scope): ExpressionError {
  const names = [...scope.registers.registerNames(), ...scope.registers.rowNames, 'irq', 'cpu', 'access'];
  return new ExpressionError(`there is no ${name}.${suggestion(name, names)}`, start, end - start);
}

function evaluateNode(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'number':
      return numberValue(node.value);
    case 'boolean':
      return { kind: 'boolean', value: node.value, place: null };
    case 'string':
      return { kind: 'string', value: node.value };
    case 'name':
      if (node.name === 'access') return { kind: 'access' };
      return named(node.name, scope.vcpu, scope) ?? { kind: 'word', word: node.name, start: node.start, end: node.end };
    case 'member':
      return memberOf(node, scope);
    case 'index':
      return indexOf(node, scope);
    case 'call':
      return call(node, scope);
    case 'unary':
      return unary(node.operator, evaluateNode(node.of, scope), node);
    case 'binary':
      return binaryNode(node, scope);
    case 'conditional':
      return evaluateNode(truth(evaluateNode(node.test, scope), node.test) ? node.yes : node.no, scope);
    case 'assign':
      throw new ExpressionError('an assignment has no value: to compare, write ==', node.start, node.end - node.start);
  }
}

function binaryNode(node: Extract<Node, { kind: 'binary' }>, scope: Scope): Value {
  const left = evaluateNode(node.left, scope);
  if (node.operator === '&&' || node.operator === '||') {
    const decided = truth(left, node.left);
    if (decided === (node.operator === '||')) return { kind: 'boolean', value: decided, place: null };
    return { kind: 'boolean', value: truth(evaluateNode(node.right, scope), node.right), place: null };
  }
  return binary(node.operator, left, evaluateNode(node.right, scope), node);
}

function memberOf(node: Extract<Node, { kind: 'member' }>, scope: Scope): Value {
  const of = evaluateNode(node.of, scope);
  if (of.kind === 'word') throw unknownName(of.word, of.start, of.end, scope);
  const fail = (message: string): never => {
    throw new ExpressionError(message, node.end - node.name.length, node.name.length);
  };
  if (of.kind === 'access') return accessMember(scope.access, node.name, fail);
  if (of.kind === 'listRegister') return listRegisterMember(of.vcpu, of.lr, node.name, scope, fail);
  return member(of, node.name, scope, fail);
}

function indexOf(node: Extract<Node, { kind: 'index' }>, scope: Scope): Value {
  const of = evaluateNode(node.of, scope);
  if (of.kind === 'word') throw unknownName(of.word, of.start, of.end, scope);
  const fail = (message: string): never => {
    throw new ExpressionError(message, node.start, node.end - node.start);
  };
  return indexed(of, integer(node.index, scope), scope, fail);
}

/** `irq(n)`, `irq(n, vcpu)`, `cpu(n)`, `cpu(n).lr(i)`, `access.touches(n)`. */
function call(node: Extract<Node, { kind: 'call' }>, scope: Scope): Value {
  const { of, args } = node;
  const fail = (message: string): never => {
    throw new ExpressionError(message, node.start, node.end - node.start);
  };
  const { cpus, spis } = scope.controller.config;
  const vcpuArgument = (argument: Node): number => {
    const vcpu = integer(argument, scope);
    return vcpu < cpus ? vcpu : fail(`there is no vCPU ${String(vcpu)}: this guest has 0 to ${String(cpus - 1)}`);
  };
  const [first, second] = args;
  if (of.kind === 'name' && of.name === 'cpu') {
    if (first === undefined || args.length > 1) return fail('cpu(n) takes a vCPU number');
    return { kind: 'cpu', vcpu: vcpuArgument(first) };
  }
  if (of.kind === 'name' && of.name === 'irq') {
    if (first === undefined || args.length > 2) return fail('irq(n) takes an INTID, and for a private one a vCPU');
    const intid = integer(first, scope);
    if (intid >= PRIVATE_IRQS + spis)
      return fail(`there is no INTID ${String(intid)}: this controller has 0 to ${String(PRIVATE_IRQS + spis - 1)}`);
    return { kind: 'irq', intid, vcpu: second === undefined ? scope.vcpu : vcpuArgument(second) };
  }
  if (of.kind === 'member') {
    const owner = evaluateNode(of.of, scope);
    if (owner.kind === 'cpu' && of.name === 'lr' && first !== undefined) {
      const lr = integer(first, scope);
      const { config, profile } = scope.controller;
      if (!profile.knows.queues) return fail('this controller has no list registers');
      const { lrs } = config;
      return lr < lrs
        ? { kind: 'listRegister', vcpu: owner.vcpu, lr }
        : fail(`there is no list register ${String(lr)}: 0 to ${String(lrs - 1)}`);
    }
    if (owner.kind === 'access' && of.name === 'touches' && first !== undefined) {
      const intid = integer(first, scope);
      return { kind: 'boolean', value: scope.access?.intids.includes(intid) === true, place: null };
    }
  }
  return fail('only irq(n), cpu(n), cpu(n).lr(i) and access.touches(n) can be called');
}

function integer(node: Node, scope: Scope): number {
  const value = evaluateNode(node, scope);
  if (value.kind !== 'number' || value.value < 0n || value.value > 0xffff_ffffn) {
    throw new ExpressionError('a number is needed here', node.start, node.end - node.start);
  }
  return Number(value.value);
}
