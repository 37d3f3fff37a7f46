import { ExpressionError } from './errors.ts';
import { tokenise, type Token } from './lexer.ts';
import type { AssignmentOperator, BinaryOperator, Node, UnaryOperator } from './syntax.ts';

/** Deepest nesting: keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 64;

/** Weakest first; all group from the left. Comparison binds weaker than bit operations, unlike in C. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ASSIGNMENTS = new Set(['=', '|=', '&=', '^=', '+=', '-=']);

/** Parses an expression, or an assignment to a register, field, bit or property. @throws ExpressionError */
export function parse(text: string): Node {
  return new Parser(text).all();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenise(text);
  }

  all(): Node {
    if (this.#now().kind === 'end') throw new ExpressionError('an expression is missing', 0, 0);
    const left = this.#conditional();
    let node = left;
    if (this.#now().kind === 'operator' && ASSIGNMENTS.has(this.#now().text)) {
      const operator = this.#take().text as AssignmentOperator;
      const value = this.#conditional();
      node = { kind: 'assign', operator, target: left, value, start: left.start, end: value.end };
    }
    if (this.#now().kind !== 'end') this.#unexpected();
    return node;
  }

  #now(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#now();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #is(operator: string): boolean {
    return this.#now().kind === 'operator' && this.#now().text === operator;
  }

  #expect(operator: string): Token {
    if (!this.#is(operator)) this.#unexpected(`"${operator}" is missing`);
    return this.#take();
  }

  #unexpected(wanted?: string): never {
    const { kind, text, start, end } = this.#now();
    const found = kind === 'end' ? 'the expression ends too early' : `"${text}" is not expected here`;
    throw new ExpressionError(wanted === undefined ? found : `${found}: ${wanted}`, start, Math.max(1, end - start));
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new ExpressionError(`nested deeper than ${String(MAX_DEPTH)} levels`, this.#now().start);
    }
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  #conditional(): Node {
    return this.#nested(() => {
      const test = this.#binary(0);
      if (!this.#is('?')) return test;
      this.#take();
      const yes = this.#conditional();
      this.#expect(':');
      const no = this.#conditional();
      return { kind: 'conditional', test, yes, no, start: test.start, end: no.end };
    });
  }

  #binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#now().kind === 'operator' && operators.includes(this.#now().text)) {
      const operator = this.#take().text as BinaryOperator;
      const right = this.#binary(level + 1);
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #unary(): Node {
    const { start } = this.#now();
    if (!this.#is('!') && !this.#is('~') && !this.#is('-')) return this.#postfix();
    const operator = this.#take().text as UnaryOperator;
    const of = this.#nested(() => this.#unary());
    return { kind: 'unary', operator, of, start, end: of.end };
  }

  #postfix(): Node {
    let node = this.#primary();
    // A chain is a loop here, but a path to walk later: it counts as nesting.
    for (let links = 0; ; links++) {
      if (links > MAX_DEPTH) throw new ExpressionError('too many parts in one name', this.#now().start);
      if (this.#is('.')) {
        this.#take();
        if (this.#now().kind !== 'name') this.#unexpected('a name is missing');
        const name = this.#take();
        node = { kind: 'member', of: node, name: name.text, start: node.start, end: name.end };
      } else if (this.#is('[')) {
        this.#take();
        const index = this.#conditional();
        node = { kind: 'index', of: node, index, start: node.start, end: this.#expect(']').end };
      } else if (this.#is('(')) {
        this.#take();
        const args: Node[] = [];
        while (!this.#is(')')) {
          args.push(this.#conditional());
          if (!this.#is(')')) this.#expect(',');
        }
        node = { kind: 'call', of: node, args, start: node.start, end: this.#take().end };
      } else return node;
    }
  }

  #primary(): Node {
    const { kind, text, start, end } = this.#now();
    if (kind === 'number') {
      this.#take();
      const value = BigInt(text);
      if (value >= 1n << 64n) throw new ExpressionError(`${text} does not fit in 64 bits`, start, end - start);
      return { kind: 'number', value, start, end };
    }
    if (kind === 'string') {
      this.#take();
      return { kind: 'string', value: text, start, end };
    }
    if (kind === 'name') {
      this.#take();
      if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true', start, end };
      return { kind: 'name', name: text, start, end };
    }
    if (this.#is('(')) {
      this.#take();
      const node = this.#conditional();
      return { ...node, start, end: this.#expect(')').end };
    }
    return this.#unexpected('a value is missing');
  }
}
