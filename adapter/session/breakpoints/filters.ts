import type { DebugProtocol } from '@vscode/debugprotocol';
import { Outcome } from '../../guest/guest.ts';
import { RequestError } from '../request-error.ts';
import type { Stop } from '../run/stop.ts';
import type { FilterTraps } from '../run/traps.ts';
import type { Gate } from './gate.ts';
import type { Speak } from './line-breakpoints.ts';

const CONDITION = 'An expression, such as access.register == "GICD_CTLR" or access.intid == 33';

/** What an access can be stopped for: the filters a client offers as checkboxes. */
export const FILTERS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'mismatch',
    label: 'The controller disagrees with the recording',
    description: 'Stops before an access whose recorded answer is not the one the model gives.',
  },
  {
    filter: 'hole',
    label: 'Access to a hole or with a bad width',
    description: 'Stops before an access that reaches no register: it reads zero, and writes are dropped.',
  },
  {
    filter: 'spurious',
    label: 'Spurious acknowledge',
    description: 'Stops before an acknowledge that answers a special INTID: nothing was pending.',
  },
].map((filter) => ({ ...filter, default: false, supportsCondition: true, conditionDescription: CONDITION }));

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  mismatch: Outcome.Mismatch,
  hole: Outcome.Hole,
  spurious: Outcome.Spurious,
};

/** A filter that is switched on. */
export interface ExceptionFilter {
  readonly id: number;
  readonly filter: string;
  readonly gate: Gate;
}

export function isFilter(name: string): boolean {
  return Object.hasOwn(OUTCOMES, name);
}

export function filterLabel(name: string): string {
  return FILTERS.find(({ filter }) => filter === name)?.label ?? name;
}

/** The filters that are on. */
export class ExceptionFilters implements FilterTraps {
  readonly #speak: Speak;
  /** What to say of an entry: its remark. */
  readonly #describe: (entry: number) => string | null;
  #filters: readonly ExceptionFilter[] = [];
  #mask = 0;
  readonly #complained = new Set<ExceptionFilter>();

  constructor(speak: Speak, describe: (entry: number) => string | null) {
    this.#speak = speak;
    this.#describe = describe;
  }

  /** Replaces all of them. */
  set(filters: readonly ExceptionFilter[]): void {
    this.#filters = filters;
    this.#complained.clear();
    this.#mask = filters.reduce((mask, { filter }) => mask | (1 << (OUTCOMES[filter] as Outcome)), 0);
  }

  get mask(): number {
    return this.#mask;
  }

  arrive(entry: number, outcome: Outcome): Stop | null {
    for (const one of this.#filters) {
      if (OUTCOMES[one.filter] !== outcome) continue;
      let trouble: string | null = null;
      try {
        if (!one.gate.stopsAt(entry)) continue;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        trouble = `condition of “${filterLabel(one.filter)}”: ${error.message}`;
        if (!this.#complained.has(one)) this.#speak(trouble, 'stderr', 0);
        this.#complained.add(one);
      }
      const text = trouble ?? this.#describe(entry);
      return {
        reason: 'exception',
        description: filterLabel(one.filter),
        filter: one.filter,
        breakpoints: [one.id],
        ...(text === null ? {} : { text }),
      };
    }
    return null;
  }
}
