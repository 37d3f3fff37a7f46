import { VCPU_AP0R, VCPU_AP1R } from '../state/layout.ts';
import type { GicState } from '../state/state.ts';
import {
  binaryPoint,
  runningPriority,
  setBinaryPoint,
  setUncutBinaryPoint,
  setVmControl,
  setVmPriorityMask,
  VM_CBPR,
  VM_ENABLE_GROUP0,
  VM_ENABLE_GROUP1,
  VM_EOIMODE,
  vmControl,
  vmPriorityMask,
} from './priorities.ts';
import { KVM_VIRTUAL, type VirtualRules } from './rules.ts';
import { SPURIOUS, type VirtualInterface } from './virtual-interface.ts';

/** A system register of the GICv3 CPU interface. */
export interface IcvRegister {
  /** As Arm writes it: "ICC_IAR1_EL1". */
  readonly name: string;
  /** op0:op1:CRn:CRm:op2 in bits 15:14, 13:11, 10:7, 6:3, 2:0, as MRS and MSR encode them. */
  readonly encoding: number;
  /** Null: reading is undefined. */
  readonly read: ((vcpu: number) => number) | null;
  /** What reading would answer, where reading does more than that. */
  readonly peek?: (vcpu: number) => number;
  /** Null: writing is undefined. */
  readonly write: ((vcpu: number, value: number) => void) | null;
}

type Access = Pick<IcvRegister, 'read' | 'peek' | 'write'>;

/** ICC_CTLR_EL1: 5 priority bits, Aff3 may be anything. */
const CTLR_FIXED = (1 << 15) | (4 << 8);
/** ICC_CTLR_EL1.IDbits: 24 bits of INTID, else 16. */
const CTLR_IDBITS_24 = 1 << 11;
const CTLR_CBPR = 1 << 0;
const CTLR_EOIMODE = 1 << 1;
/** ICC_SRE_EL1: system registers, and nothing bypassed. */
const SRE_VALUE = 7;

/**
 * The system registers of the CPU interface as a guest meets them: the virtual ones (ICV), under the names of the
 * physical ones. Those that send SGIs are not among them: they leave the guest. Source: IHI 0069, 12.2 and 12.3.
 * @param wide INTIDs have 24 bits; else 16
 */
export function icvRegisters(
  state: GicState,
  virtual: VirtualInterface,
  { clampsUncutBinaryPoint }: Pick<VirtualRules, 'clampsUncutBinaryPoint'> = KVM_VIRTUAL,
  wide = false,
): readonly IcvRegister[] {
  const setPoint = clampsUncutBinaryPoint ? setUncutBinaryPoint : setBinaryPoint;
  const control = (bit: number): Access => ({
    read: (vcpu) => ((vmControl(state, vcpu) & bit) !== 0 ? 1 : 0),
    write: (vcpu, value) => setControl(state, vcpu, bit, (value & 1) !== 0),
  });
  const acknowledge = (group: 0 | 1): Access => ({
    read: (vcpu) => virtual.acknowledge(vcpu, group, false),
    peek: (vcpu) => virtual.peek(vcpu, group, false),
    write: null,
  });
  const highest = (group: 0 | 1) => (vcpu: number) => {
    const found = virtual.highestPending(vcpu);
    return found.group === group ? found.intid : SPURIOUS;
  };
  const word = (index: number): Access => ({
    read: (vcpu) => state.get(state.vcpuWord(vcpu, index)),
    write: (vcpu, value) => state.put(state.vcpuWord(vcpu, index), value),
  });
  const of = (name: string, crn: number, crm: number, op2: number, access: Access): IcvRegister => ({
    name,
    encoding: (3 << 14) | (crn << 7) | (crm << 3) | op2,
    ...access,
  });
  const fixed = CTLR_FIXED | (wide ? CTLR_IDBITS_24 : 0);
  return [
    of('ICC_PMR_EL1', 4, 6, 0, {
      read: (vcpu) => vmPriorityMask(state, vcpu),
      write: (vcpu, value) => setVmPriorityMask(state, vcpu, value),
    }),
    of('ICC_IAR0_EL1', 12, 8, 0, acknowledge(0)),
    of('ICC_EOIR0_EL1', 12, 8, 1, {
      read: null,
      write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 0, intid(value)),
    }),
    of('ICC_HPPIR0_EL1', 12, 8, 2, { read: highest(0), write: null }),
    of('ICC_BPR0_EL1', 12, 8, 3, {
      read: (vcpu) => binaryPoint(state, vcpu, 0),
      write: (vcpu, value) => setPoint(state, vcpu, 0, value),
    }),
    of('ICC_AP0R0_EL1', 12, 8, 4, word(VCPU_AP0R)),
    of('ICC_AP1R0_EL1', 12, 9, 0, word(VCPU_AP1R)),
    of('ICC_DIR_EL1', 12, 11, 1, { read: null, write: (vcpu, value) => virtual.deactivate(vcpu, intid(value)) }),
    of('ICC_RPR_EL1', 12, 11, 3, { read: (vcpu) => runningPriority(state, vcpu), write: null }),
    of('ICC_IAR1_EL1', 12, 12, 0, acknowledge(1)),
    of('ICC_EOIR1_EL1', 12, 12, 1, {
      read: null,
      write: (vcpu, value) => virtual.endOfInterrupt(vcpu, 1, intid(value)),
    }),
    of('ICC_HPPIR1_EL1', 12, 12, 2, { read: highest(1), write: null }),
    of('ICC_BPR1_EL1', 12, 12, 3, {
      read: (vcpu) => binaryPoint(state, vcpu, 1),
      // With a common binary point this one follows BPR0, and ignores writes.
      write: (vcpu, value) => {
        if ((vmControl(state, vcpu) & VM_CBPR) === 0) setPoint(state, vcpu, 1, value);
      },
    }),
    of('ICC_CTLR_EL1', 12, 12, 4, {
      read(vcpu) {
        const bits = vmControl(state, vcpu);
        return fixed | ((bits & VM_CBPR) !== 0 ? CTLR_CBPR : 0) | ((bits & VM_EOIMODE) !== 0 ? CTLR_EOIMODE : 0);
      },
      write(vcpu, value) {
        setControl(state, vcpu, VM_CBPR, (value & CTLR_CBPR) !== 0);
        setControl(state, vcpu, VM_EOIMODE, (value & CTLR_EOIMODE) !== 0);
      },
    }),
    of('ICC_SRE_EL1', 12, 12, 5, { read: () => SRE_VALUE, write: () => {} }),
    of('ICC_IGRPEN0_EL1', 12, 12, 6, control(VM_ENABLE_GROUP0)),
    of('ICC_IGRPEN1_EL1', 12, 12, 7, control(VM_ENABLE_GROUP1)),
  ];
}

function setControl(state: GicState, vcpu: number, bit: number, on: boolean): void {
  const bits = vmControl(state, vcpu);
  setVmControl(state, vcpu, on ? bits | bit : bits & ~bit);
}

/** 24 bits of INTID. */
function intid(value: number): number {
  return value & 0xffffff;
}
