import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AccessFacts } from '../../gic/expression/scope.ts';
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
  {
    filter: 'divergence',
    label: 'Target and model differ',
    description:
      'For targets behind a GDB stub: stops where a register is not what the model says. ' +
      'The target then runs from access to access, and is slower.',
    conditionDescription: `${CONDITION}: the access that parted them; register and INTIDs are those that differ`,
  },
].map((filter) => ({ default: false, supportsCondition: true, conditionDescription: CONDITION, ...filter }));

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  mismatch: Outcome.Mismatch,
  hole: Outcome.Hole,
  spurious: Outcome.Spurious,
};

/** Of two controllers that differ: no entry shows it. */
const DIVERGENCE = 'divergence';

/** A filter that is switched on. */
export interface ExceptionFilter {
  readonly id: number;
  readonly filter: string;
  readonly gate: Gate;
}

export function isFilter(name: string): boolean {
  return name === DIVERGENCE || Object.hasOwn(OUTCOMES, name);
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
    this.#mask = filters.reduce((mask, { filter }) => {
      const outcome = OUTCOMES[filter];
      return outcome === undefined ? mask : mask | (1 << outcome);
    }, 0);
  }

  get mask(): number {
    return this.#mask;
  }

  get divergence(): boolean {
    return this.#filters.some(({ filter }) => filter === DIVERGENCE);
  }

  arrive(entry: number, outcome: Outcome): Stop | null {
    return this.#stopAt(
      ({ filter }) => OUTCOMES[filter] === outcome,
      (gate) => gate.stopsAt(entry),
      () => this.#describe(entry),
    );
  }

  differ(position: number, access: AccessFacts, text: string): Stop | null {
    return this.#stopAt(
      ({ filter }) => filter === DIVERGENCE,
      (gate) => gate.stopsAt(position, access),
      () => text,
    );
  }

  #stopAt(
    isMeant: (one: ExceptionFilter) => boolean,
    stops: (gate: Gate) => boolean,
    describe: () => string | null,
  ): Stop | null {
    for (const one of this.#filters) {
      if (!isMeant(one)) continue;
      let trouble: string | null = null;
      try {
        if (!stops(one.gate)) continue;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        trouble = `condition of “${filterLabel(one.filter)}”: ${error.message}`;
        if (!this.#complained.has(one)) this.#speak(trouble, 'stderr', 0);
        this.#complained.add(one);
      }
      const text = trouble ?? describe();
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
