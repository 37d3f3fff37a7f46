import type { GicState } from '../state/state.ts';
import { icvRegisters as virtualRegisters } from '../virtual/icv-registers.ts';
import type { Hypervisor } from './hypervisor.ts';
import type { IccRegister } from './icc-registers.ts';

type Access = Pick<IccRegister, 'read' | 'write'>;

/** Priorities of list registers have five bits: the upper ones of 55:48. */
const LR_HI_BITS = 0xf0f8_1fff | 0;
/** NMI (59). */
const LR_HI_NMI = 1 << 27;
/** All but NMI, and the bits that a priority does not have. */
const LR_HI_RESERVED = ~(LR_HI_NMI | 0x0007_0000);
/** ICC_SRE_EL2: system registers, nothing bypassed, and EL1 may use its own. */
const SRE_EL2 = 0xf;

/** The registers of IHI 0069, 12.4, over the state; and ICC_SRE_EL2, which a machine with EL2 has. */
export function ichRegisters(state: GicState, hypervisor: Hypervisor): readonly IccRegister[] {
  const of = (name: string, crm: number, op2: number, access: Access): IccRegister => ({
    name,
    encoding: (3 << 14) | (4 << 11) | (12 << 7) | (crm << 3) | op2,
    leastEl: 2,
    trap: 0,
    virtual: 0,
    hypervisorTraps: 0,
    ...access,
  });
  const readOnly = (read: (cpu: number) => number): Access => ({ read, write: null });
  const activePriorities = (group: 0 | 1): Access => ({
    read: (cpu) => hypervisor.activePriorities(cpu, group),
    write: (cpu, lo) => hypervisor.setActivePriorities(cpu, group, lo),
  });
  const { keepsReserved, keepsNmi } = hypervisor.rules;
  const kept = (keepsReserved ? LR_HI_RESERVED : LR_HI_BITS) | (keepsNmi ? LR_HI_NMI : 0);
  const listRegister = (lr: number): Access => ({
    read: (cpu) => hypervisor.listRegister(cpu, lr),
    write: (cpu, lo, hi) => hypervisor.setListRegister(cpu, lr, lo, hi & kept),
  });
  return [
    of('ICC_SRE_EL2', 9, 5, { read: () => SRE_EL2, write: () => {} }),
    of('ICH_AP0R0_EL2', 8, 0, activePriorities(0)),
    of('ICH_AP1R0_EL2', 9, 0, activePriorities(1)),
    of('ICH_HCR_EL2', 11, 0, {
      read: (cpu) => hypervisor.hcr(cpu),
      write: (cpu, lo) => hypervisor.setHcr(cpu, lo),
    }),
    of(
      'ICH_VTR_EL2',
      11,
      1,
      readOnly(() => hypervisor.vtr()),
    ),
    of(
      'ICH_MISR_EL2',
      11,
      2,
      readOnly((cpu) => hypervisor.misr(cpu)),
    ),
    of(
      'ICH_EISR_EL2',
      11,
      3,
      readOnly((cpu) => hypervisor.virtual.ended(cpu)),
    ),
    of(
      'ICH_ELRSR_EL2',
      11,
      5,
      readOnly((cpu) => hypervisor.virtual.empty(cpu)),
    ),
    of('ICH_VMCR_EL2', 11, 7, {
      read: (cpu) => hypervisor.vmcr(cpu),
      write: (cpu, lo) => hypervisor.setVmcr(cpu, lo),
    }),
    ...Array.from({ length: state.config.lrs }, (_, lr) =>
      of(`ICH_LR${String(lr)}_EL2`, 12 + (lr >> 3), lr & 7, listRegister(lr)),
    ),
  ];
}

/**
 * What registers ICC_ at EL1 are where HCR_EL2.IMO or FMO gives them to a hypervisor's guest: by their own names, ICV_,
 * and with the encodings of the physical ones. IHI 0069, 12.3.
 */
export function icvRegisters(
  state: GicState,
  hypervisor: Hypervisor,
  physical: ReadonlyMap<number, IccRegister>,
): readonly IccRegister[] {
  const registers: IccRegister[] = [];
  for (const { name, encoding, read, peek, write } of virtualRegisters(
    state,
    hypervisor.virtual,
    hypervisor.rules,
    true,
  )) {
    const under = physical.get(encoding);
    // ICC_SRE_EL1 has no virtual one.
    if (under === undefined || under.virtual === 0) continue;
    registers.push({
      name: name.replace('ICC_', 'ICV_'),
      encoding,
      leastEl: 1,
      trap: 0,
      virtual: 0,
      hypervisorTraps: under.hypervisorTraps,
      read: read === null ? null : peek === undefined ? read : settling(hypervisor, read),
      ...(peek === undefined ? {} : { peek }),
      write:
        write === null
          ? null
          : (cpu, lo) => {
              write(cpu, lo);
              hypervisor.settle(cpu);
            },
    });
  }
  return registers;
}

function settling(hypervisor: Hypervisor, read: (cpu: number) => number): (cpu: number) => number {
  return (cpu) => {
    const value = read(cpu);
    hypervisor.settle(cpu);
    return value;
  };
}
