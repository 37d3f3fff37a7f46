import { LIST_REGISTERS_6_12 } from '../delivery/list-registers-6.12.ts';
import { DELIVERY_6_12 } from '../delivery/policy.ts';
import { RAO_WI, RAZ_WI } from '../mmio/handlers/common.ts';
import { GICC_APR } from '../mmio/handlers/cpu-interface.ts';
import { GICD_IIDR, GICD_TYPER2, GICR_CTLR } from '../mmio/handlers/identification.ts';
import { ITARGETSR_MASKED } from '../mmio/handlers/irq-bytes.ts';
import { IGROUPR, IGROUPR_V2 } from '../mmio/handlers/irq-groups.ts';
import {
  ICFGR_LATCHED,
  ICPENDR_V2,
  ICPENDR_V3,
  ISACTIVER_V2,
  ISPENDR_V2,
  ISPENDR_V3,
} from '../mmio/handlers/irq-latch.ts';
import { GICR_PENDBASER_52, GICR_PROPBASER_52 } from '../mmio/handlers/redistributor.ts';
import { pendbaserFields, propbaserFields } from '../registers/gicr.ts';
import { field, W32, W64 } from '../registers/row.ts';
import { variant, type RowChange } from '../registers/variant.ts';
import { KVM_4_10 } from './kvm-4.10.ts';
import type { Profile } from './profile.ts';

const { v2, v3 } = KVM_4_10;

const IIDR: RowChange = {
  handlers: GICD_IIDR,
  doc: 'Who made the distributor, which product and revision. User space selects the revision.',
};
const PENDING_SGIS = 'but not SGIs: GICD_SPENDSGIR and GICD_CPENDSGIR have those.';
const NO_ERRORS = 'Access errors. Reads the same always, as errors are not recorded.';
const UNUSED: RowChange = { handlers: RAZ_WI, access: 'raz/wi' };
const NO_LPIS = 'Re-reads the configuration of LPIs, of which there are none without an ITS.';

/** Per-interrupt rows of GICv3, in the distributor and in the redistributors' SGI frames alike. */
function affinityRouted(prefix: 'GICD' | 'GICR'): Record<string, RowChange> {
  return {
    [`${prefix}_IGROUPR`]: { handlers: IGROUPR, access: 'rw' },
    [`${prefix}_ISPENDR`]: { handlers: ISPENDR_V3 },
    [`${prefix}_ICPENDR`]: { handlers: ICPENDR_V3 },
    [`${prefix}_ICFGR`]: { handlers: ICFGR_LATCHED },
  };
}

/**
 * The vgic of Linux 6.12, told by what differs from that of 4.10: groups, a pending latch beside the wire, a revision
 * that user space selects, and list registers that keep pending and active apart for level interrupts.
 */
export const KVM_6_12: Profile = {
  name: 'kvm-6.12',
  v2: {
    distributor: variant(v2.distributor, {
      GICD_IIDR: IIDR,
      GICD_IGROUPR: { handlers: IGROUPR_V2, access: 'rw' },
      GICD_ISPENDR: {
        handlers: ISPENDR_V2,
        sgisByUser: true,
        doc: `Writing 1 makes the interrupt pending; ${PENDING_SGIS}`,
      },
      GICD_ICPENDR: {
        handlers: ICPENDR_V2,
        sgisByUser: true,
        doc: `Writing 1 clears pending, unless the wire of a level interrupt is still high; ${PENDING_SGIS}`,
      },
      GICD_ISACTIVER: { handlers: ISACTIVER_V2 },
      GICD_ICFGR: { handlers: ICFGR_LATCHED },
      GICD_ITARGETSR: {
        handlers: ITARGETSR_MASKED,
        doc: 'CPU interfaces each SPI may go to, a bit map each, of those that exist. KVM uses the lowest set bit, and vCPU 0 for none.',
      },
    }),
    cpuInterface: variant(v2.cpuInterface, {
      GICC_APR: { handlers: GICC_APR, access: 'rw', doc: 'Active priorities of both groups, in the first register.' },
    }),
  },
  v3: {
    distributor: variant(v3.distributor, {
      ...affinityRouted('GICD'),
      GICD_IIDR: IIDR,
      GICD_TYPER2: { handlers: GICD_TYPER2 },
      GICD_STATUSR: { handlers: RAO_WI, access: 'rao/wi', doc: NO_ERRORS },
    }),
    redistributor: variant(v3.redistributor, {
      GICR_CTLR: {
        handlers: GICR_CTLR,
        access: 'ro',
        doc: 'LPI enable and state of the redistributor. Revision 3 tells IR and CES.',
        fields: [
          field('UWP', 31, 'ro', 'Upstream write pending.'),
          field('RWP', 3, 'ro', 'A write is still taking effect.'),
          field('IR', 2, 'ro', 'LPIs can be invalidated by register.'),
          field('CES', 1, 'ro', 'EnableLPIs can be cleared.'),
          field('EnableLPIs', 0, 'ro', 'LPIs are enabled.'),
        ],
      },
      GICR_STATUSR: { ...UNUSED, doc: NO_ERRORS },
      GICR_WAKER: { ...UNUSED, doc: 'Power state of the redistributor: always awake.' },
      GICR_PROPBASER: { handlers: GICR_PROPBASER_52, fields: propbaserFields(51) },
      GICR_PENDBASER: { handlers: GICR_PENDBASER_52, fields: pendbaserFields(51, 'wo') },
      GICR_INVLPIR: { ...UNUSED, widths: W32 | W64, doc: NO_LPIS },
      GICR_INVALLR: { ...UNUSED, widths: W32 | W64, doc: NO_LPIS },
      GICR_SYNCR: { ...UNUSED, doc: 'Whether an invalidation is under way: never.' },
    }),
    sgiFrame: variant(v3.sgiFrame, affinityRouted('GICR')),
    its: v3.its,
  },
  revision: 3,
  delivery: DELIVERY_6_12,
  sgiRegisters: { ICC_SGI1R: 'either', ICC_SGI0R: 'group 0', ICC_ASGI1R: 'group 0' },
  listRegisters: LIST_REGISTERS_6_12,
  explain: KVM_4_10.explain,
  knows: KVM_4_10.knows,
};
