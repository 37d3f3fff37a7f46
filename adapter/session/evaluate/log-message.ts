import { RequestError } from '../request-error.ts';

/** A log point's message: text with expressions in braces. */
export interface LogMessage {
  /** The message at an entry. @throws RequestError where an expression in it cannot be evaluated */
  render(entry: number): string;
}

/** Evaluates the text of an expression at an entry. */
export type CompileText = (expression: string) => (entry: number) => string;

/**
 * Reads `INTID {access.intid} is {irq(33).pending}`; a backslash takes a brace literally.
 * @throws RequestError for a brace that is not closed, or an expression that does not parse
 */
export function parseLogMessage(message: string, compile: CompileText): LogMessage {
  const parts: ((entry: number) => string)[] = [];
  let literal = '';
  for (let i = 0; i < message.length; i++) {
    const character = message[i] as string;
    if (character === '\\' && (message[i + 1] === '{' || message[i + 1] === '}')) {
      literal += message[++i] as string;
    } else if (character === '{') {
      const end = message.indexOf('}', i);
      if (end < 0) throw new RequestError(`log message: "{" at column ${i + 1} is not closed`);
      const text = literal;
      if (text !== '') parts.push(() => text);
      literal = '';
      parts.push(compile(message.slice(i + 1, end)));
      i = end;
    } else literal += character;
  }
  const rest = literal;
  parts.push(() => rest);
  return { render: (entry) => parts.map((part) => part(entry)).join('') };
}
