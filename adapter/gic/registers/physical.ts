import { constant, RAZ_WI } from '../mmio/handlers/common.ts';
import { giccRows } from '../mmio/handlers/physical/cpu-interface.ts';
import {
  constantV2,
  GICD_CPENDSGIR,
  GICD_CTLR_V2,
  GICD_CTLR_V3,
  GICD_SGIR,
  GICD_SPENDSGIR,
  GICD_TYPER_V2,
  GICD_TYPER_V3,
} from '../mmio/handlers/physical/distributor.ts';
import { gichRows, gicvRows } from '../mmio/handlers/physical/hypervisor.ts';
import { ICFGR, IPRIORITYR, IROUTER, ITARGETSR, NSACR } from '../mmio/handlers/physical/irq-fields.ts';
import { bitRowsV2, bitRowsV3 } from '../mmio/handlers/physical/irq-planes.ts';
import {
  GICR_CTLR,
  GICR_PENDBASER,
  GICR_PROPBASER,
  GICR_TYPER,
  GICR_WAKER,
} from '../mmio/handlers/physical/redistributor.ts';
import { settling } from '../mmio/handlers/physical/settling.ts';
import type { PhysicalPolicy } from '../physical/policy.ts';
import {
  ARCHITECTURE_GICC,
  ARCHITECTURE_GICD_V2,
  ARCHITECTURE_GICD_V3,
  ARCHITECTURE_GICR_RD,
  ARCHITECTURE_GICR_SGI,
} from './architecture.ts';
import { GICC_V2 } from './gicc.ts';
import { GICD_V2 } from './gicd-v2.ts';
import { GICD_V3 } from './gicd-v3.ts';
import { GICH_V2 } from './gich.ts';
import { GICR_RD, GICR_SGI } from './gicr.ts';
import { GICV_V2 } from './gicv.ts';
import { IDENTIFICATION_NAMES } from './identification.ts';
import { byOffset } from './irq-rows.ts';
import { row, W16, W32, W8, type FrameTable, type RegisterRow, type RowHandlers } from './row.ts';
import { variant, type RowChange } from './variant.ts';

/** Frames of physical controllers: the architecture's rows, answered by a policy's handlers. */
export interface PhysicalFrames {
  readonly v2: {
    readonly distributor: FrameTable;
    readonly cpuInterface: FrameTable;
    readonly hypervisor: FrameTable;
    readonly virtualInterface: FrameTable;
  };
  readonly v3: { readonly distributor: FrameTable; readonly redistributor: FrameTable; readonly sgiFrame: FrameTable };
}

/** Implementer Arm. */
const IIDR = 0x0000043b;
const GICC_IIDR = 0x0002043b;
/** Identification of a GICv2, from 0xfd0 on: PIDR4 to 7, PIDR0 to 3, CIDR0 to 3. */
const IDENTITY_V2 = [0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1];
/** The same of a GICv3 from 0xffd0 on; PIDR0 is the frame's. */
const IDENTITY_V3 = [0x44, 0, 0, 0, -1, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1];
const PIDR0 = { GICD: 0x92, GICR: 0x93 } as const;

export function physicalFrames(policy: PhysicalPolicy): PhysicalFrames {
  const settled = (frame: FrameTable): FrameTable => (policy.remembersWinner ? settling(frame) : frame);
  return {
    v2: {
      distributor: distributorV2(policy),
      cpuInterface: cpuInterfaceV2(policy),
      hypervisor: anyWidth(changed(GICH_V2, {}, prefixed('GICH', gichRows(policy)))),
      virtualInterface: anyWidth(changed(GICV_V2, {}, prefixed('GICV', gicvRows(policy)))),
    },
    v3: {
      distributor: settled(
        changed(GICD_V3, ARCHITECTURE_GICD_V3, {
          ...prefixed('GICD', bitRowsV3(true)),
          ...identityV3('GICD'),
          GICD_CTLR: GICD_CTLR_V3,
          GICD_TYPER: GICD_TYPER_V3(policy),
          GICD_IIDR: constant(IIDR),
          GICD_IPRIORITYR: IPRIORITYR('v3', policy),
          GICD_ICFGR: ICFGR('v3', false),
          GICD_NSACR: NSACR,
          GICD_IROUTER: IROUTER(policy),
        }),
      ),
      redistributor: changed(GICR_RD, ARCHITECTURE_GICR_RD, {
        ...identityV3('GICR'),
        GICR_CTLR: GICR_CTLR(policy),
        GICR_IIDR: constant(IIDR),
        GICR_TYPER: GICR_TYPER(policy),
        GICR_STATUSR: RAZ_WI,
        GICR_WAKER,
        GICR_PROPBASER,
        GICR_PENDBASER,
      }),
      sgiFrame: settled(
        changed(GICR_SGI, ARCHITECTURE_GICR_SGI, {
          ...prefixed('GICR', bitRowsV3(false)),
          GICR_IPRIORITYR: IPRIORITYR('v3', policy),
          GICR_ICFGR: ICFGR('v3', false),
          GICR_NSACR: NSACR,
        }),
      ),
    },
  };
}

function distributorV2(policy: PhysicalPolicy): FrameTable {
  const frame = changed(GICD_V2, ARCHITECTURE_GICD_V2, {
    ...prefixed('GICD', bitRowsV2(policy)),
    GICD_CTLR: GICD_CTLR_V2,
    GICD_TYPER: GICD_TYPER_V2,
    GICD_IIDR: constantV2(IIDR),
    GICD_IPRIORITYR: IPRIORITYR('v2', policy),
    GICD_ITARGETSR: ITARGETSR(policy),
    GICD_ICFGR: ICFGR('v2', policy.v2.sharesPpiTrigger),
    GICD_SGIR: GICD_SGIR(policy),
    GICD_CPENDSGIR,
    GICD_SPENDSGIR,
    GICD_ICPIDR2: identityV2('PIDR2'),
  });
  const known = new Set(frame.rows.map((one) => one.name));
  const more = IDENTIFICATION_NAMES.map((name, i) =>
    row({
      name: `GICD_IC${name}`,
      offset: 0xfd0 + i * 4,
      access: 'ro',
      handlers: identityV2(name),
      doc: 'Identification of the component.',
      section: 'IHI 0048, 4.3.18',
    }),
  ).filter(({ name }) => !known.has(name));
  return anyWidth({ ...frame, rows: byOffset([...frame.rows, ...more]) });
}

function cpuInterfaceV2(policy: PhysicalPolicy): FrameTable {
  return anyWidth(changed(GICC_V2, ARCHITECTURE_GICC, giccRows(policy, GICC_IIDR)));
}

/** The identification bytes answer at their first byte alone. */
function identityV2(name: string): RowHandlers {
  const value = IDENTITY_V2[IDENTIFICATION_NAMES.indexOf(name)] ?? 0;
  return { ...RAZ_WI, read: (_state, _cpu, offset) => ((offset & 3) === 0 ? value : 0) };
}

/** GICv2's frames take accesses of every width; one of eight bytes is two. */
function anyWidth(frame: FrameTable): FrameTable {
  const widths = W8 | W16 | W32;
  return {
    ...frame,
    splitsDoublewords: true,
    rows: frame.rows.map((one) => ({ ...one, widths })),
  };
}

function identityV3(prefix: 'GICD' | 'GICR'): Readonly<Record<string, RowHandlers>> {
  const pairs = IDENTIFICATION_NAMES.map((name, i) => {
    const value = IDENTITY_V3[i] ?? 0;
    return [`${prefix}_${name}`, constant(value < 0 ? PIDR0[prefix] : value)] as const;
  });
  return Object.fromEntries(pairs);
}

function prefixed(
  prefix: 'GICD' | 'GICH' | 'GICR' | 'GICV',
  rows: Readonly<Record<string, RowHandlers>>,
): Record<string, RowHandlers> {
  return Object.fromEntries(Object.entries(rows).map(([name, handlers]) => [`${prefix}_${name}`, handlers]));
}

/** The architecture's changes, and handlers; rows without any of the policy's are holes. */
function changed(
  frame: FrameTable,
  architecture: Readonly<Record<string, RowChange>>,
  handlers: Readonly<Record<string, RowHandlers>>,
): FrameTable {
  const described = variant(frame, architecture);
  const unknown = Object.keys(handlers).find((name) => !frame.rows.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`${frame.title} has no row ${unknown}`);
  return { ...described, rows: described.rows.map((one) => withHandlers(one, handlers[one.name])) };
}

function withHandlers(one: RegisterRow, handlers: RowHandlers | undefined): RegisterRow {
  if (handlers !== undefined) return { ...one, handlers };
  const { handlers: _kvm, ...hole } = one;
  return hole;
}
