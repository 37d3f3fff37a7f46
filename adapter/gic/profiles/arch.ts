import { LIST_REGISTERS_6_12 } from '../delivery/list-registers-6.12.ts';
import { DELIVERY_6_12 } from '../delivery/policy.ts';
import { explainPhysical } from '../explain/physical.ts';
import { ARCHITECTURE, QEMU_10, QEMU_7_2, type PhysicalPolicy } from '../physical/policy.ts';
import { resetPhysical } from '../physical/reset.ts';
import { GITS } from '../registers/gits.ts';
import { physicalFrames } from '../registers/physical.ts';
import type { Profile } from './profile.ts';

/** A physical controller: the tables of the architecture, answered as a policy says. */
function physical(name: string, policy: PhysicalPolicy): Profile {
  const { v2, v3 } = physicalFrames(policy);
  return {
    name,
    v2,
    v3: { ...v3, its: GITS },
    revision: 0,
    physical: { reset: resetPhysical, copiesSpis: policy.v2.spiStatePerCpu },
    policy,
    delivery: DELIVERY_6_12,
    // They are among the system registers of the CPU interfaces.
    sgiRegisters: {},
    listRegisters: LIST_REGISTERS_6_12,
    explain: explainPhysical,
    knows: { wires: true, queues: false, reset: true },
  };
}

/** The architecture, where it leaves a choice as GIC-400 and GIC-600 have it. */
export const ARCH: Profile = physical('arch', ARCHITECTURE);
/** QEMU's own controllers, of its version 7.2 and of 10. */
export const ARCH_QEMU_7_2: Profile = physical('qemu-7.2', QEMU_7_2);
export const ARCH_QEMU_10: Profile = physical('qemu-10', QEMU_10);
