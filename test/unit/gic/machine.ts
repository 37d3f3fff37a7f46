import type { GicConfig } from '../../../adapter/gic/config.ts';
import { Controller } from '../../../adapter/gic/controller.ts';
import type { VcpuControl } from '../../../adapter/gic/delivery/delivery.ts';
import { KVM_4_10 } from '../../../adapter/gic/profiles/kvm-4.10.ts';
import { KVM_6_12 } from '../../../adapter/gic/profiles/kvm-6.12.ts';
import type { Profile } from '../../../adapter/gic/profiles/profile.ts';

export const GICD = 0x08000000;
export const GICC = 0x08010000;
export const GICR = 0x080a0000;

/** A controller at QEMU virt's addresses. */
export function machine(
  overrides: Partial<GicConfig> = {},
  control: VcpuControl | null = null,
  profile: Profile = KVM_4_10,
): Controller {
  const bases = { dist: GICD, cpuif: GICC, redist: GICR };
  return new Controller({ gic: 'v2', cpus: 2, spis: 64, lrs: 4, bases, ...overrides }, profile, control);
}

/** The same as Linux 6.12 has it. */
export function machine612(overrides: Partial<GicConfig> = {}, control: VcpuControl | null = null): Controller {
  return machine(overrides, control, KVM_6_12);
}

/** A 32-bit value as Arm writes it: unsigned. */
export function read32(controller: Controller, address: number, vcpu = 0): number {
  return controller.read(vcpu, address, 4) >>> 0;
}
