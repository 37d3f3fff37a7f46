import { ARCH, ARCH_QEMU_10, ARCH_QEMU_7_2 } from './arch.ts';
import { KVM_4_10 } from './kvm-4.10.ts';
import { KVM_6_12 } from './kvm-6.12.ts';
import type { Profile } from './profile.ts';

export const PROFILES: readonly Profile[] = [KVM_4_10, KVM_6_12, ARCH, ARCH_QEMU_7_2, ARCH_QEMU_10];

/** Those whose tables differ: the variants of `arch` have its rows, with a few other answers. */
export const DOCUMENTED_PROFILES: readonly Profile[] = [KVM_4_10, KVM_6_12, ARCH];

/** What simulated guests run on unless told otherwise. */
export const DEFAULT_PROFILE: Profile = KVM_6_12;

/** The profile of a name, or null: say then which there are. */
export function profileNamed(name: string): Profile | null {
  return PROFILES.find((profile) => profile.name === name) ?? null;
}
