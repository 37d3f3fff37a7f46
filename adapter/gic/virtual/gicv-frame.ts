import { VCPU_AP0R, VCPU_VM_ABPR, VCPU_VM_CTLR, VCPU_VM_PMR } from '../state/layout.ts';
import type { FrameTable } from '../registers/row.ts';
import type { GicState } from '../state/state.ts';
import { binaryPoint, runningPriority, setBinaryPoint, VM_ACKCTL, vmControl } from './priorities.ts';
import { OTHER_GROUP, SPURIOUS, type VirtualInterface } from './virtual-interface.ts';

interface Register {
  readonly read: ((vcpu: number) => number) | null;
  readonly write: ((vcpu: number, value: number) => void) | null;
}

/** EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR, EOImode. */
const CTLR_BITS = 0x21f;
/** The virtual interface of a GIC-400. */
const IIDR_VALUE = 0x0202143b;

/**
 * The CPU interface frame of a GICv2 as a guest meets it: the hardware's virtual one (GICV), mapped in its place.
 * Its registers lie where the table of the GICC frame has them. Holes read zero and drop writes.
 */
export class GicvFrame {
  readonly #byOffset: readonly (Register | undefined)[];

  constructor(state: GicState, virtual: VirtualInterface, table: FrameTable) {
    const byName = registers(state, virtual);
    const byOffset: (Register | undefined)[] = [];
    for (const { name, offset } of table.rows) byOffset[offset >> 2] = byName[name];
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

function registers(state: GicState, virtual: VirtualInterface): Readonly<Record<string, Register>> {
  const word = (index: number): Register => ({
    read: (vcpu) => state.get(state.vcpuWord(vcpu, index)),
    write: (vcpu, value) => state.put(state.vcpuWord(vcpu, index), value),
  });
  const either = (vcpu: number): boolean => (vmControl(state, vcpu) & VM_ACKCTL) !== 0;
  return {
    GICC_CTLR: {
      read: (vcpu) => vmControl(state, vcpu) & CTLR_BITS,
      write: (vcpu, value) => state.put(state.vcpuWord(vcpu, VCPU_VM_CTLR), value & CTLR_BITS),
    },
    GICC_PMR: {
      read: (vcpu) => state.get(state.vcpuWord(vcpu, VCPU_VM_PMR)) << 3,
      write: (vcpu, value) => state.put(state.vcpuWord(vcpu, VCPU_VM_PMR), (value >> 3) & 0x1f),
    },
    GICC_BPR: {
      read: (vcpu) => binaryPoint(state, vcpu, 0),
      write: (vcpu, value) => setBinaryPoint(state, vcpu, 0, value),
    },
    GICC_ABPR: {
      read: (vcpu) => Math.max(3, state.get(state.vcpuWord(vcpu, VCPU_VM_ABPR))),
      write: (vcpu, value) => setBinaryPoint(state, vcpu, 1, value),
    },
    GICC_IAR: { read: (vcpu) => virtual.acknowledge(vcpu, 0, either(vcpu)), write: null },
    GICC_EOIR: { read: null, write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 0, value & 0x1fff) },
    GICC_RPR: { read: (vcpu) => runningPriority(state, vcpu), write: null },
    GICC_HPPIR: {
      read(vcpu) {
        const { intid, group } = virtual.highestPending(vcpu);
        return group === 1 && !either(vcpu) ? OTHER_GROUP : intid;
      },
      write: null,
    },
    GICC_AIAR: { read: (vcpu) => virtual.acknowledge(vcpu, 1, false), write: null },
    GICC_AEOIR: { read: null, write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 1, value & 0x1fff) },
    GICC_AHPPIR: {
      read(vcpu) {
        const { intid, group } = virtual.highestPending(vcpu);
        return group === 1 ? intid : SPURIOUS;
      },
      write: null,
    },
    GICC_APR: word(VCPU_AP0R),
    GICC_IIDR: { read: () => IIDR_VALUE, write: null },
    GICC_DIR: { read: null, write: (vcpu, value) => virtual.deactivate(vcpu, value & 0x1fff) },
  };
}
