import { PRIVATE_IRQS } from '../../gic/config.ts';
import type { Controller } from '../../gic/controller.ts';
import type { RegisterMap } from '../../gic/inspect/register-map.ts';
import type { FrameAccess, FrameRead } from './frame-access.ts';
import type { Shadow } from './shadow.ts';

/** Bits of a priority that every controller has. */
const PROBE = 0xf0n;

/**
 * Whether a stub drops writes of registers although it answers OK, as QEMU before 10 does at virtual addresses: seen by the
 * priority of an SPI that is not used, which is changed and put back.
 * @returns null where no SPI is free to try
 */
export async function dropsWrites(
  controller: Controller,
  registers: RegisterMap,
  shadow: Shadow,
  access: FrameAccess,
): Promise<boolean | null> {
  await shadow.bring(shadow.ofInterrupts());
  const { state } = controller;
  for (let intid = PRIVATE_IRQS + controller.config.spis - 1; intid >= PRIVATE_IRQS; intid--) {
    const slot = state.slot(intid, 0);
    if ([state.at.enabled, state.at.pending, state.at.active].some((plane) => state.bit(plane, slot))) continue;
    const register = registers.find(`GICD_IPRIORITYR${Math.trunc(intid / 4)}`, 0);
    if (register === null || shadow.unknown(register, 0) !== null) return null;
    const place: FrameRead = { vcpu: 0, isBanked: false, address: register.address + (intid % 4), width: 1 };
    const before = BigInt(state.byte(state.at.priority, slot));
    try {
      await access.write(place, before ^ PROBE);
      shadow.forgetSome([{ register, vcpu: 0 }]);
      await shadow.bring([{ register, vcpu: 0 }]);
      return BigInt(state.byte(state.at.priority, slot)) === before;
    } finally {
      // Whatever came of it: the priority is what it was.
      await access.write(place, before);
      shadow.forgetSome([{ register, vcpu: 0 }]);
    }
  }
  return null;
}
