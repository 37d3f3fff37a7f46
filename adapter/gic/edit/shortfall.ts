import { PRIVATE_IRQS } from '../config.ts';
import { hexOf } from '../inspect/decode.ts';
import type { Scope } from '../expression/scope.ts';
import type { Place } from '../expression/value.ts';

/**
 * Why a place does not hold what was written, in a sentence.
 * @param wanted null where nothing can be read back and nothing happened
 */
export function shortfall(place: Place, wanted: bigint | null, after: bigint, scope: Scope): string {
  if (wanted === null) return 'Nothing changes by this write.';
  const intid = 'intid' in place ? place.intid : -1;
  switch (propertyOf(place)) {
    case 'priority': {
      const keeps = `A priority keeps its upper ${String(priorityBits(scope))} bits`;
      return place.kind === 'register'
        ? `${keeps}: ${hexOf(after)} is stored.`
        : `${keeps}: ${hexOf(wanted)} becomes ${hexOf(after)}.`;
    }
    case 'pending':
      if (intid >= 0 && after > wanted) return stillPending(intid, place, scope);
      break;
    case 'config':
      if (intid >= 0 && intid < PRIVATE_IRQS) return `The trigger of INTID ${String(intid)} is fixed: it is private.`;
      if (place.kind === 'part') return 'Of the two bits only the upper one counts: 0 is level, 2 is edge.';
      break;
    default:
  }
  const lost = wanted & ~after;
  const gained = after & ~wanted;
  const bits = [
    ...(lost === 0n ? [] : [`bits ${hexOf(lost)} are not kept`]),
    ...(gained === 0n ? [] : [`bits ${hexOf(gained)} stay set`]),
  ].join(', ');
  return `The controller stores ${hexOf(after)} for ${hexOf(wanted)}: ${bits}.`;
}

/** The vgic has five. */
function priorityBits({ controller }: Scope): number {
  return controller.physical === null ? 5 : controller.state.hardware.priorityBits;
}

function propertyOf(place: Place): string | null {
  if (place.kind === 'sgi') return null;
  return place.kind === 'irq' ? place.property : place.register.row.property;
}

function stillPending(intid: number, place: Place, scope: Scope): string {
  const { state } = scope;
  const slot = state.slot(intid, place.vcpu);
  return state.bit(state.at.lineLevel, slot)
    ? `INTID ${String(intid)} stays pending: it is level-triggered and its line is high.`
    : `INTID ${String(intid)} stays pending.`;
}
