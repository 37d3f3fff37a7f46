import { RequestError } from '../request-error.ts';

/** Decides by the number of a hit, counted from 1. */
export type HitCondition = (hit: number) => boolean;

const SYNTAX = /^\s*(>=|<=|===?|>|<|=|%)?\s*(\d{1,15})\s*$/;

/**
 * Reads a hit condition: `5` or `== 5` (the fifth hit), `>= 5`, `> 5`, `< 5`, `<= 5`, `% 3` (each third).
 * @throws RequestError for anything else
 */
export function parseHitCondition(text: string): HitCondition {
  const match = SYNTAX.exec(text);
  if (match === null)
    throw new RequestError(`"${text}" is not a hit condition: write 5, == 5, >= 5, > 5, < 5, <= 5 or % 3`);
  const [, operator = '=='] = match;
  const count = Number(match[2]);
  switch (operator) {
    case '>=':
      return (hit) => hit >= count;
    case '>':
      return (hit) => hit > count;
    case '<=':
      return (hit) => hit <= count;
    case '<':
      return (hit) => hit < count;
    case '%':
      if (count === 0) throw new RequestError('"% 0" is not a hit condition: no number is a multiple of 0');
      return (hit) => hit % count === 0;
    default:
      return (hit) => hit === count;
  }
}
