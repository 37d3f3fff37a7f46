import { PRIVATE_IRQS } from '../../../gic/config.ts';
import type { Controller } from '../../../gic/controller.ts';
import type { Device } from '../../../gic/mmio/dispatcher.ts';

/** Wires that may have changed between the load and an acknowledge: a few. */
const MOST_WIRES = 8;

/**
 * Before an acknowledge of a GICv2: what the target took was pending there, and a more urgent interrupt that it passed
 * over was not, if it is level-sensitive. Their wires must have changed since the model was loaded.
 * @param taken the INTID that the target answered
 */
export function agree(controller: Controller, frame: Device, cpu: number, offset: number, taken: number): void {
  const { state } = controller;
  const { at } = state;
  if (taken < PRIVATE_IRQS + controller.config.spis && !state.bit(at.pending, state.slot(taken, cpu))) {
    // An edge that has come and is still high is a rise, too.
    controller.line(taken, cpu, false);
    controller.line(taken, cpu, true);
  }
  for (let n = 0; n < MOST_WIRES; n++) {
    const intid = frame.regions.read(state, cpu, offset, 4) & 0x3ff;
    if (intid === taken || intid >= PRIVATE_IRQS + controller.config.spis) return;
    const slot = state.slot(intid, cpu);
    if (state.bit(at.edge, slot) || state.bit(at.soft, slot)) return;
    controller.line(intid, cpu, false);
  }
}
