import { routeWith } from '../affinity.ts';
import { PRIVATE_IRQS } from '../config.ts';
import type { Controller } from '../controller.ts';
import { compile, evaluateFor, resolvePlace } from '../expression/evaluate.ts';
import { ExpressionError } from '../expression/errors.ts';
import { readPlace } from '../expression/resolve.ts';
import { scopeIn, type Scope } from '../expression/scope.ts';
import { placeKey, type Place, type Value } from '../expression/value.ts';
import { accessMeaning, hexOf } from '../inspect/decode.ts';
import { EditError } from './errors.ts';
import { planEdit, type EditPlan } from './plan.ts';
import { Rehearsal } from './rehearsal.ts';
import { shortfall } from './shortfall.ts';
import type { EditStep } from './step.ts';

/** One access of an edit, and what it says to a person. */
export interface DescribedStep extends EditStep {
  /** The register it hits; null for wires. */
  readonly register: string | null;
  readonly text: string;
}

export interface EditProblem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** An edit, tried on a second controller: what it would do, or why it is refused. Nothing has happened yet. */
export interface RehearsedEdit {
  /** False: refused; the errors among the problems say why. */
  readonly ok: boolean;
  readonly steps: readonly DescribedStep[];
  readonly verdict: 'applied' | 'narrowed' | 'ignored';
  /** The target's value now, and after the edit. */
  readonly before: bigint;
  readonly after: bigint;
  readonly problems: readonly EditProblem[];
  readonly effects: readonly string[];
  /** For the journal: "irq(33).priority = 0x10". */
  readonly text: string;
}

/** Turns what a user types into accesses, and tells beforehand what they do. */
export class Editor {
  readonly #controller: Controller;
  readonly #rehearsal: Rehearsal;

  constructor(controller: Controller) {
    this.#controller = controller;
    this.#rehearsal = new Rehearsal(controller);
  }

  /**
   * @param target an expression that names a register, field, interrupt's bits or property
   * @param value an expression, or an affinity such as `0.0.1.2` where a route is set
   * @throws ExpressionError where the target names nothing that could be set
   */
  rehearse(target: string, value: string, scope: Scope): RehearsedEdit {
    const { place, value: now } = resolvePlace(compile(target), scope);
    const before = readPlace(place, scope);
    try {
      const wanted = valueFor(value, place, now, scope);
      return this.#rehearse(place, planEdit(place, wanted, scope), before, scope);
    } catch (error) {
      if (!(error instanceof EditError) && !(error instanceof ExpressionError)) throw error;
      const problems = [{ severity: 'error' as const, message: sentence(error.message) }];
      return { ok: false, steps: [], verdict: 'ignored', before, after: before, problems, effects: [], text: target };
    }
  }

  #rehearse(place: Place, plan: EditPlan, before: bigint, scope: Scope): RehearsedEdit {
    const later = scopeIn(this.#rehearsal.run(plan.steps), scope);
    const after = readPlace(place, later);
    const effects = this.#rehearsal.effects();
    const problems: EditProblem[] = plan.remarks.map((message) => ({ severity: 'info', message }));
    let verdict: RehearsedEdit['verdict'] = 'applied';
    if (plan.wanted === null ? effects.length === 0 && after === before : after !== plan.wanted) {
      verdict = after === before ? 'ignored' : 'narrowed';
      problems.unshift({ severity: 'warning', message: shortfall(place, plan.wanted, after, later) });
    }
    const { cpus } = this.#controller.config;
    const shown = plan.wanted ?? plan.steps[0]?.value ?? 0n;
    const text = `${placeKey(place, cpus)} = ${hexOf(shown)}`;
    const steps = plan.steps.map((step) => this.#describe(step));
    return { ok: true, steps, verdict, before, after, problems, effects, text };
  }

  #describe(step: EditStep): DescribedStep {
    if (step.kind === 'line') {
      const owner = step.address < PRIVATE_IRQS ? ` of vCPU ${String(step.vcpu)}` : '';
      const text = `${step.value === 0n ? 'lower' : 'raise'} the line of INTID ${String(step.address)}${owner}`;
      return { ...step, register: null, text };
    }
    if (step.kind === 'sgi') {
      const register = 'ICC_SGI1R_EL1';
      return { ...step, register, text: `write ${hexOf(step.value)} to ${register} of vCPU ${String(step.vcpu)}` };
    }
    const located = this.#controller.frames.locate(step.address, step.length);
    const register = located?.register?.name ?? null;
    const meaning = located === null ? '' : accessMeaning(located, step.length, true, step.value);
    const what = step.length === 1 ? `byte ${hexOf(step.value)}` : hexOf(step.value);
    const text = `write ${what} to ${register ?? hexOf(step.address)}${meaning === '' ? '' : ` (${meaning})`}`;
    return { ...step, register, text };
  }
}

const AFFINITY = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\s*$/;

function valueFor(text: string, place: Place, now: Value, scope: Scope): bigint {
  const affinity = AFFINITY.exec(text);
  if (affinity === null || !isRoute(place)) return evaluateFor(compile(text), now, scope);
  const [aff3, aff2, aff1, aff0] = affinity.slice(1).map(Number) as [number, number, number, number];
  if (Math.max(aff3, aff2, aff1, aff0) > 255)
    throw new EditError(`${text.trim()} is no affinity: each part has 8 bits`);
  return routeWith((aff3 << 24) | (aff2 << 16) | (aff1 << 8) | aff0);
}

function isRoute(place: Place): boolean {
  if (place.kind === 'irq') return place.property === 'route';
  return (place.kind === 'register' || place.kind === 'part') && place.register.row.bitsPerIrq === 64;
}

/** Messages of the language are parts of sentences; here they stand alone. */
function sentence(message: string): string {
  const first = message.charAt(0);
  const capital = /^[a-z]\w* /.test(message) && !/^[a-z]+[A-Z]/.test(message) ? first.toUpperCase() : first;
  const end = /[.?!]$/.test(message) ? '' : '.';
  return `${capital}${message.slice(1)}${end}`;
}
