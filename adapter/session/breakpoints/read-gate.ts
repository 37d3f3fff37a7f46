import type { Arguments } from '../arguments.ts';
import type { Language } from '../evaluate/language.ts';
import { Gate } from './gate.ts';
import { parseHitCondition } from './hit-condition.ts';

/** The conditions of any kind of breakpoint. @throws RequestError where they do not parse */
export function readGate(language: Language, args: Arguments): Gate {
  const condition = args.optionalString('condition')?.trim() ?? '';
  const hits = args.optionalString('hitCondition')?.trim() ?? '';
  return new Gate(
    condition === '' ? null : language.condition(condition),
    hits === '' ? null : parseHitCondition(hits),
  );
}
