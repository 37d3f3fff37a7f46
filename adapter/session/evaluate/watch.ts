import type { GicState } from '../../gic/state/state.ts';
import { hexOf } from '../../gic/inspect/decode.ts';
import { irqState } from '../../gic/inspect/irq-state.ts';
import { readPlace } from '../../gic/expression/resolve.ts';
import type { Scope } from '../../gic/expression/scope.ts';
import { placeKey, type Place } from '../../gic/expression/value.ts';
import { irqText } from '../variables/interrupts.ts';
import { unreadable } from '../views/register-values.ts';
import { RequestError } from '../request-error.ts';

/** A value that a data breakpoint watches. */
export interface Watch {
  /** The expression that means it, whichever vCPU it is evaluated for. */
  readonly text: string;
  /** The value now, comparable by `===`. */
  sample(): unknown;
  show(sample: unknown): string;
}

/** Watches a register, a field, or one property or share of an interrupt. @throws RequestError for what cannot be read */
export function watchPlace(place: Place, scope: Scope): Watch {
  const register = 'register' in place ? place.register : null;
  const why = place.kind === 'sgi' ? 'write-only' : register === null ? null : unreadable(register);
  const text = placeKey(place, scope.controller.config.cpus);
  if (why !== null) throw new RequestError(`${text} cannot be watched: ${why}`);
  if (place.kind === 'register' && place.register.bytes === 4) {
    const { registers, state } = scope;
    return { text, sample: () => registers.peek(place.register, place.vcpu, state) >>> 0, show: shown };
  }
  return { text, sample: () => readPlace(place, scope), show: shown };
}

function shown(sample: unknown): string {
  return hexOf(sample as number | bigint);
}

/** Watches all of an interrupt's state but its place in the queue. */
export function watchInterrupt(text: string, state: GicState, slot: number): Watch {
  // Told in words, which are compared as such: nothing that is shown can change unnoticed.
  return { text, sample: () => irqText(irqState(state, slot)), show: (sample) => sample as string };
}
