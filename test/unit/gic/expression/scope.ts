import type { Controller } from '../../../../adapter/gic/controller.ts';
import type { AccessFacts, Scope } from '../../../../adapter/gic/expression/scope.ts';
import { RegisterMap } from '../../../../adapter/gic/inspect/register-map.ts';

export const ACCESS: AccessFacts = {
  op: 'write',
  origin: 'guest',
  vcpu: 1,
  address: 0x08000104,
  length: 4,
  value: 6n,
  register: 'GICD_ISENABLER1',
  frame: 'GICD',
  intids: [33, 34],
  note: 'enable',
  line: 12,
};

/** A scope over a controller as it is. */
export function scopeOf(controller: Controller, vcpu = 0, access: AccessFacts | null = ACCESS): Scope {
  return { controller, registers: new RegisterMap(controller), state: controller.state, vcpu, access };
}
