import { LIST_REGISTERS_6_12 } from '../delivery/list-registers-6.12.ts';
import { DELIVERY_6_12 } from '../delivery/policy.ts';
import { explainPhysical } from '../explain/physical.ts';
import {
  COMMAND,
  observedBits,
  observedBytes,
  observedSources,
  settleTargets,
  stored,
  storedConfig,
  storedRoute,
  type Store,
} from '../mmio/handlers/observed.ts';
import {
  ARCHITECTURE_GICC,
  ARCHITECTURE_GICD_V2,
  ARCHITECTURE_GICD_V3,
  ARCHITECTURE_GICR_RD,
  ARCHITECTURE_GICR_SGI,
} from '../registers/architecture.ts';
import type { FrameTable, RegisterRow, RowHandlers } from '../registers/row.ts';
import { variant } from '../registers/variant.ts';
import { KVM_4_10 } from './kvm-4.10.ts';
import type { Profile } from './profile.ts';

/**
 * Gives rows a place in the stored words, one behind the other. Both architectures count from the same start: a
 * controller has one of them.
 */
class Allocation {
  shared = 0;
  own = 0;
  readonly #ownWords: number;

  /** @param ownWords words of a vCPU in all */
  constructor(ownWords: number) {
    this.#ownWords = ownWords;
  }

  place(row: RegisterRow): Store {
    const words = row.length / 4;
    const hasOwn = row.bank !== 'shared' && row.bank !== 'shared-only';
    const hasShared = row.bank === 'shared' || row.bank === 'shared-only' || row.bank === 'private';
    const store = { shared: hasShared ? this.shared : -1, own: hasOwn ? this.own : -1, ownWords: this.#ownWords };
    if (hasShared) this.shared += words;
    if (hasOwn) this.own += words;
    return store;
  }
}

/** Words of a vCPU, with room to spare: GICv2 has NSACR, ICFGR and the CPU interface, GICv3 two frames. */
const OWN_WORDS = 256;

/** Every register of a frame as one of a target's; commands stay commands. */
function observed(frame: FrameTable, allocation: Allocation, typer: Store | null): FrameTable {
  return {
    ...frame,
    rows: frame.rows.map((row) => ({ ...row, handlers: handlersOf(row, allocation, typer) })),
  };
}

function handlersOf(row: RegisterRow, allocation: Allocation, typer: Store | null): RowHandlers {
  switch (row.property) {
    case 'enabled':
    case 'pending':
    case 'active':
    case 'group':
      return observedBits(row.property, row.access);
    case 'priority':
      return observedBytes('priority');
    case 'source':
      return observedSources(row.access);
    case 'config':
      return storedConfig(row, allocation.place(row));
    case 'route':
      return typer === null ? COMMAND : storedRoute(row, allocation.place(row), typer);
    case 'target':
      return row.bank === 'private' ? observedBytes('route', settleTargets) : stored(row, allocation.place(row));
    case 'groupModifier':
    case null:
      return row.access === 'wo' ? COMMAND : stored(row, allocation.place(row));
  }
}

const v2Words = new Allocation(OWN_WORDS);
const v3Words = new Allocation(OWN_WORDS);
const redistributor = variant(KVM_4_10.v3.redistributor, ARCHITECTURE_GICR_RD);
const observedRedistributor = observed(redistributor, v3Words, null);
/** Where GICR_TYPER is kept: the rows before it in its frame are placed first. */
const typer = storeOf(redistributor, 'GICR_TYPER');

function storeOf(frame: FrameTable, name: string): Store {
  const allocation = new Allocation(OWN_WORDS);
  for (const row of frame.rows) {
    if (row.access === 'wo') continue;
    const store = allocation.place(row);
    if (row.name === name) return store;
  }
  throw new Error(`${frame.title} has no row ${name}`);
}

/**
 * A controller that is somewhere else, behind a debugger's connection: every register holds what was read there, and
 * nothing follows from anything. Writes change it as the architecture says, for previews.
 */
export const OBSERVED: Profile = {
  name: 'observed',
  v2: {
    distributor: observed(variant(KVM_4_10.v2.distributor, ARCHITECTURE_GICD_V2), v2Words, null),
    cpuInterface: observed(variant(KVM_4_10.v2.cpuInterface, ARCHITECTURE_GICC), v2Words, null),
  },
  v3: {
    distributor: observed(variant(KVM_4_10.v3.distributor, ARCHITECTURE_GICD_V3), v3Words, typer),
    redistributor: observedRedistributor,
    sgiFrame: observed(variant(KVM_4_10.v3.sgiFrame, ARCHITECTURE_GICR_SGI), v3Words, null),
    its: observed(KVM_4_10.v3.its, v3Words, null),
  },
  revision: 0,
  stored: { shared: Math.max(v2Words.shared, v3Words.shared), own: OWN_WORDS },
  delivery: DELIVERY_6_12,
  sgiRegisters: {},
  listRegisters: LIST_REGISTERS_6_12,
  explain: explainPhysical,
  knows: { wires: false, queues: false, reset: false },
};
