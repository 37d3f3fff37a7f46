import { VCPU_AP0R } from '../state/layout.ts';
import type { FrameTable } from '../registers/row.ts';
import type { GicState } from '../state/state.ts';
import {
  binaryPoint,
  ownBinaryPoint,
  runningPriority,
  setBinaryPoint,
  setVmControl,
  setVmPriorityMask,
  VM_ACKCTL,
  VM_CONTROL_BITS,
  vmControl,
  vmPriorityMask,
} from './priorities.ts';
import { KVM_VIRTUAL, type VirtualRules } from './rules.ts';
import { OTHER_GROUP, SPURIOUS, type VirtualInterface } from './virtual-interface.ts';

/** A register of the frame; null: it cannot be read, or not be written. */
export interface GicvRegister {
  readonly read: ((vcpu: number) => number) | null;
  /** What reading would answer, where reading does more than that. */
  readonly peek?: (vcpu: number) => number;
  readonly write: ((vcpu: number, value: number) => void) | null;
}

/** Of the names in the tables of frames. */
const PREFIX = 'GICC_';

/** Registers of the frame, by their names without prefix. */
export const gicvNames = [
  'CTLR',
  'PMR',
  'BPR',
  'IAR',
  'EOIR',
  'RPR',
  'HPPIR',
  'ABPR',
  'AIAR',
  'AEOIR',
  'AHPPIR',
  'APR',
  'IIDR',
  'DIR',
] as const;
export type GicvName = (typeof gicvNames)[number];

const NOT_THERE: GicvRegister = { read: null, write: null };

/**
 * The CPU interface frame of a GICv2 as a guest meets it: the hardware's virtual one (GICV), mapped in its place.
 * Its registers lie where the table of the GICC frame has them. Holes read zero and drop writes.
 */
export class GicvFrame {
  readonly #byOffset: readonly (GicvRegister | undefined)[];

  constructor(state: GicState, virtual: VirtualInterface, table: FrameTable) {
    const byName: Readonly<Record<string, GicvRegister>> = gicvRegisters(state, virtual, KVM_VIRTUAL);
    const byOffset: (GicvRegister | undefined)[] = [];
    for (const { name, offset } of table.rows) byOffset[offset >> 2] = byName[name.slice(PREFIX.length)];
    this.#byOffset = byOffset;
  }

  /** @param length bytes; only whole words reach a register */
  read(vcpu: number, offset: number, length: number): number {
    const register = length === 4 && (offset & 3) === 0 ? this.#byOffset[offset >> 2] : undefined;
    return register?.read?.(vcpu) ?? 0;
  }

  write(vcpu: number, offset: number, length: number, value: number): void {
    const register = length === 4 && (offset & 3) === 0 ? this.#byOffset[offset >> 2] : undefined;
    register?.write?.(vcpu, value);
  }
}

/** What answers at the registers of the frame, by their names without prefix. IHI 0048, 5.5. */
export function gicvRegisters(
  state: GicState,
  virtual: VirtualInterface,
  { hasAliases, leastAlias, iidr }: Pick<VirtualRules, 'hasAliases' | 'leastAlias' | 'iidr'>,
): Readonly<Record<GicvName, GicvRegister>> {
  const word = (index: number): GicvRegister => ({
    read: (vcpu) => state.get(state.vcpuWord(vcpu, index)),
    write: (vcpu, value) => state.put(state.vcpuWord(vcpu, index), value),
  });
  const alias = (register: GicvRegister): GicvRegister => (hasAliases ? register : NOT_THERE);
  const either = (vcpu: number): boolean => (vmControl(state, vcpu) & VM_ACKCTL) !== 0;
  return {
    CTLR: {
      read: (vcpu) => vmControl(state, vcpu) & VM_CONTROL_BITS,
      write: (vcpu, value) => setVmControl(state, vcpu, value & VM_CONTROL_BITS),
    },
    PMR: {
      read: (vcpu) => vmPriorityMask(state, vcpu),
      write: (vcpu, value) => setVmPriorityMask(state, vcpu, value),
    },
    BPR: {
      read: (vcpu) => binaryPoint(state, vcpu, 0),
      write: (vcpu, value) => setBinaryPoint(state, vcpu, 0, value),
    },
    ABPR: {
      read: (vcpu) => ownBinaryPoint(state, vcpu, 1),
      write: (vcpu, value) => setBinaryPoint(state, vcpu, 1, value, leastAlias),
    },
    IAR: {
      read: (vcpu) => virtual.acknowledge(vcpu, 0, either(vcpu)),
      peek: (vcpu) => virtual.peek(vcpu, 0, either(vcpu)),
      write: null,
    },
    EOIR: { read: null, write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 0, value & 0x1fff) },
    RPR: { read: (vcpu) => runningPriority(state, vcpu), write: null },
    HPPIR: {
      read(vcpu) {
        const { intid, group } = virtual.highestPending(vcpu);
        return group === 1 && !either(vcpu) ? OTHER_GROUP : intid;
      },
      write: null,
    },
    AIAR: alias({
      read: (vcpu) => virtual.acknowledge(vcpu, 1, false),
      peek: (vcpu) => virtual.peek(vcpu, 1, false),
      write: null,
    }),
    AEOIR: alias({ read: null, write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 1, value & 0x1fff) }),
    AHPPIR: alias({
      read(vcpu) {
        const { intid, group } = virtual.highestPending(vcpu);
        return group === 1 ? intid : SPURIOUS;
      },
      write: null,
    }),
    APR: word(VCPU_AP0R),
    IIDR: { read: () => iidr, write: null },
    DIR: { read: null, write: (vcpu, value) => virtual.deactivate(vcpu, value & 0x1fff) },
  };
}
