import type { RegisterInfo } from '../../adapter/protocol.ts';
import { partExpression, registerExpression } from './expression.ts';
import { keepsPart, matchesRegister, parseFilter } from './filter.ts';
import { banksOf, partsIn, type Family } from './nodes.ts';
import { intidsOf, type Part } from './parts.ts';

/** Something the search found. */
export interface Candidate {
  readonly expression: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** Finds registers, fields and interrupts' bits by name, INTID or address: registers first. */
export function search(families: readonly Family[], text: string, limit: number): Candidate[] {
  const filter = parseFilter(text);
  const registers: Candidate[] = [];
  const parts: Candidate[] = [];
  for (const family of families) {
    for (const register of family.registers) {
      if (registers.length >= limit) break;
      const matches = !filter || matchesRegister(filter, family, register);
      if (matches) registers.push(registerCandidate(family, register));
      if (!filter || parts.length >= limit) continue;
      // Pieces are listed where the words name them, not where they name the register alone.
      const named = filter.terms.some((term) => term.kind === 'number') || !matches;
      if (named) parts.push(...partCandidates(family, register, (part) => keepsPart(filter, family, register, part)));
    }
  }
  return [...registers, ...parts].slice(0, limit);
}

function registerCandidate(family: Family, register: RegisterInfo): Candidate {
  const range = intidsOf(register);
  const intids = !range
    ? ''
    : ` · INTID ${range.first === range.last ? String(range.first) : `${range.first} to ${range.last}`}`;
  return {
    expression: registerExpression(family, register),
    label: register.name,
    description: `${family.title} +0x${register.offset.toString(16)}${intids}`,
    detail: register.doc,
  };
}

function partCandidates(family: Family, register: RegisterInfo, wanted: (part: Part) => boolean): Candidate[] {
  // A piece of a banked register is found once, at the first vCPU: from there the others are a step away.
  const [bank] = banksOf(family, register);
  if (!bank) return [];
  return partsIn(family, register)
    .filter(wanted)
    .map((part) => ({
      expression: partExpression(family, register, bank, part),
      label: part.intid === undefined ? `${register.name}.${part.field.name}` : `INTID ${part.intid}`,
      description: `${register.name} bits ${part.field.msb}:${part.field.lsb}`,
      detail: part.field.doc === '' ? register.doc : part.field.doc,
    }));
}
