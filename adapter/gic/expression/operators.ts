import { ExpressionError } from './errors.ts';
import type { BinaryOperator, Node, UnaryOperator } from './syntax.ts';
import { numberValue, type Value } from './value.ts';

/*
 * Numbers are 64 bits wide and wrap. Beside one that has a width, a plain one counts as unsigned. Names compare
 * regardless of case. A bare word beside something that has names for its values is one of them.
 */

export function truth(value: Value, node: Node): boolean {
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'number') return value.value !== 0n;
  throw new ExpressionError('this is neither true nor false', node.start, node.end - node.start);
}

export function unary(operator: UnaryOperator, of: Value, node: Node): Value {
  if (operator === '!') return { kind: 'boolean', value: !truth(of, node), place: null };
  const value = numeric(of, node);
  const bits = bitsOf(of);
  return numberValue(operator === '-' ? -value : bits === 0 ? ~value : BigInt.asUintN(bits, ~value), bits);
}

export function binary(operator: BinaryOperator, left: Value, right: Value, node: Node): Value {
  if (operator === '==' || operator === '!=') {
    return { kind: 'boolean', value: equal(left, right, node) === (operator === '=='), place: null };
  }
  const bits = Math.max(bitsOf(left), bitsOf(right));
  const a = widened(coerce(left, right, node), bits);
  const b = widened(coerce(right, left, node), bits);
  switch (operator) {
    case '<':
      return truthOf(a < b);
    case '<=':
      return truthOf(a <= b);
    case '>':
      return truthOf(a > b);
    case '>=':
      return truthOf(a >= b);
    case '|':
      return numberValue(a | b, bits);
    case '^':
      return numberValue(a ^ b, bits);
    case '&':
      return numberValue(a & b, bits);
    case '<<':
      return numberValue(b < 0n || b >= 64n ? 0n : a << b, bits);
    case '>>':
      return numberValue(b < 0n || b >= 64n ? 0n : a >> b, bits);
    case '+':
      return numberValue(a + b, bits);
    case '-':
      return numberValue(a - b, bits);
    case '*':
      return numberValue(a * b, bits);
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionError('division by zero', node.start, node.end - node.start);
      return numberValue(operator === '/' ? a / b : a % b, bits);
    case '||':
    case '&&':
      return truthOf(
        operator === '||' ? truth(left, node) || truth(right, node) : truth(left, node) && truth(right, node),
      );
  }
}

function truthOf(value: boolean): Value {
  return { kind: 'boolean', value, place: null };
}

function equal(left: Value, right: Value, node: Node): boolean {
  if (isText(left, right) || isText(right, left)) return sameName(left, right, node);
  if (left.kind === 'boolean' || right.kind === 'boolean') return truth(left, node) === truth(right, node);
  const bits = Math.max(bitsOf(left), bitsOf(right));
  return widened(coerce(left, right, node), bits) === widened(coerce(right, left, node), bits);
}

/** True for a text that is no name of a value of what stands beside it. */
function isText(value: Value, beside: Value): boolean {
  return value.kind === 'string' && !(beside.kind === 'number' && beside.names !== null);
}

function bitsOf(value: Value): number {
  return value.kind === 'number' ? value.bits : 0;
}

function widened(value: bigint, bits: number): bigint {
  return bits === 0 ? value : BigInt.asUintN(64, value);
}

/** A text against a text, a bare word, or the name of a register: an array's name equals that of each of its registers. */
function sameName(left: Value, right: Value, node: Node): boolean {
  const nameOf = (value: Value): { name: string; array: boolean } => {
    if (value.kind === 'string') return { name: value.value, array: false };
    if (value.kind === 'word') return { name: value.word, array: false };
    if (value.kind === 'array') return { name: value.row.name, array: true };
    if (value.kind === 'number' && value.place?.kind === 'register')
      return { name: value.place.register.name, array: false };
    throw new ExpressionError('a text cannot be compared with this', node.start, node.end - node.start);
  };
  const a = nameOf(left);
  const b = nameOf(right);
  const canonical = (name: string): string => name.toUpperCase().replace(/_EL\d$/, '');
  const unindexed = (name: string): string => canonical(name).replace(/\d+$/, '');
  if (a.array || b.array) return unindexed(a.name) === unindexed(b.name);
  return canonical(a.name) === canonical(b.name);
}

/** A value as a number, where `beside` may know the names of its values. */
export function coerce(value: Value, beside: Value, node: Node): bigint {
  if (value.kind !== 'word' && value.kind !== 'string') return numeric(value, node);
  const word = value.kind === 'word' ? value.word : value.value;
  const names = beside.kind === 'number' ? (beside.names ?? []) : [];
  const found = names.find((one) => one.name.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return BigInt(found.value);
  const known =
    names.length === 0
      ? 'and there is nothing it could be a name for'
      : `one of ${names.map((one) => one.name).join(', ')} is needed`;
  throw new ExpressionError(`"${word}" is no value: ${known}`, node.start, node.end - node.start);
}

function numeric(value: Value, node: Node): bigint {
  if (value.kind === 'number') return value.value;
  if (value.kind === 'boolean') return value.value ? 1n : 0n;
  throw new ExpressionError('a number is needed here', node.start, node.end - node.start);
}
