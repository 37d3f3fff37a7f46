import { Editor, type RehearsedEdit } from '../../gic/edit/editor.ts';
import { complete, type Completion } from '../../gic/expression/complete.ts';
import { demandedRegister } from '../../gic/expression/demands.ts';
import { ExpressionError } from '../../gic/expression/errors.ts';
import {
  compile,
  evaluate,
  holds,
  resolvePlace,
  splitAssignment,
  type Expression,
} from '../../gic/expression/evaluate.ts';
import type { AccessFacts, Scope } from '../../gic/expression/scope.ts';
import { formatValue, type Place } from '../../gic/expression/value.ts';
import type { EditModel, Guest } from '../../guest/guest.ts';
import type { Frame } from '../frames.ts';
import { bankOf } from '../frames.ts';
import { RequestError } from '../request-error.ts';
import { irqExpression } from '../variables/interrupts.ts';
import type { Node } from '../variables/node.ts';
import { valueNode } from './value-node.ts';
import { watchInterrupt, watchPlace, type Watch } from './watch.ts';

/** Something that holds at an entry or does not: the entry about to be executed is the `access` it speaks of. */
export interface Condition {
  readonly text: string;
  /** The register whose accesses alone it can hold at; null: it may hold at others. */
  readonly register: string | null;
  /**
   * @param access what is meant by the access instead of the entry
   * @throws RequestError where it cannot be evaluated
   */
  holds(entry: number, access?: AccessFacts): boolean;
}

/** The expression language, as the requests of a session need it: its errors are theirs. */
export class Language {
  readonly #guest: Guest;
  readonly #editor: Editor;
  /** Tries edits on the model of a guest that is elsewhere. */
  #foreteller: { readonly model: EditModel; readonly editor: Editor } | null = null;

  constructor(guest: Guest) {
    this.#guest = guest;
    this.#editor = new Editor(guest.controller);
  }

  /** What an expression evaluates to in a frame. @throws RequestError */
  evaluate(text: string, frame: Frame): Node {
    return asked(() => {
      const expression = compile(text);
      return valueNode(
        this.#guest,
        evaluate(expression, new EntryScope(this.#guest, frame.entry, bankOf(frame))),
        frame,
      );
    });
  }

  /** The two sides of an assignment; null for other expressions. @throws RequestError for what is neither */
  assignment(text: string): { target: string; value: string } | null {
    return asked(() => splitAssignment(compile(text)));
  }

  /**
   * An edit, tried but not made.
   * @throws RequestError where the target is nothing that could be edited; a value that does not fit is an answer
   */
  rehearse(target: string, value: string, vcpu: number): RehearsedEdit {
    return asked(() => {
      const scope = new EntryScope(this.#guest, this.#guest.position, vcpu);
      const model = this.#guest.model ?? null;
      if (model === null || !models(model, resolvePlace(compile(target), scope).place)) {
        return this.#editor.rehearse(target, value, scope);
      }
      if (this.#foreteller?.model !== model) this.#foreteller = { model, editor: new Editor(model.controller) };
      const { controller, registers } = model;
      const { state } = controller;
      return this.#foreteller.editor.rehearse(target, value, {
        controller,
        registers,
        state,
        vcpu,
        access: scope.access,
      });
    });
  }

  /**
   * A condition; it speaks of registers as the vCPU of the access sees them.
   * @throws RequestError where it does not parse, or names what does not exist
   */
  condition(text: string): Condition {
    const expression = this.#compileTried(text, (one, scope) => holds(one, scope));
    return {
      text,
      register: demandedRegister(expression),
      holds: (entry, access) => asked(() => holds(expression, new EntryScope(this.#guest, entry, null, access))),
    };
  }

  /** Part of a log message. @throws RequestError */
  text(text: string): (entry: number) => string {
    const expression = this.#compileTried(text, evaluate);
    return (entry) =>
      asked(() => {
        const value = evaluate(expression, new EntryScope(this.#guest, entry));
        return value.kind === 'string' ? value.value : formatValue(value);
      });
  }

  /** A value for a data breakpoint. @throws RequestError where the expression has no place in the controller */
  watch(text: string, vcpu: number): Watch {
    return asked(() => {
      const expression = compile(text);
      const scope = new EntryScope(this.#guest, this.#guest.position, vcpu);
      const value = evaluate(expression, scope);
      if (value.kind !== 'irq') return watchPlace(resolvePlace(expression, scope).place, scope);
      const { state } = this.#guest.controller;
      const slot = state.slot(value.intid, value.vcpu);
      return watchInterrupt(irqExpression(this.#guest, value.intid, state.owner(slot)), state, slot);
    });
  }

  /** What could stand at the end of `text`, and where it would begin. */
  complete(text: string, frame: Frame): { readonly start: number; readonly items: readonly Completion[] } {
    return complete(text, new EntryScope(this.#guest, frame.entry, bankOf(frame)));
  }

  /** Compiles, and evaluates once, so that a wrong name is told where it was typed and not where it is first needed. */
  #compileTried(text: string, trial: (expression: Expression, scope: Scope) => unknown): Expression {
    return asked(() => {
      const expression = compile(text);
      trial(expression, new EntryScope(this.#guest, this.#guest.position));
      return expression;
    });
  }
}

/** The controller as it is, and an entry, decoded where something asks for it. */
class EntryScope implements Scope {
  readonly #guest: Guest;
  readonly #entry: number;
  readonly #vcpu: number | null;
  readonly #access: AccessFacts | null;

  /**
   * @param vcpu whose registers are meant; those of the accessing vCPU where absent
   * @param access in place of the entry
   */
  constructor(guest: Guest, entry: number, vcpu: number | null = null, access: AccessFacts | null = null) {
    this.#guest = guest;
    this.#entry = entry;
    this.#vcpu = vcpu;
    this.#access = access;
  }

  get controller(): Scope['controller'] {
    return this.#guest.controller;
  }

  get registers(): Scope['registers'] {
    return this.#guest.registers;
  }

  get state(): Scope['state'] {
    return this.#guest.controller.state;
  }

  get vcpu(): number {
    return this.#vcpu ?? this.access?.vcpu ?? 0;
  }

  get access(): AccessFacts | null {
    if (this.#access !== null) return this.#access;
    return this.#entry < this.#guest.total ? this.#guest.operation(this.#entry) : null;
  }
}

/** Whether a model has what is to be edited: of registers that it leaves out it foretells nothing. */
function models(model: EditModel, place: Place): boolean {
  return place.kind === 'irq' || place.kind === 'sgi' || model.has(place.register.name);
}

function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const where = error.position > 0 ? ` (column ${error.position + 1})` : '';
    throw new RequestError(`${error.message}${where}`);
  }
}
