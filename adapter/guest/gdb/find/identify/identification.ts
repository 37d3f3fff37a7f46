import { hexOf } from '../../../../gic/inspect/decode.ts';
import type { GicArchitecture } from '../found-controller.ts';

/** GICD_IIDR and what it means. */
export interface Identification {
  /** The register. */
  readonly iidr: number;
  /** "Arm"; null where the JEP106 code is not known here. */
  readonly implementer: string | null;
  /** "GIC-400"; null where the product is not known here. */
  readonly product: string | null;
  /** "r1p3"-like where it is a variant and a revision: the two fields. */
  readonly variant: number;
  readonly revision: number;
}

const ARM = 0x43b;

/** JEP106 codes: identity in bits 6:0, bank in bits 11:8. */
const IMPLEMENTERS: ReadonlyMap<number, string> = new Map([
  [ARM, 'Arm'],
  [0x34c, 'Cavium'],
  [0x070, 'Qualcomm'],
]);

/** Arm's product numbers start anew with each architecture. QEMU's always say 0. */
const PRODUCTS: Readonly<Record<'GICv1' | 'GICv2' | 'GICv3', ReadonlyMap<number, string>>> = {
  GICv1: new Map([
    [0x00, 'PL390 or an emulation that says so'],
    [0x01, 'Cortex-A9 MPCore'],
  ]),
  GICv2: new Map([
    [0x02, 'GIC-400'],
    [0x4b, "KVM's vgic"],
  ]),
  GICv3: new Map([
    [0x00, 'GIC-500 or an emulation that says so'],
    [0x02, 'GIC-600'],
    [0x03, 'GIC-600AE'],
    [0x04, 'GIC-700'],
    [0x4b, "KVM's vgic"],
  ]),
};

export function identify(iidr: number, architecture: GicArchitecture): Identification {
  const implementer = iidr & 0xfff;
  const family = architecture === 'GICv1' || architecture === 'GICv2' ? architecture : 'GICv3';
  return {
    iidr,
    implementer: IMPLEMENTERS.get(implementer) ?? null,
    product: implementer === ARM ? (PRODUCTS[family].get(iidr >>> 24) ?? null) : null,
    variant: (iidr >>> 16) & 0xf,
    revision: (iidr >>> 12) & 0xf,
  };
}

/** "Arm GIC-400 (GICD_IIDR 0x0200143b, variant 0, revision 1)". */
export function identificationText({ iidr, implementer, product, variant, revision }: Identification): string {
  const register = `GICD_IIDR 0x${iidr.toString(16).padStart(8, '0')}`;
  if (iidr === 0) return `${register}: it does not say what it is`;
  const who = implementer ?? `implementer ${hexOf(iidr & 0xfff)}`;
  return `${who} ${product ?? `product ${hexOf(iidr >>> 24)}`} (${register}, variant ${variant}, revision ${revision})`;
}
