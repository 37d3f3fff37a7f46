import { ExpressionError } from './errors.ts';

export interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'operator' | 'end';
  /** Operators and names as written; strings without quotes; numbers without underscores. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Longest expression: anything longer was not typed by a person. */
export const MAX_LENGTH = 4096;

const SPACE = /\s+/y;
const NUMBER = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /<<|>>|<=|>=|==|!=|&&|\|\||\|=|&=|\^=|\+=|-=|[-+*/%&|^~!<>=?:.,()[\]]/y;

/** @throws ExpressionError at the first character that starts no token */
export function tokenise(text: string): Token[] {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError(`an expression has at most ${String(MAX_LENGTH)} characters`, MAX_LENGTH);
  }
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const start = at;
    const number = match(NUMBER);
    const name = number === null ? match(NAME) : null;
    const operator = number === null && name === null ? match(OPERATOR) : null;
    if (number !== null) {
      at += number.length;
      const after = match(NAME);
      if (after !== null || /^0[xb]_*$/i.test(number)) {
        throw new ExpressionError(
          `"${text.slice(start, at + (after ?? '').length)}" is not a number`,
          start,
          at - start,
        );
      }
      tokens.push({ kind: 'number', text: number.replaceAll('_', ''), start, end: at });
    } else if (name !== null) {
      at += name.length;
      tokens.push({ kind: 'name', text: name, start, end: at });
    } else if (operator !== null) {
      at += operator.length;
      tokens.push({ kind: 'operator', text: operator, start, end: at });
    } else if (text[at] === '"' || text[at] === "'") {
      const close = text.indexOf(text[at] as string, at + 1);
      if (close < 0) throw new ExpressionError('this text has no closing quote', start, text.length - start);
      at = close + 1;
      tokens.push({ kind: 'string', text: text.slice(start + 1, close), start, end: at });
    } else {
      throw new ExpressionError(`"${String.fromCodePoint(text.codePointAt(at) ?? 0)}" means nothing here`, at);
    }
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}
