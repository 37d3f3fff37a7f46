import { RAM_BASE } from '../board/virt.ts';
import { virtFdt } from '../board/virt-fdt.ts';
import type { Machine } from '../machine/machine.ts';
import { planLoad } from './load-program.ts';
import type { LoadPlan } from './plan.ts';

export interface BootOptions {
  /** Where a raw binary goes; null: where its kind goes. */
  readonly address: number | null;
  /** The kernel's command line; null: none. */
  readonly bootargs: string | null;
}

/**
 * Puts a program and the machine's device tree into memory, and vCPU 0 at its entry.
 * @throws LoadError for what cannot be loaded
 */
export function boot(machine: Machine, program: Uint8Array, options: BootOptions): LoadPlan {
  const { gic, vcpus, memory } = machine.config;
  const tree = virtFdt({ gic, vcpus, memory, bootargs: options.bootargs });
  const plan = planLoad(program, { memory, address: options.address, deviceTreeSize: tree.length });
  for (const { address, bytes, size } of plan.pieces) {
    if (address < RAM_BASE) machine.loadFlash(address, bytes);
    else {
      const target = machine.core.physical(address, size);
      target?.set(bytes);
      target?.fill(0, bytes.length);
    }
  }
  if (plan.deviceTree !== null) machine.core.physical(plan.deviceTree, tree.length)?.set(tree);
  machine.core.setPc(0, BigInt(plan.entry));
  if (plan.linux && plan.deviceTree !== null) machine.core.setX(0, 0, BigInt(plan.deviceTree));
  return plan;
}
