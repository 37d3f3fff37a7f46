import { DELIVERY_4_10 } from '../delivery/policy.ts';
import { LIST_REGISTERS_4_10 } from '../delivery/list-registers.ts';
import { explainVgic } from '../explain/vgic.ts';
import { GICC_V2 } from '../registers/gicc.ts';
import { GICD_V2 } from '../registers/gicd-v2.ts';
import { GICD_V3 } from '../registers/gicd-v3.ts';
import { GICR_RD, GICR_SGI } from '../registers/gicr.ts';
import { GITS } from '../registers/gits.ts';
import type { Profile } from './profile.ts';

/** The vgic of Linux 4.10: no groups, five priority bits, targets unmasked. */
export const KVM_4_10: Profile = {
  name: 'kvm-4.10',
  v2: { distributor: GICD_V2, cpuInterface: GICC_V2 },
  v3: { distributor: GICD_V3, redistributor: GICR_RD, sgiFrame: GICR_SGI, its: GITS },
  revision: 0,
  delivery: DELIVERY_4_10,
  sgiRegisters: { ICC_SGI1R: 'either' },
  listRegisters: LIST_REGISTERS_4_10,
  explain: explainVgic,
  knows: { wires: true, queues: true, reset: true },
};
