import type { GicConfig, Hardware } from '../../../gic/config.ts';
import { affinityOf, VIRT_MAP, VIRT_SPIS } from '../board/virt.ts';
import type { MachineConfig } from '../machine/machine.ts';
import type { GuestGic } from './guest-gic.ts';
import { KvmGic } from './kvm-gic.ts';
import { WiredGic } from './wired-gic.ts';

/**
 * The controller of a machine, as its profile has it: a vgic behind list registers, or a physical one.
 * @throws GicConfigError, FrameMapError for a machine that cannot be
 */
export function createGuestGic(machine: MachineConfig): GuestGic {
  const { profile } = machine;
  const config: GicConfig = {
    gic: machine.gic,
    cpus: machine.vcpus,
    spis: VIRT_SPIS,
    lrs: machine.lrs,
    bases: {
      dist: VIRT_MAP.distributor.base,
      cpuif: VIRT_MAP.cpuInterface.base,
      redist: VIRT_MAP.redistributors.base,
    },
  };
  if (profile.policy === undefined) return new KvmGic(config, profile);
  return new WiredGic({ ...config, hardware: hardwareOf(machine) }, profile);
}

/** As QEMU's virt machine has it without EL3; there is no ITS, and so there are no LPIs, and the cores have no EL2. */
function hardwareOf({ gic, vcpus }: MachineConfig): Hardware {
  return {
    securityStates: 1,
    priorityBits: gic === 'v2' ? 8 : 5,
    affinities: Array.from({ length: vcpus }, (_, vcpu) => affinityOf(vcpu)),
    lpis: false,
    virtualization: false,
  };
}
