import { DELIVERY_6_12 } from '../delivery/policy.ts';
import { KVM_4_10 } from './kvm-4.10.ts';
import type { Profile } from './profile.ts';

/** The vgic of Linux 6.12: groups, list registers that keep edges and levels apart, revisions. */
export const KVM_6_12: Profile = {
  ...KVM_4_10,
  name: 'kvm-6.12',
  revision: 3,
  delivery: DELIVERY_6_12,
};
